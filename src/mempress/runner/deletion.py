"""Deletes a few held records at the end of a run, and looks whether they stay away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mempress.journal import Deleted, LookedFor
from mempress.runner.recorder import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mempress.runner.lookup import Lookup

_DRAWN_FOR_ONE = 5
"""So many acknowledged records are drawn for each to be deleted, since some of them are not held."""


def delete_some(lookup: Lookup) -> list[int]:
    """Delete a sample of held records and look for them; gives the ordinals, none where nothing could be deleted."""
    config = lookup.config
    if "delete" not in lookup.client.capabilities or not config.deleted_records:
        return []
    chosen = _held(lookup, config.deleted_records)
    if not chosen:
        return []
    reply = lookup.client.call("delete", ids=[lookup.workload.id_of(ordinal) for ordinal in chosen])
    said, recorder = reply["value"], lookup.recorder
    if reply["error"] is not None:
        recorder.fail("delete", reply["error"])
    recorder.write(
        Deleted(
            t_ns=recorder.t_ns,
            phase=recorder.phase,
            records=recorder.records,
            ordinals=chosen,
            said=said if isinstance(said, int) and not isinstance(said, bool) else None,
            latency_ns=reply["latency_ns"],
            error=None if reply["error"] is None else clean(reply["error"]),
        )
    )
    if reply["error"] is not None:
        return []
    look_for(lookup, chosen, "after_delete")
    return chosen


def look_for(lookup: Lookup, deleted: Sequence[int], moment: str) -> None:
    """Journal which of the deleted records are there by ``get``, and which a search finds."""
    flags = lookup.by_get(deleted)
    found = lookup.by_search(deleted)
    recorder = lookup.recorder
    recorder.write(
        LookedFor(
            t_ns=recorder.t_ns,
            phase=recorder.phase,
            records=recorder.records,
            moment=moment,
            got=None if flags is None else [ordinal for ordinal, flag in zip(deleted, flags, strict=True) if flag],
            searched=list(deleted[: len(found)]),
            found=[ordinal for ordinal, flag in zip(deleted, found, strict=False) if flag],
        )
    )


def _held(lookup: Lookup, count: int) -> list[int]:
    """Draw acknowledged records that are held now: by ``get``, else those that a search for their texts finds."""
    drawn = lookup.draw(_DRAWN_FOR_ONE * count, "deleted")
    flags = lookup.by_get(drawn)
    if flags is None:
        flags = lookup.by_search(drawn)
    return [ordinal for ordinal, flag in zip(drawn, flags, strict=False) if flag][:count]
