"""The command line; each command is one file, and imports what it needs when it is called."""

from mempress.cli.main import main

__all__ = ["main"]
