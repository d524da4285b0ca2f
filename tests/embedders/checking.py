"""A system that raises where the vectors that it is given are not those that it was promised."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from mempress.testing.controls import PlainList
from tests.embedders.toy import embed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mempress.systems.protocol import Hit, Record, SystemConfig


class Checking(PlainList):
    """A PlainList that embeds what it stores and searches for, and checks each vector against the toy embedder."""

    name = "checking"
    capabilities = PlainList.capabilities | {"embedding"}

    def __init__(self, workdir: Path, config: SystemConfig) -> None:
        super().__init__(workdir, config)
        self._config = config

    def store(self, records: Sequence[Record]) -> None:
        self._check([record.text for record in records])
        super().store(records)

    def search(self, query: str, *, limit: int) -> Sequence[Hit]:
        self._check([query])
        return super().search(query, limit=limit)

    def _check(self, texts: list[str]) -> None:
        for vector, counts in zip(self._config.embed(texts), embed(texts), strict=True):
            norm = math.hypot(*counts)
            expected = [count / norm for count in counts]
            sizes = {len(vector), self._config.dimension, len(expected)}
            if len(sizes) > 1 or math.dist(vector, expected) > 1e-6:
                raise ValueError(f"not the vector of {len(counts)} values that was promised: {list(vector)}")
