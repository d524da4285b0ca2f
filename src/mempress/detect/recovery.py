"""Recovery: whether a saturated system came back, by figures alone; ``docs/detection.md`` explains the rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from mempress.detect.saturation import HEALTH_FLOOR

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Outcome = Literal["recovered", "partly", "not", "unknown"]

LATENCY_MARGIN = 0.2
MEMORY_MARGIN = 0.1
HEALTH_MARGIN = 0.1
RECALL_KEPT = 0.5
_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class StateOfHealth:
    """What is known of a system at one moment; None: not measured.

    ``errors`` counts those since the moment before, ``recall`` is recall@k over all probes in [0, 1].
    """

    p95_ms: float | None = None
    health: float | None = None
    errors: int | None = None
    memory_bytes: float | None = None
    retained: int | None = None
    recall: float | None = None


@dataclass(frozen=True, slots=True)
class Objectives:
    """What a system is held to; None: no such objective."""

    p95_ms: float | None = None
    memory_bytes: float | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a system came back, and why, in words with figures."""

    outcome: Outcome
    reason: str


@dataclass(frozen=True, slots=True)
class States:
    """The moments of a recovery in their order; None: that step was not taken, or nothing measured.

    ``reference`` is the state under the first load; it serves the words alone.
    """

    saturated: StateOfHealth | None
    after_maintenance: StateOfHealth | None = None
    after_restart: StateOfHealth | None = None
    after_load: StateOfHealth | None = None
    reference: StateOfHealth | None = None


def verdict(states: States, objectives: Objectives) -> Verdict:
    """Judge whether a saturated system came back; the last step taken (maintenance, then restart) decides.

    recovered: within the objectives after that step, and still so after the post-recovery load.
    partly: within them, but not (or not known to be) so after that load; or not within them, but better than at
    saturation by a real margin. not: neither. unknown: the state at saturation or after a step was not measured.
    Within: no error, search p95 and memory within their objectives, health at least 0.5, and the answers kept
    (recall at least half of that at saturation, and not every record lost).
    """
    saturated = states.saturated
    step, after = _last_step(states)
    if saturated is None or not _judgeable(saturated):
        return Verdict("unknown", "the state at saturation was not measured")
    if after is None or not _judgeable(after):
        return Verdict("unknown", f"the state after {step} was not measured")
    broken = list(_broken(after, saturated, objectives))
    figures = _figures(saturated, after, states.reference)
    if not broken:
        return _under_load(states.after_load, saturated, objectives, f"within its objectives after {step} ({figures})")
    better = _better(saturated, after, memory_counts=objectives.memory_bytes is not None)
    margin = "but " + " and ".join(better) if better else "and no better than at saturation"
    return Verdict("partly" if better else "not", f"after {step}: {', '.join(broken)}, {margin} ({figures})")


def _under_load(load: StateOfHealth | None, saturated: StateOfHealth, objectives: Objectives, so_far: str) -> Verdict:
    if load is None or not _judgeable(load):
        return Verdict("partly", f"{so_far}, but not measured under load afterwards")
    broken = list(_broken(load, saturated, objectives))
    if broken:
        return Verdict("partly", f"{so_far}, but after load: {', '.join(broken)}")
    return Verdict("recovered", f"{so_far} and after load again")


def _last_step(states: States) -> tuple[str, StateOfHealth | None]:
    if states.after_restart is not None:
        return "restart", states.after_restart
    return ("emergency maintenance" if states.after_maintenance is not None else "recovery"), states.after_maintenance


def _judgeable(state: StateOfHealth) -> bool:
    return state.p95_ms is not None or state.health is not None


def _broken(state: StateOfHealth, saturated: StateOfHealth, objectives: Objectives) -> Iterator[str]:
    """Say each way in which a state is not within the objectives."""
    if state.errors:
        yield f"{state.errors} errors"
    if state.p95_ms is not None and objectives.p95_ms is not None and state.p95_ms > objectives.p95_ms:
        yield f"search p95 {state.p95_ms:.4g} ms over {objectives.p95_ms:.4g} ms"
    if state.health is not None and state.health < HEALTH_FLOOR:
        yield f"health {state.health:.2f} under {HEALTH_FLOOR}"
    limit = objectives.memory_bytes
    if state.memory_bytes is not None and limit is not None and state.memory_bytes > limit:
        yield f"memory {state.memory_bytes / _MIB:.1f} MiB over {limit / _MIB:.1f} MiB"
    yield from _lost_answers(state, saturated)


def _lost_answers(state: StateOfHealth, saturated: StateOfHealth) -> Iterator[str]:
    if saturated.retained and state.retained == 0:
        yield f"all {saturated.retained:,} records lost"
    elif state.recall is not None and saturated.recall is not None and state.recall < RECALL_KEPT * saturated.recall:
        yield f"recall fell from {saturated.recall:.2f} to {state.recall:.2f}"


def _better(saturated: StateOfHealth, after: StateOfHealth, *, memory_counts: bool) -> list[str]:
    """Say what is better by a real margin; nothing, if anything is worse by one.

    Memory counts where it has an objective: a restart alone gives some back, and heals nothing else.
    """
    fell, grew = (_fall(*pair, memory_counts=memory_counts) for pair in ((saturated, after), (after, saturated)))
    return [] if grew else fell


def _fall(first: StateOfHealth, second: StateOfHealth, *, memory_counts: bool) -> list[str]:
    """Name what improves by a real margin from the first state to the second."""
    ways: tuple[tuple[str, float | None, float | None, Callable[[float, float], bool]], ...] = (
        ("faster", first.p95_ms, second.p95_ms, lambda a, b: b < (1.0 - LATENCY_MARGIN) * a),
        ("smaller", first.memory_bytes, second.memory_bytes, lambda a, b: b < (1.0 - MEMORY_MARGIN) * a),
        ("healthier", first.health, second.health, lambda a, b: b > a + HEALTH_MARGIN),
        ("fewer errors", first.errors, second.errors, lambda a, b: b < a),
    )
    return [
        word
        for word, a, b, improves in ways
        if a is not None and b is not None and improves(a, b) and (memory_counts or word != "smaller")
    ]


def _figures(saturated: StateOfHealth, after: StateOfHealth, reference: StateOfHealth | None) -> str:
    states = [state for state in (reference, saturated, after) if state is not None]
    label = "reference, saturated, after" if reference is not None else "saturated, after"
    p95 = ", ".join(_shown(state.p95_ms, "{:.4g}") for state in states)
    health = ", ".join(_shown(state.health, "{:.2f}") for state in states)
    return f"{label}: search p95 {p95} ms; health {health}"


def _shown(value: float | None, form: str) -> str:
    return "n/a" if value is None else form.format(value)
