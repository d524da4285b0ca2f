"""Where the time of a run, and of a whole command, went."""

from __future__ import annotations

import msgspec


class RunTime(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds of one run: in all, in the system's own code, and waiting for the schedule of a rate or in a pause."""

    whole_s: float
    system_s: float
    waiting_s: float


class CommandTime(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds of the command that ran the benchmark, from the start of its process until its pictures were drawn.

    Writing the texts and ``results.json``, printing, and leaving are not in it.
    """

    whole_s: float
    systems_s: float
    """In the systems' own code: importing, opening and closing them, and all calls."""
    waiting_s: float
    """Waiting for the schedule of ``--rate``, or in the pauses of ``--pause``."""
    own_s: dict[str, float]
    """The harness's own, by stage."""
    own_share: float
    """Of the whole."""
