"""Graphiti: a temporal knowledge graph, over Kuzu; ``adapter`` has the class."""
