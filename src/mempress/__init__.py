"""mempress: a benchmark of agent memory under pressure.

The names here are what an adapter needs; importing them loads the standard library alone.
"""

from mempress.systems.protocol import Hit, MemorySystem, Record, SystemConfig
from mempress.systems.registry import load_system

__all__ = ["Hit", "MemorySystem", "Record", "SystemConfig", "load_system"]
__version__ = "0.1.0"
