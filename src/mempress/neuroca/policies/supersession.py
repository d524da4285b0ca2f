"""When a newer record replaces what an older one stated: both say in their metadata what they state something of.

    fact(record) = the values of ``Settings.fact_keys`` (by default subject and attribute) in its metadata
    of two records of one fact the one of the later moment holds; the other is redundant, in full

A record that lacks one of the keys states no fact, and is never replaced by this rule. The moment is the timestamp, or
the time of storing; of equal ones the later arrival's. It is the last-writer-wins register (Shapiro et al., INRIA
RR-7506, 2011) for each key, as a changelog is compacted by key, and as Zep invalidates an edge by a later one between
the same entities (Rasmussen et al., arXiv 2501.13956, 2025).

Nothing is told from the text: that two texts are alike and name the same does not mean that one replaces the other.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence


def fact_of(metadata: str, keys: Sequence[str]) -> str | None:
    """Give the name of the fact that a record states, from its metadata as JSON; None: it states none.

    Case and blanks around a value do not count; a value that is empty, or no text and no whole number, names nothing.
    """
    if not keys or not all(f'"{key}"' in metadata for key in keys):
        return None
    held = json.loads(metadata)
    named = [_named(held.get(key)) for key in keys]
    return None if None in named else json.dumps(named)


def _named(value: Any) -> str | None:
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return None
    return str(value).strip().casefold() or None
