"""Neuroca: a tiered memory on disk that stays within a budget for ever.

    >>> from tempfile import mkdtemp
    >>> from mempress.neuroca import Neuroca, Record, Settings
    >>> with Neuroca(mkdtemp(), Settings(capacity_records=1_000)) as memory:
    ...     memory.store([Record("a", "Anna moved to Oslo", importance=0.9)])
    ...     [hit.id for hit in memory.search("Where is Anna?", limit=1)]
    ['a']

It depends on apsw, numpy and turbovec (or numkong), and on nothing else of this distribution.
"""

from mempress.neuroca.audit import Finding
from mempress.neuroca.engine import Neuroca
from mempress.neuroca.errors import (
    CapacityError,
    ClosedError,
    DamagedError,
    LockedError,
    NeurocaError,
    PartlyStoredError,
    RecordError,
    SettingsError,
    StorageError,
)
from mempress.neuroca.events import Event
from mempress.neuroca.health import Health
from mempress.neuroca.maintenance import Report
from mempress.neuroca.opening import Opening
from mempress.neuroca.record import Filter, Hit, Record, Stored, Tier, Why
from mempress.neuroca.settings import Settings
from mempress.neuroca.stats import Stats

__all__ = [
    "CapacityError",
    "ClosedError",
    "DamagedError",
    "Event",
    "Filter",
    "Finding",
    "Health",
    "Hit",
    "LockedError",
    "Neuroca",
    "NeurocaError",
    "Opening",
    "PartlyStoredError",
    "Record",
    "RecordError",
    "Report",
    "Settings",
    "SettingsError",
    "Stats",
    "StorageError",
    "Stored",
    "Tier",
    "Why",
]
