"""What every line of a journal has."""

from __future__ import annotations

import msgspec


class Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """What all events have: ``t_ns`` since the run began."""

    t_ns: int
