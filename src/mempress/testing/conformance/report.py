"""What came of all checks, and how it prints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mempress.testing.conformance.outcome import Failed, NotApplicable, Outcome, Passed

if TYPE_CHECKING:
    from collections.abc import Mapping

_MARKS: Mapping[type, str] = {Passed: "ok", Failed: "FAILED", NotApplicable: "n/a"}


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What came of one check; title is the property in words."""

    name: str
    title: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class ConformanceReport:
    """What came of every check of the suite, in its order."""

    target: str
    results: tuple[CheckResult, ...]

    @property
    def passed(self) -> bool:
        """Whether no check failed and at least one passed."""
        return not self.failed and any(isinstance(result.outcome, Passed) for result in self.results)

    @property
    def failed(self) -> tuple[CheckResult, ...]:
        """The results that failed."""
        return tuple(result for result in self.results if isinstance(result.outcome, Failed))


def render_report(report: ConformanceReport) -> str:
    """Give plain text: a line for each check, its reason below where it did not pass, and a line that counts them."""
    lines = [line for result in report.results for line in _render_result(result)]
    kinds = [type(result.outcome) for result in report.results]
    counts = f"{kinds.count(Passed)} passed, {kinds.count(Failed)} failed, {kinds.count(NotApplicable)} not applicable"
    verdict = "keeps the protocol" if report.passed else "does not keep the protocol"
    return "\n".join([*lines, f"{report.target} {verdict}: {len(kinds)} checks, {counts}."])


def _render_result(result: CheckResult) -> list[str]:
    lines = [f"{_MARKS[type(result.outcome)]:<7} {result.name}: {result.title}"]
    if not isinstance(result.outcome, Passed):
        lines.append(f"        {result.outcome.reason}")
    return lines
