"""The journal of a run: an append-only file of typed lines, the only primary data."""

from mempress.journal.audits import Deleted, IdsAsked, LookedFor, ReadBack, Retrieved
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
    "Deleted",
    "DiskRead",
    "Ended",
    "Event",
    "Failed",
    "FaultBegan",
    "FaultEnded",
    "FaultSkipped",
    "FaultStage",
    "IdsAsked",
    "JournalWriter",
    "Line",
    "LookedFor",
    "Maintained",
    "MemoryRead",
    "NoiseRead",
    "Opened",
    "PhaseBegan",
    "Printed",
    "ReadBack",
    "Reopened",
    "Restarted",
    "Retained",
    "Retrieved",
    "Sampled",
    "Settled",
    "Status",
    "Stored",
    "Struck",
    "Testified",
    "TrafficSegment",
    "read_journal",
]
