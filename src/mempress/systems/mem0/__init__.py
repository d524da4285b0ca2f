"""Adapter of mem0, over each of four vector stores."""
