"""Milvus Lite: the Milvus vector database inside a process; ``adapter`` has the class."""
