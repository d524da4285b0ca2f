"""The journal of a run: an append-only file of typed lines, the only primary data."""

from mempress.journal.event import Event
from mempress.journal.faults import Audited, FaultBegan, FaultEnded, FaultSkipped, FaultStage, Reopened, Struck
from mempress.journal.files import JournalWriter, read_journal
from mempress.journal.lines import (
    Asked,
    DiskRead,
    Ended,
    Failed,
    Line,
    Maintained,
    MemoryRead,
    NoiseRead,
    Opened,
    PhaseBegan,
    Printed,
    Restarted,
    Retained,
    Sampled,
    Settled,
    Status,
    Stored,
    Testified,
)
from mempress.journal.traffic import TrafficSegment

__all__ = [
    "Asked",
    "Audited",
    "DiskRead",
    "Ended",
    "Event",
    "Failed",
    "FaultBegan",
    "FaultEnded",
    "FaultSkipped",
    "FaultStage",
    "JournalWriter",
    "Line",
    "Maintained",
    "MemoryRead",
    "NoiseRead",
    "Opened",
    "PhaseBegan",
    "Printed",
    "Reopened",
    "Restarted",
    "Retained",
    "Sampled",
    "Settled",
    "Status",
    "Stored",
    "Struck",
    "Testified",
    "TrafficSegment",
    "read_journal",
]
