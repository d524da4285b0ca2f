"""Some of a workload's records, as they were offered, to be stored once more."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mempress.workload.prepare import Workload

_rows = msgspec.json.Decoder(list[msgspec.Raw])


@dataclass(frozen=True, slots=True)
class Rows:
    """Records of one batch: their JSON rows as ``SystemClient.store`` takes them, and their texts."""

    ordinals: list[int]
    payload: bytes
    texts: list[str]


def rows_of(workload: Workload, ordinals: Iterable[int]) -> Iterator[Rows]:
    """Give records by ordinal, ascending, those of each batch together, byte for byte as they were offered."""
    for number, group in groupby(ordinals, key=lambda ordinal: ordinal // workload.batch_size):
        chosen, batch = list(group), workload.batch(number)
        rows = _rows.decode(batch.payload)
        payload = b"[" + b",".join(bytes(rows[ordinal - batch.first]) for ordinal in chosen) + b"]"
        yield Rows(chosen, payload, [workload.text_of(ordinal) for ordinal in chosen])
