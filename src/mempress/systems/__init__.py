"""The systems under test: the adapter protocol, the registry of names, and one file for each adapter."""
