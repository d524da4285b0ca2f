"""Looks at a checkpoint whether some acknowledged records are still there, for systems that cannot count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mempress.journal import IdsAsked
from mempress.runner.retention import bitmap

if TYPE_CHECKING:
    from mempress.runner.lookup import Lookup


def ask_ids(lookup: Lookup, mark: str) -> IdsAsked | None:
    """Look up a sample of the acknowledged records: by ``get``, else by searching for their texts.

    None where there is a count, or nothing to ask for. The sample is drawn anew at each checkpoint: records that are
    searched for again and again would be kept by a system that keeps what is used.
    """
    recorder, config = lookup.recorder, lookup.config
    if "count" in lookup.client.capabilities or not config.sampled_ids:
        return None
    asked = lookup.draw(config.sampled_ids, f"ids/{recorder.records}/{mark}")
    if not asked:
        return None
    held = lookup.by_get(asked)
    method = "search" if held is None else "get"
    if held is None:
        held = lookup.by_search(asked)
    return IdsAsked(method, asked[: len(held)], bitmap(held))
