"""Agno's Knowledge: documents in a vector database; a module for each, ``knowledge`` has what they share."""
