"""LanceDB: an embedded columnar vector database; ``adapter`` has the class."""
