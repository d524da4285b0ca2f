"""The adapter for Agno's user memories: the real ``agno`` package, used as its authors document it."""

from mempress.systems.agno.adapter import AgnoMemory

__all__ = ["AgnoMemory"]
