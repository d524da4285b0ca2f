"""Reading a trace: one sample a line, as JSON."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Never

from mempress.detect.series import JSON, TracePoint
from mempress.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

_MOST = 1e300
_FORMAT = (
    'A sample is {"records": int, "memory_bytes": float or null, "latencies_ms": [float], '
    '"health": float or null, "retained": int or null}.'
)


def read_trace(path: Path) -> list[TracePoint]:
    """Read a trace of samples, one JSON object a line; blank lines are skipped, unknown keys ignored.

    ``records`` is required and never falls. ``memory_bytes``, ``health``, ``retained``, ``disk_bytes`` and
    ``sampled_gone`` ([gone, asked]) may be null or missing, ``latencies_ms`` empty or missing.

    Raises:
        UsageError: the file cannot be read, or a line is no such sample; names file, line and remedy.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read ({error}). Give a UTF-8 file with a sample a line.") from error
    points: list[TracePoint] = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            points.append(_Line(path, number).point(line, points[-1].records if points else 0))
    return points


class _Line:
    """One line of the file, which knows where it stands when it must complain."""

    def __init__(self, path: Path, number: int) -> None:
        self._where = f"{path}:{number}"

    def point(self, text: str, records_before: int) -> TracePoint:
        try:
            sample = json.loads(text)
        except (ValueError, RecursionError) as error:
            self._refuse(f"no JSON ({error})")
        if not isinstance(sample, dict):
            self._refuse("not a JSON object")
        records = self._count(sample, "records")
        if records is None:
            self._refuse("records is missing")
        if records < records_before:
            self._refuse(f"records falls from {records_before} to {records}: it counts all that were acknowledged")
        return TracePoint(
            records=records,
            memory_bytes=self._number(sample, "memory_bytes"),
            latencies_ms=self._latencies(sample),
            health=self._number(sample, "health", most=1.0),
            retained=self._count(sample, "retained"),
            disk_bytes=self._number(sample, "disk_bytes"),
            sampled_gone=self._sampled_gone(sample),
        )

    def _number(self, sample: dict[str, JSON], key: str, most: float = math.inf) -> float | None:
        value = sample.get(key)
        return None if value is None else self._checked(value, key, most)

    def _count(self, sample: dict[str, JSON], key: str) -> int | None:
        value = self._number(sample, key)
        if value is not None and not value.is_integer():
            self._refuse(f"{key} is {value!r}, not a whole number")
        return None if value is None else int(value)

    def _latencies(self, sample: dict[str, JSON]) -> tuple[float, ...]:
        values = sample.get("latencies_ms")
        if values is None:
            return ()
        if not isinstance(values, list):
            self._refuse("latencies_ms is not a list")
        return tuple(self._checked(value, "latencies_ms", math.inf) for value in values)

    def _sampled_gone(self, sample: dict[str, JSON]) -> tuple[int, int] | None:
        pair = sample.get("sampled_gone")
        if pair is None:
            return None
        if not isinstance(pair, list) or len(pair) != 2:
            self._refuse("sampled_gone is not a list of two counts, [gone, asked]")
        asked = self._checked(pair[1], "sampled_gone", math.inf)
        gone = self._checked(pair[0], "sampled_gone", asked)
        return int(gone), int(asked)

    def _checked(self, value: JSON, key: str, most: float) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            self._refuse(f"{key} holds {value!r}, not a number")
        if not 0.0 <= value <= min(most, _MOST):
            self._refuse(f"{key} holds {value!r:.40}, outside 0 to {most:g}")
        return float(value)

    def _refuse(self, problem: str) -> Never:
        raise UsageError(f"{self._where}: {problem}. {_FORMAT}")
