"""Some of a workload's records, as they were offered, to be stored once more."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mempress.runner.edits import Edits
    from mempress.workload.prepare import Workload

_rows = msgspec.json.Decoder(list[msgspec.Raw])
_row = msgspec.json.Decoder(tuple[str, str, float, msgspec.Raw])


@dataclass(frozen=True, slots=True)
class Rows:
    """Records of one batch: their JSON rows as ``SystemClient.store`` takes them, and their texts."""

    ordinals: list[int]
    payload: bytes
    texts: list[str]


def rows_of(workload: Workload, ordinals: Iterable[int], edits: Edits) -> Iterator[Rows]:
    """Give records by ordinal, ascending, those of each batch together, as they were last acknowledged."""
    for number, group in groupby(ordinals, key=lambda ordinal: ordinal // workload.batch_size):
        chosen, batch = list(group), workload.batch(number)
        offered = _rows.decode(batch.payload)
        rows, texts = [], []
        for ordinal in chosen:
            record_id, text, importance, metadata = _row.decode(offered[ordinal - batch.first])
            texts.append(edits.text(ordinal, text))
            rows.append((record_id, texts[-1], importance, metadata))
        yield Rows(chosen, msgspec.json.encode(rows), texts)
