"""The published Neuroca, where a user has installed it; ``adapter`` has the class."""
