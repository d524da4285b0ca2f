"""What a system kept and what it answered: recall by importance and age, and what was held against other choices."""

from __future__ import annotations

import base64
from collections import defaultdict
from dataclasses import dataclass, replace
from heapq import nlargest
from math import fsum, prod
from statistics import fmean
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from mempress.analysis.ordinals import Ordinals
from mempress.analysis.shares import share_of
from mempress.model import Answers, Recall
from mempress.samples import recall

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from numpy.typing import NDArray

    from mempress.analysis.ordinals import Flags
    from mempress.analysis.trail import Trail
    from mempress.journal import Asked, Retained
    from mempress.model import OverLoad, Share
    from mempress.samples import Sample

    Values = NDArray[np.float64]

_DECILES = 10
_AGE_CLASSES = 5


@dataclass(frozen=True, slots=True)
class Held:
    """Which acknowledged records are held, by ordinal; ``importance`` is that of every record offered.

    Those that the traffic deleted are not among the acknowledged, and of no importance: nobody should hold them.
    """

    acknowledged: Ordinals
    held: Ordinals | None
    """None where it is not known of each record."""
    importance: Values
    altered: int | None
    deleted: int = 0


def nothing_held() -> Held:
    """Give what is known where no record was offered."""
    return Held(Ordinals(np.zeros(0, dtype=np.bool_)), None, np.empty(0), None)


def read_held(trail: Trail) -> Held:
    """Give what the load's end tells of retention, by ``get`` on all ids; all held where the count says so."""
    load = [stored for stored in trail.stored if stored.phase == "load"]
    importance = np.concatenate([np.empty(0), *(np.asarray(stored.importance, np.float64) for stored in load)])
    deleted = [ordinal for segment in trail.traffic if segment.phase == "load" for ordinal in segment.deleted]
    acknowledged = np.zeros(importance.size, dtype=np.bool_)
    for stored in load:
        acknowledged[stored.first : stored.first + len(stored.importance)] = stored.error is None
    importance[deleted], acknowledged[deleted] = 0.0, False
    held = Held(Ordinals(acknowledged), None, importance, None, len(set(deleted)))
    by_get = _by_method(trail, "get")
    if by_get is not None:
        flags = np.zeros_like(acknowledged)
        flags[acknowledged] = unpack_flags(by_get.held, len(held.acknowledged))
        return replace(held, held=Ordinals(flags), altered=by_get.altered)
    final = trail.final()
    all_held = final is not None and final.held is not None and final.held == len(held.acknowledged)
    return replace(held, held=held.acknowledged if all_held else None)


class Known(NamedTuple):
    """How many records are held at the load's end and how it is known; ``share`` where that is an estimate."""

    records: int | None
    by: str | None
    share: Share | None = None


def retained(trail: Trail, held: Held) -> Known:
    """Give the number of records held at the load's end: by get, by count, or from sampled ids."""
    by_get = _by_method(trail, "get")
    if by_get is not None and held.held is not None:
        return Known(len(held.held), "get on all ids")
    final = trail.final()
    if final is not None and final.held is not None:
        return Known(final.held, "count")
    sampled, total = _by_method(trail, "search"), len(held.acknowledged)
    if sampled is None or not sampled.asked:
        return Known(None, None)
    asked = len(sampled.asked)
    share = share_of(sum(unpack(sampled.held, asked)), asked, total)
    return (
        Known(round(share.share * total), f"estimate from {asked} sampled ids", share) if share else Known(None, None)
    )


def importance_retention(held: Held) -> float | None:
    """Give the sum of importance held over that of the best choice of equally many out of all offered.

    1.0 for a system that keeps all; None where it is not known what is held, or nothing is.
    """
    if held.held is None:
        return None
    best = fsum(np.sort(held.importance)[held.importance.size - len(held.held) :])
    return fsum(held.importance[held.held.flags]) / best if best else None


