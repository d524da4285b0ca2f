"""The journal of a run: an append-only file of typed lines, the only primary data."""

from mempress.journal.audits import Deleted, IdsAsked, LookedFor, ReadBack, Retrieved, Scripted
from mempress.journal.event import Event
from mempress.journal.faults import Audited, FaultBegan, FaultEnded, FaultSkipped, FaultStage, Reopened, Struck
from mempress.journal.files import JournalWriter, read_journal
from mempress.journal.lines import (
    Asked,
    Ended,
    Failed,
    Line,
    Maintained,
    Opened,
    PhaseBegan,
    Printed,
    Restarted,
    Retained,
    Sampled,
    Settled,
    Spent,
    Status,
    Stored,
    Testified,
)
from mempress.journal.readings import DiskRead, MemoryRead, NoiseRead
from mempress.journal.soaks import Calls, Reconciled, Soaked
from mempress.journal.traffic import TrafficSegment

__all__ = [
    "Asked",
    "Audited",
    "Calls",
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
    "Reconciled",
    "Reopened",
    "Restarted",
    "Retained",
    "Retrieved",
    "Sampled",
    "Scripted",
    "Settled",
    "Soaked",
    "Spent",
    "Status",
    "Stored",
    "Struck",
    "Testified",
    "TrafficSegment",
    "read_journal",
]
