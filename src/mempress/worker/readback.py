"""Waits until a record that was stored can be read."""

from __future__ import annotations

from time import sleep
from typing import TYPE_CHECKING, Any

from mempress.clock import clock_ns

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_SHORTEST_PAUSE_NS = 1_000_000
_LONGEST_PAUSE_NS = 20_000_000
_SHARE_WAITED = 10
_NS_PER_SECOND = 1_000_000_000


def look_for(system: Any, command: Mapping[str, Any]) -> Callable[[], bool]:
    """Give the look-up that ``command`` asks for: by ``get``, or by searching for the record's own ``text``."""
    record_id, text = command["id"], command["text"]
    if command["method"] == "get":
        return lambda: record_id in system.get([record_id])
    return lambda: any(
        hit.record_id == record_id or hit.text == text for hit in system.search(text, limit=command["limit"])
    )


def wait_until(look: Callable[[], bool], since_ns: int, within_ns: int, beat: Callable[[], None]) -> dict[str, Any]:
    """Look until it is there or ``within_ns`` have passed since ``since_ns``, at least once.

    ``after_ns`` is the time to the return of the look that found it, else None; pauses are a tenth of what was waited.
    ``latency_ns`` is what the looks themselves took.
    """
    polls = latency_ns = 0
    while True:
        beat()
        began = clock_ns()
        there = look()
        now = clock_ns()
        polls, latency_ns = polls + 1, latency_ns + now - began
        if there or now - since_ns >= within_ns:
            return {"after_ns": now - since_ns if there else None, "polls": polls, "latency_ns": latency_ns}
        pause_ns = min(_LONGEST_PAUSE_NS, max(_SHORTEST_PAUSE_NS, (now - since_ns) // _SHARE_WAITED))
        sleep(min(pause_ns, since_ns + within_ns - now) / _NS_PER_SECOND)
