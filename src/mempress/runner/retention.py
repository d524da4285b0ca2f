"""Finds out which of the acknowledged records a system still holds, and whether a search finds them."""

from __future__ import annotations

import base64
import zlib
from itertools import islice
from typing import TYPE_CHECKING

from mempress.journal import Retained, Retrieved

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mempress.runner.lookup import Lookup

_IDS_PER_CALL = 1_000
_SAMPLED_IDS = 200
_LEAST_SAMPLED = 50


def record_retention(lookup: Lookup) -> None:
    """Journal what is held: by ``get`` on all ids where there is one, else, without a count, by searching for a sample.

    What the harness deleted is not asked for. Where there is ``count`` alone, the samples hold it already. Then it is
    journaled, of a sample of what is held (where that is not known of each record: of what was acknowledged), whether
    a search finds it.
    """
    if len(lookup.recorder.acknowledged) == len(lookup.recorder.edits.deleted):
        return
    capabilities = lookup.client.capabilities
    held: list[int] | None = None
    if "get" in capabilities:
        held = _retain_by_get(lookup)
    elif "count" not in capabilities:
        asked = lookup.draw(_SAMPLED_IDS, "retained")
        found = lookup.by_search(asked, at_least=_LEAST_SAMPLED)
        _write(lookup, "search", asked[: len(found)], found, None)
        return
    _retrieve(lookup, held)


def bitmap(flags: Iterable[bool]) -> str:
    """Give flags as base64 of their bits, lowest bit first."""
    number = bytearray()
    for position, flag in enumerate(flags):
        if position % 8 == 0:
            number.append(0)
        number[-1] |= flag << (position % 8)
    return base64.b64encode(number).decode("ascii")


def _retain_by_get(lookup: Lookup) -> list[int] | None:
    """Journal what ``get`` says of all acknowledged ids; gives the ordinals held, None where it raised."""
    workload, asked, flags, altered = lookup.workload, list(lookup.living()), list[bool](), 0
    ordinals = iter(asked)
    while piece := list(islice(ordinals, _IDS_PER_CALL)):
        reply = lookup.client.held([workload.id_of(ordinal) for ordinal in piece])
        if reply["error"] is not None:
            lookup.recorder.fail("get", reply["error"])
            return None
        flags += [checksum is not None for checksum in reply["value"]]
        altered += sum(
            checksum is not None and checksum != zlib.crc32(lookup.text_of(ordinal).encode("utf-8"))
            for checksum, ordinal in zip(reply["value"], piece, strict=True)
        )
    _write(lookup, "get", None, flags, altered)
    return [ordinal for ordinal, flag in zip(asked, flags, strict=True) if flag]


def _retrieve(lookup: Lookup, held: Sequence[int] | None) -> None:
    asked = lookup.draw(lookup.config.retrieved_ids, "retrieved", held)
    if not asked:
        return
    found = lookup.by_search(asked)
    recorder = lookup.recorder
    recorder.write(
        Retrieved(
            t_ns=recorder.t_ns,
            records=recorder.records,
            asked=asked[: len(found)],
            found=bitmap(found),
            known_held=held is not None,
        )
    )


def _write(lookup: Lookup, method: str, asked: list[int] | None, held: list[bool], altered: int | None) -> None:
    recorder = lookup.recorder
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
