"""What a reader of the figures must know of a system and of its run, in words that follow from the journal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mempress.analysis.metrics import growth_mb, memory_mb
from mempress.analysis.noise import is_noisy, noise
from mempress.analysis.settling import settling_in_words
from mempress.journal import FaultBegan
from mempress.soaking import hold_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from mempress.analysis.trail import Judged, Trail
    from mempress.model import RunHead, Settling
    from mempress.soaking import SoakTerms
    from mempress.traffic import Traffic

_WITHOUT = {
    "count": "no count: records held are known by other means alone",
    "get": "no get: what is held cannot be asked for by id",
    "maintenance": "no maintenance to request",
    "persistence": "no persistence: a restart would lose all, so none was tried",
    "health": "no health of its own",
    "events": "no testimony of its automatic maintenance",
    "importance": "does not use importance",
}


def facts(trail: Trail, head: RunHead, judged: Judged, settling: Settling | None = None) -> list[str]:
    """Give the facts; none where the system never opened."""
    if not trail.opened:
        return []
    unsettled = [] if settling is None or settling.judgement == "settled" else [settling_in_words(settling)]
    return [*_facts(trail, head, judged), *unsettled, *_of_traffic(head.config.traffic, trail.capabilities)]


def _facts(trail: Trail, head: RunHead, judged: Judged) -> Iterator[str]:
    yield from _lacks(trail, head)
    if head.config.soak is not None:
        yield from _soak_facts(head.config.soak, trail.capabilities)
    else:
        yield from _saturation(trail, judged)
    yield from _measured(trail, judged)
    yield from _broken(trail)


def _lacks(trail: Trail, head: RunHead) -> Iterator[str]:
    config, capabilities = head.config, trail.capabilities
    if "bounded" not in capabilities and (config.capacity_records or config.capacity_bytes):
        yield "unbounded: no capacity setting"
    yield from (words for capability, words in _WITHOUT.items() if capability not in capabilities)
    if head.lock_sha256 is not None:
        yield f"ran in an environment of its own: Python {head.python}, {len(head.packages)} packages"


def _saturation(trail: Trail, judged: Judged) -> Iterator[str]:
    final = trail.final()
    if judged.saturation is not None and final is not None and final.records > judged.saturation.records:
        yield (
            f"saturated at {judged.saturation.records:,} records; final figures are those at {final.records:,}, "
            "where the load ended"
        )


def _measured(trail: Trail, judged: Judged) -> Iterator[str]:
    if judged.reference_ms is None:
        yield "no reference latency: the load ended before a search was timed"
    if trail.samples and not any(event.mark == "final" for event in trail.settled):
        yield "final memory is as is, not settled: the run ended before"
    growth = growth_mb(memory_mb(trail))
    if growth is not None and growth <= 0:
        yield f"its memory did not grow by more than can be told ({growth:+.2f} MiB): memory per record is unknown"
    yield from _broken(trail)
    misses = max((sample.embed_misses for sample in trail.samples), default=0)
    if misses:
        yield f"asked for {misses:,} vectors of texts that were not prepared; their cost is in its latencies"
    found = noise(trail.samples)
    if is_noisy(found):
        yield (
            f"noisy machine: {found['steal_share'] or 0.0:.1%} of processor time stolen, some task waited for a "
            f"processor {found['stall_share'] or 0.0:.0%} of the time"
        )


def _broken(trail: Trail) -> Iterator[str]:
    faults = ", ".join(
        f"{line.name} at {line.records:,} records" for line in trail.faults if isinstance(line, FaultBegan)
    )
    if faults:
        yield f"broken on purpose ({faults}): its curves, growth and memory span that"


def _of_traffic(traffic: Traffic | None, capabilities: frozenset[str]) -> Iterator[str]:
    if traffic is None:
        return
    if traffic.clients > 1 and "threads" not in capabilities:
        yield f"one client, not {traffic.clients}: it does not declare that its calls may come from several threads"
    edits = [kind for kind in ("update", "delete") if traffic.mix.get(kind)]
    if edits and "delete" not in capabilities:
        yield f"no {' and no '.join(edits)} was offered: it declares no delete"


def _soak_facts(terms: SoakTerms, capabilities: Collection[str]) -> Iterator[str]:
    """Say why it was held as it was, where that is not what one would wish."""
    hold = hold_of(terms, capabilities)
    if hold == "search" and terms.hold == "auto":
        yield "grows: no delete, no capacity; so nothing was stored after the fill, and searches went on"
    elif terms.hold not in {hold, "auto"}:
        yield f"it lacks what --hold {terms.hold} needs; so nothing was stored after the fill, and searches went on"
