"""What passes between the rooms after a run: its head, and the summary that the reports show.

All are plain frozen values that stand in JSON files as they are; None is what was not measured.
"""

from mempress.model.answers import (
    Answers,
    Deletion,
    Forgetting,
    LookedForDeleted,
    OverLoad,
    Readability,
    Recall,
    Reconciliation,
    Share,
)
from mempress.model.detector import DetectorOnRun, DetectorScore
from mempress.model.faults import FaultOutcome
from mempress.model.growth import Foresight, GrowthLaw
from mempress.model.heads import SCHEMA, HarnessCost, RunHead, WorkloadHead
from mempress.model.health import HealthTerm, LowestHealth
from mempress.model.result import BetweenRuns, Comparison, ComparisonRow, Result
from mempress.model.soak import Figure, Soak, SoakTrend
from mempress.model.spent import CommandTime, RunTime
from mempress.model.summary import (
    DIED,
    ErrorEntry,
    Latency,
    MaintenanceEvent,
    Metrics,
    Origin,
    Recovery,
    RecoveryStep,
    SampleRow,
    Settling,
    StoreRate,
    Summary,
    died,
)

__all__ = [
    "DIED",
    "SCHEMA",
    "Answers",
    "BetweenRuns",
    "CommandTime",
    "Comparison",
    "ComparisonRow",
    "Deletion",
    "DetectorOnRun",
    "DetectorScore",
    "ErrorEntry",
    "FaultOutcome",
    "Figure",
    "Foresight",
    "Forgetting",
    "GrowthLaw",
    "HarnessCost",
    "HealthTerm",
    "Latency",
    "LookedForDeleted",
    "LowestHealth",
    "MaintenanceEvent",
    "Metrics",
    "Origin",
    "OverLoad",
    "Readability",
    "Recall",
    "Reconciliation",
    "Recovery",
    "RecoveryStep",
    "Result",
    "RunHead",
    "RunTime",
    "SampleRow",
    "Settling",
    "Share",
    "Soak",
    "SoakTrend",
    "StoreRate",
    "Summary",
    "WorkloadHead",
    "died",
]
