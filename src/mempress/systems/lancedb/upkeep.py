"""The upkeep of a LanceDB table, which LanceDB leaves to whoever operates it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from mempress.systems.common import disk_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from mempress.systems.protocol import JSON


def optimise(table: Any, directory: Path, *, emergency: bool) -> Mapping[str, JSON]:
    """Join the table's fragments; the versions of the last 7 days stay, in an emergency the last one alone.

    Gives what was called, the bytes that went from ``directory`` (fewer than 0: it grew), and the fragments.
    """
    before_bytes, fragments = disk_bytes(directory), _fragments(table)
    table.optimize(cleanup_older_than=timedelta(0) if emergency else None)
    return {
        "operator_maintenance": f"table.optimize({'cleanup_older_than=0' if emergency else ''})",
        "freed_bytes": before_bytes - disk_bytes(directory),
        "fragments_before": fragments,
        "fragments_after": _fragments(table),
    }


def _fragments(table: Any) -> int:
    return int(table.stats()["fragment_stats"]["num_fragments"])
