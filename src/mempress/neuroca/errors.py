"""The errors of the engine; each text says what happened, where, and what to do.

NeurocaError
├── SettingsError (ValueError)   a setting, or a store opened with settings that do not fit it
├── RecordError (ValueError)     a record, query or filter that cannot be used; nothing of its call was stored
├── PartlyStoredError            the first ``stored`` records of the call are acknowledged
│   ├── CapacityError               the budget is full and nothing may be evicted
│   └── StorageError                the disk is full or failed; what was acknowledged is safe
├── DamagedError                 the store's file cannot be read
├── LockedError                  another process has the store open
└── ClosedError                  the engine was closed
"""

from __future__ import annotations


class NeurocaError(Exception):
    """Any error of the engine."""


class SettingsError(NeurocaError, ValueError):
    """A setting that cannot be used."""


class RecordError(NeurocaError, ValueError):
    """A record, query or filter that cannot be used."""


class PartlyStoredError(NeurocaError):
    """A call that could not store all: the first ``stored`` of its records are acknowledged, the rest are not held."""

    def __init__(self, message: str, stored: int = 0) -> None:
        super().__init__(message)
        self.stored = stored


class CapacityError(PartlyStoredError):
    """The budget is full and no record may be evicted."""


class StorageError(PartlyStoredError):
    """The disk is full or failed."""


class DamagedError(NeurocaError):
    """The store's file is not readable as a store."""


class LockedError(NeurocaError):
    """Another process, or another engine in this one, has the store open."""


class ClosedError(NeurocaError):
    """The engine was closed."""
