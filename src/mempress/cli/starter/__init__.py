"""What ``mempress init`` lays down; ``my_memory.py`` is copied as it stands."""
