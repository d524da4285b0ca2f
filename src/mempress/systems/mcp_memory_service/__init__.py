"""mcp-memory-service: memories over sqlite-vec, with a consolidation on request; ``adapter`` has the class."""
