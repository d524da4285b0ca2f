"""Mnemosyne: working and episodic memory in one SQLite file; ``adapter`` has the class."""
