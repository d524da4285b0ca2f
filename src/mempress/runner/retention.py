"""Finds out which of the acknowledged records a system still holds."""

from __future__ import annotations

import base64
import random
import zlib
from itertools import chain, islice
from typing import TYPE_CHECKING

from mempress.journal import Retained

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from mempress.config import RunConfig
    from mempress.runner.client import SystemClient
    from mempress.runner.recorder import Recorder
    from mempress.workload.prepare import Workload

_IDS_PER_CALL = 1_000
_SAMPLED_IDS = 200
_NS_PER_SECOND = 1_000_000_000


def record_retention(
    client: SystemClient, recorder: Recorder, workload: Workload, config: RunConfig, acknowledged: Sequence[range]
) -> None:
    """Journal what is held: by ``get`` on all ids where there is one, else, without a count, by searching for a sample.

    What the traffic deleted is not asked for. Where there is ``count`` alone, the samples hold it already and nothing
    is asked here.
    """
    deleted = recorder.edits.deleted
    ordinals = (ordinal for ordinal in chain.from_iterable(acknowledged) if ordinal not in deleted)
    total = sum(map(len, acknowledged)) - len(deleted)
    if not total:
        return
    if "get" in client.capabilities:
        held, altered = _by_get(client, recorder, workload, ordinals)
        if held is not None:
            _write(recorder, "get", None, held, altered)
    elif "count" not in client.capabilities:
        picked = sorted(random.Random(config.seed).sample(range(total), min(_SAMPLED_IDS, total)))  # noqa: S311 - no secret
        asked = _pick(ordinals, picked)
        _write(recorder, "search", asked, _by_search(client, recorder, workload, config, asked), None)


def bitmap(flags: Iterable[bool]) -> str:
    """Give flags as base64 of their bits, lowest bit first."""
    number = bytearray()
    for position, flag in enumerate(flags):
        if position % 8 == 0:
            number.append(0)
        number[-1] |= flag << (position % 8)
    return base64.b64encode(number).decode("ascii")


def _by_get(
    client: SystemClient, recorder: Recorder, workload: Workload, ordinals: Iterator[int]
) -> tuple[list[bool] | None, int]:
    held: list[bool] = []
    altered = 0
    while piece := list(islice(ordinals, _IDS_PER_CALL)):
        reply = client.held([workload.id_of(ordinal) for ordinal in piece])
        if reply["error"] is not None:
            recorder.fail("get", reply["error"])
            return None, 0
        held += [checksum is not None for checksum in reply["value"]]
        texts = (recorder.edits.text(ordinal, workload.text_of(ordinal)) for ordinal in piece)
        altered += sum(
            checksum is not None and checksum != zlib.crc32(text.encode("utf-8"))
            for checksum, text in zip(reply["value"], texts, strict=True)
        )
    return held, altered


def _by_search(
    client: SystemClient, recorder: Recorder, workload: Workload, config: RunConfig, asked: Sequence[int]
) -> list[bool]:
    """Search for each record by its own text; it is held if its id or its text is among the hits."""
    texts = [recorder.edits.text(ordinal, workload.text_of(ordinal)) for ordinal in asked]
    budget_ns = int(config.search_budget_seconds * _NS_PER_SECOND)
    reply = client.search(texts, limit=config.limit, budget_ns=budget_ns, at_least=len(texts))
    wanted = zip((workload.id_of(ordinal) for ordinal in asked), texts, reply["answers"], strict=True)
    return [
        answer is not None and any(hit_id == record_id or hit_text == text for hit_id, hit_text in answer["hits"])
        for record_id, text, answer in wanted
    ]


def _pick(ordinals: Iterator[int], positions: Sequence[int]) -> list[int]:
    wanted = set(positions)
    return [ordinal for position, ordinal in enumerate(ordinals) if position in wanted]


def _write(recorder: Recorder, method: str, asked: list[int] | None, held: list[bool], altered: int | None) -> None:
    recorder.write(
        Retained(
            t_ns=recorder.t_ns,
            records=recorder.records,
            method=method,
            asked=asked,
            held=bitmap(held),
            altered=altered,
        )
    )
