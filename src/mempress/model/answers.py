"""What a system answered, and what it kept."""

from __future__ import annotations

import msgspec


class Recall(msgspec.Struct, frozen=True, kw_only=True):
    """Recall of the probes whose answer falls in a range, with their number."""

    low: float
    high: float
    recall: float
    n: int


class Answers(msgspec.Struct, frozen=True, kw_only=True):
    """How the final load's probes were answered, and whether their answers were held at all."""

    k: int
    n: int
    recall: float | None
    attainable: float | None
    by_importance: list[Recall]
    by_age_records: list[Recall]
    held_share: float | None
    """Share of the probes whose answer was held, found or not."""
    held_share_oracle: float | None
    """The same for the best choice of equally many records, made with knowledge of the probes."""
    held_share_random: float | None
    held_share_fifo: float | None
    held_share_importance: float | None
    altered_texts: int | None
