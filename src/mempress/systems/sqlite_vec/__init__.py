"""sqlite-vec: a vector index as an extension of SQLite; ``adapter`` has the class."""
