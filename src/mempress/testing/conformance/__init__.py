"""The conformance suite: does an adapter keep the protocol?

    report = run_conformance("my_package.memory:MyMemory")
    print(render_report(report))

Each property is one check (see ``checks``), run in a fresh process with an empty workdir, so that an adapter that
dies or hangs fails that check alone.
"""

from mempress.testing.conformance.check import Check
from mempress.testing.conformance.checks import all_checks
from mempress.testing.conformance.outcome import Failed, NotApplicable, Outcome, Passed
from mempress.testing.conformance.report import CheckResult, ConformanceReport, render_report
from mempress.testing.conformance.suite import run_check, run_conformance

__all__ = [
    "Check",
    "CheckResult",
    "ConformanceReport",
    "Failed",
    "NotApplicable",
    "Outcome",
    "Passed",
    "all_checks",
    "render_report",
    "run_check",
    "run_conformance",
]
