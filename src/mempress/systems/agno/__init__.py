"""Agno: the real ``agno`` package, used as its authors document it; ``adapter`` has the class."""
