"""From the name of a workload, as given on the command line, to its source."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import TYPE_CHECKING

from mempress.errors import UsageError
from mempress.workload.facts import FactsSource
from mempress.workload.importance import CHOICES
from mempress.workload.jsonl import JsonlSource
from mempress.workload.locomo import LocomoSource

if TYPE_CHECKING:
    from mempress.workload.model import Source

FORMS = ("facts", *(f"facts:importance={choice}" for choice in CHOICES), "FILE.jsonl", "locomo:FILE")
"""What ``open_source`` understands."""


def open_source(spec: str, *, seed: int, batch_size: int) -> Source:
    """Give the source that ``spec`` names: one of FORMS, FILE being a path. Seed and batch size shape facts alone.

    Raises:
        UsageError: no such workload; the text lists what there is.
        WorkloadError: the file cannot be read.
    """
    kind, colon, rest = spec.partition(":")
    if kind == "facts":
        return _facts(spec, rest if colon else None, seed, batch_size)
    if kind == "locomo" and colon:
        return LocomoSource(Path(rest))
    path = Path(spec)
    if path.suffix == ".jsonl" or (spec and path.is_dir()):
        return JsonlSource(path)
    raise UsageError(f"No workload is called {spec!r}{_hint(spec, path)}. There are: {', '.join(FORMS)}.")


def _facts(spec: str, parameters: str | None, seed: int, batch_size: int) -> FactsSource:
    if parameters is None:
        return FactsSource(seed, batch_size=batch_size)
    key, equals, value = parameters.partition("=")
    if key != "importance" or not equals or value not in CHOICES:
        raise UsageError(f"{spec!r}: facts takes importance=NAME alone, NAME being one of {', '.join(CHOICES)}.")
    return FactsSource(seed, batch_size=batch_size, importance=value)


def _hint(spec: str, path: Path) -> str:
    kind, colon, rest = spec.partition(":")
    if path.suffix == ".json" and not colon:
        return f"; for LoCoMo conversations write locomo:{spec}"
    if spec and path.exists():
        return f"; the name of a file of records ends in .jsonl, so rename it to {path.with_suffix('.jsonl').name}"
    near = difflib.get_close_matches(kind, ("facts", "locomo"), n=1)
    full_name = {"facts": "facts", "locomo": f"locomo:{rest or 'FILE'}"}
    return f"; the nearest is {full_name[near[0]]}" if near else ""