def judged_in(sample: Sample | None) -> list[Asked]:
    """Give the searches of a sample whose answers are known."""
    return [asked for asked in sample.searches if asked.need > 0] if sample is not None else []


def answers(final: Sample | None, limit: int, held: Held, whole: OverLoad | None = None) -> Answers:
    """Give how the final load's probes were answered, whether their answers were held at all, and the whole load's."""
    judged = judged_in(final)
    offered = final.offered if final is not None else 0
    known = final.answers if final is not None else None
    chosen = _choices(judged, held, offered)
    return Answers(
        k=limit,
        n=len(judged),
        recall=None if known is None else known.recall,
        attainable=None if known is None else known.attainable,
        by_importance=_by_class(judged, lambda asked: float(held.importance[asked.answers[-1]]), 1.0, _DECILES),
        by_age_records=_by_class(judged, lambda asked: offered - 1 - asked.answers[-1], offered, _AGE_CLASSES),
        altered_texts=held.altered,
        over_load=whole,
        **chosen,
    )


def unpack(text: str, count: int) -> list[bool]:
    """Read ``count`` flags from base64 of their bits, lowest bit first."""
    flags: list[bool] = unpack_flags(text, count).tolist()
    return flags


def unpack_flags(text: str, count: int) -> Flags:
    """Read flags as ``unpack`` does, as an array."""
    bits = np.frombuffer(base64.b64decode(text), dtype=np.uint8)
    return np.unpackbits(bits, count=count, bitorder="little").astype(np.bool_)


def _by_class(judged: Iterable[Asked], value: Callable[[Asked], float], highest: float, classes: int) -> list[Recall]:
    """Give recall by equal classes of a value in [0, highest]; a class without a probe is left out."""
    width = highest / classes if highest else 1.0
    found: dict[int, list[float]] = {}
    for asked in judged:
        found.setdefault(min(classes - 1, int(value(asked) / width)), []).append(recall(asked))
    return [
        Recall(low=number * width, high=(number + 1) * width, recall=fmean(values), n=len(values))
        for number, values in sorted(found.items())
    ]


def _choices(judged: Sequence[Asked], held: Held, offered: int) -> dict[str, float | None]:
    """Give the share of probes whose answer is held, for the system and for other choices of equally many records."""
    names = ("held_share", "held_share_oracle", "held_share_random", "held_share_fifo", "held_share_importance")
    if held.held is None or not judged or not offered:
        return dict.fromkeys(names)
    size = len(held.held)
    by_importance = np.zeros(held.importance.size, dtype=np.bool_)
    by_importance[np.argsort(held.importance, kind="stable")[held.importance.size - size :]] = True
    shares = (
        _held_share(judged, held.held),
        _oracle_share(judged, size),
        fmean(_random_share(asked, size, offered) for asked in judged),
        _held_share(judged, range(offered - size, offered)),
        _held_share(judged, Ordinals(by_importance)),
    )
    return dict(zip(names, shares, strict=True))


def _held_share(judged: Iterable[Asked], kept: Collection[int]) -> float:
    return fmean(min(1.0, sum(ordinal in kept for ordinal in asked.answers) / asked.need) for asked in judged)


def _oracle_share(judged: Sequence[Asked], size: int) -> float:
    """Give an upper bound for any choice: a record is worth at most 1 / need to each probe that it answers."""
    worth: defaultdict[int, float] = defaultdict(float)
    for asked in judged:
        for ordinal in asked.answers:
            worth[ordinal] += 1.0 / asked.need
    return min(1.0, fsum(nlargest(size, worth.values())) / len(judged))


def _random_share(asked: Asked, size: int, offered: int) -> float:
    """Give the expected share for ``size`` records drawn at random; one answer of several is enough where need is 1."""
    if asked.need > 1:
        return size / offered
    none_drawn = prod((offered - size - drawn) / (offered - drawn) for drawn in range(len(asked.answers)))
    return 1.0 - none_drawn


def _by_method(trail: Trail, method: str) -> Retained | None:
    return next((item for item in trail.retained if item.method == method), None)
