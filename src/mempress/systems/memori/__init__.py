"""Memori: facts about an entity in the user's own database; ``adapter`` has the class."""
