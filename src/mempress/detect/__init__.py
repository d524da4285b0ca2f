"""The detectors: what a run's samples say of maintenance, saturation, growth and recovery.

Pure functions of their arguments: no clock, no I/O (but ``trace.read_trace``), no state. What is random is seeded
from the data, so the same samples always give the same judgement.
"""

from mempress.detect.agreement import Agreement, agreement
from mempress.detect.growth import Crossing, GrowthFit, crossing_in_words, fit_growth
from mempress.detect.recovery import Objectives, StateOfHealth, States, Verdict, verdict
from mempress.detect.saturation import LoadPoint, Saturation, objective_ms, reference_p95_ms, saturation
from mempress.detect.series import JSON, REASONS, Detection, TracePoint
from mempress.detect.statistical import statistical
from mempress.detect.threshold import threshold
from mempress.detect.trace import read_trace

__all__ = [
    "JSON",
    "REASONS",
    "Agreement",
    "Crossing",
    "Detection",
    "GrowthFit",
    "LoadPoint",
    "Objectives",
    "Saturation",
    "StateOfHealth",
    "States",
    "TracePoint",
    "Verdict",
    "agreement",
    "crossing_in_words",
    "fit_growth",
    "objective_ms",
    "read_trace",
    "reference_p95_ms",
    "saturation",
    "statistical",
    "threshold",
    "verdict",
]
