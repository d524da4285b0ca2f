"""Qdrant: a vector database, here the local mode of its client; ``adapter`` has the class."""
