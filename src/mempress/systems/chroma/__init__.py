"""Chroma: an embedded vector database; ``adapter`` has the class."""
