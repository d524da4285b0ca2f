"""Audits: which records a system holds, and whether their texts are what they were."""

from __future__ import annotations

import random
import zlib
from array import array
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from mempress.journal import Audited
from mempress.runner.retention import bitmap
from mempress.worker.plain import HIT_TEXT_LIMIT

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from mempress.config import RunConfig
    from mempress.runner.client import SystemClient
    from mempress.runner.recorder import Recorder
    from mempress.workload.prepare import Workload

SAMPLED_IDS = 200
_IDS_PER_CALL = 1_000
_NS_PER_SECOND = 1_000_000_000
_GONE = -1
_RANGE_BYTES = 10
_ORDINALS_PER_BYTE = 6
"""What base64 leaves of eight."""


@dataclass(frozen=True, slots=True)
class Inventory:
    """Records by ordinal, ascending, each with the CRC-32 of its text; ``population``: of how many they stand for."""

    ordinals: array[int]
    checksums: array[int]
    population: int

    def __add__(self, other: Inventory) -> Inventory:
        """Put two inventories without a common record together."""
        pairs = sorted(zip((*self.ordinals, *other.ordinals), (*self.checksums, *other.checksums), strict=True))
        return Inventory(*_columns(pairs), self.population + other.population)

    def without(self, ordinals: Collection[int]) -> Inventory:
        """Give the others."""
        pairs = [(o, c) for o, c in zip(self.ordinals, self.checksums, strict=True) if o not in ordinals]
        return Inventory(*_columns(pairs), self.population - len(self.ordinals) + len(pairs))

    def split(self, chance: random.Random, number: int) -> tuple[Inventory, list[int]]:
        """Pick ``number`` records at random; gives the others, and the ordinals picked, ascending."""
        picked = sorted(chance.sample(self.ordinals, number))
        return self.without(frozenset(picked)), picked


@dataclass(frozen=True, slots=True)
class Question:
    """What an audit is for: the fault's number, the moment and the subject, as ``Audited`` has them."""

    fault: int
    moment: str
    subject: str


class Auditor:
    """Asks one system, by ``get`` where it has it, else by searching for records by their own text."""

    def __init__(self, recorder: Recorder, workload: Workload, config: RunConfig) -> None:
        self._recorder = recorder
        self._workload = workload
        self._config = config

    def offered(self, client: SystemClient, ordinals: Iterable[int], beside: Inventory | None = None) -> Inventory:
        """Give records as they were offered: all of them for ``get``, a seeded sample for search.

        A sample is of SAMPLED_IDS, or as dense as that of the records that it is to stand ``beside``.
        """
        chosen = array("q", ordinals)
        population = len(chosen)
        cut = None
        if "get" not in client.capabilities:
            cut = HIT_TEXT_LIMIT
            size = SAMPLED_IDS
            if beside is not None and beside.population:
                size = round(population * len(beside.ordinals) / beside.population)
            if size < population:
                picked = random.Random(self._config.seed).sample(chosen, size)  # noqa: S311 - no secret
                chosen = array("q", sorted(picked))
        texts = (self._text(ordinal)[:cut] for ordinal in chosen)
        return Inventory(chosen, array("q", (zlib.crc32(text.encode("utf-8")) for text in texts)), population)

    def audit(self, client: SystemClient, question: Question, expected: Inventory) -> Inventory | None:
        """Journal which of the expected records are held and unchanged; gives those that are held, as they are now.

        None where ``get`` raised: an error event says so, and nothing is known.
        """
        by_get = "get" in client.capabilities
        found = self._by_get(client, expected) if by_get else self._by_search(client, expected)
        if found is None:
            return None
        pairs = list(zip(found, expected.checksums, strict=True))
        recorder = self._recorder
        recorder.write(
            Audited(
                t_ns=recorder.t_ns,
                fault=question.fault,
                moment=question.moment,
                subject=question.subject,
                method="get" if by_get else "search",
                population=expected.population,
                asked=compact(expected.ordinals),
                found=bitmap(now != _GONE for now, _ in pairs),
                changed=bitmap(now not in (_GONE, before) for now, before in pairs),
            )
        )
        held = [(ordinal, now) for ordinal, now in zip(expected.ordinals, found, strict=True) if now != _GONE]
        asked = len(expected.ordinals)
        population = round(expected.population * len(held) / asked) if asked else 0
        return Inventory(*_columns(held), population)

    def _text(self, ordinal: int) -> str:
        """Give the text that a record should have now."""
        return self._recorder.edits.text(ordinal, self._workload.text_of(ordinal))

    def _by_get(self, client: SystemClient, expected: Inventory) -> array[int] | None:
        found = array("q")
        for piece in _pieces(expected.ordinals):
            reply = client.held([self._workload.id_of(ordinal) for ordinal in piece])
            if reply["error"] is not None:
                self._recorder.fail("get", reply["error"])
                return None
            found.extend(_GONE if checksum is None else checksum for checksum in reply["value"])
        return found

    def _by_search(self, client: SystemClient, expected: Inventory) -> array[int]:
        """Search for each record by its own text: found if its id or its very text is among the hits."""
        texts = [self._text(ordinal) for ordinal in expected.ordinals]
        budget_ns = int(self._config.search_budget_seconds * _NS_PER_SECOND)
        reply = client.search(texts, limit=self._config.limit, budget_ns=budget_ns, at_least=len(texts))
        found = array("q")
        for ordinal, text, answer in zip(expected.ordinals, texts, reply["answers"], strict=True):
            hits = [] if answer is None else answer["hits"]
            found.append(_checksum(hits, self._workload.id_of(ordinal), text[:HIT_TEXT_LIMIT]))
        return found


def compact(ordinals: array[int]) -> list[list[int]] | str:
    """Give ascending ordinals as ranges ``[first, count]`` or, where those are longer, as a bitmap from 0 on."""
    ranges: list[list[int]] = []
    for ordinal in ordinals:
        if ranges and ordinal == sum(ranges[-1]):
            ranges[-1][1] += 1
        else:
            ranges.append([ordinal, 1])
    if not ordinals or len(ranges) * _RANGE_BYTES <= ordinals[-1] // _ORDINALS_PER_BYTE:
        return ranges
    there = set(ordinals)
    return bitmap(ordinal in there for ordinal in range(ordinals[-1] + 1))


def _columns(pairs: Sequence[tuple[int, int]]) -> tuple[array[int], array[int]]:
    return array("q", (ordinal for ordinal, _ in pairs)), array("q", (checksum for _, checksum in pairs))


def _checksum(hits: Sequence[Sequence[str | None]], record_id: str, text: str) -> int:
    """Give the checksum of the hit that bears the id, else of one that has the text; -1 without either."""
    own = next((found for hit_id, found in hits if hit_id == record_id), None)
    if own is None and any(found == text for _, found in hits):
        own = text
    return _GONE if own is None else zlib.crc32(own.encode("utf-8", "surrogatepass"))


def _pieces(ordinals: Iterable[int]) -> Iterator[list[int]]:
    rest = iter(ordinals)
    while piece := list(islice(rest, _IDS_PER_CALL)):
        yield piece
