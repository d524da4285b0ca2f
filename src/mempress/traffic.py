"""The traffic that a load is asked to offer: which operations, how many a second, how spaced, by how many clients."""

from __future__ import annotations

import math
from difflib import get_close_matches
from typing import TYPE_CHECKING, Literal

import msgspec

from mempress.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

Arrival = Literal["poisson", "constant"]
KINDS: Mapping[str, str] = {"s": "store", "q": "search", "u": "update", "d": "delete"}
"""Each kind of operation by the letter that stands for it in a plan and in a journal."""
EVEN_MIX = "store=50,search=50"
_MOST_PER_SECOND = 1_000_000
_MOST_CLIENTS = 256


class Traffic(msgspec.Struct, frozen=True, kw_only=True):
    """What a load offers in place of whole batches; one record a store.

    ``mix`` holds the weights of the kinds. ``rate`` is operations a second over all clients, started whether or not the
    system has answered (open loop); None: each client starts its next when its last has returned (closed loop).
    """

    mix: dict[str, float]
    rate: float | None = None
    arrival: Arrival = "poisson"
    clients: int = 1

    def __post_init__(self) -> None:
        if self.rate is not None and not 0 < self.rate <= _MOST_PER_SECOND:
            raise UsageError(
                f"--rate is {self.rate:g}: give operations a second, above 0, {_MOST_PER_SECOND:,} at most."
            )
        if not 1 <= self.clients <= _MOST_CLIENTS:
            raise UsageError(f"--clients is {self.clients}: give a number from 1 to {_MOST_CLIENTS}.")
        _check_mix(self.mix)

    @property
    def words(self) -> str:
        """Say what is offered, as in ``100 operations/s, Poisson, of store 50, search 50``."""
        spaced = "Poisson" if self.arrival == "poisson" else "evenly spaced"
        how = "a closed loop" if self.rate is None else f"{self.rate:g} operations/s, {spaced},"
        return f"{how} of {', '.join(f'{kind} {weight:g}' for kind, weight in self.mix.items())}"

    @property
    def options(self) -> list[str]:
        """Give the options of the command line that ask for it."""
        words = ["--mix", ",".join(f"{kind}={weight:g}" for kind, weight in self.mix.items())]
        if self.rate is not None:
            words += ["--rate", f"{self.rate:g}", "--arrival", self.arrival]
        return [*words, "--clients", str(self.clients)] if self.clients > 1 else words


def make_traffic(rate: float | None, arrival: Arrival | None, mix: str | None, clients: int | None) -> Traffic | None:
    """Give the traffic that the options ask for; None where neither a rate nor a mix is given.

    Raises:
        UsageError: one of them cannot be used, or means nothing without another.
    """
    if rate is None and arrival is not None:
        raise UsageError(f"--arrival {arrival} spaces the operations of a rate: give --rate OPS too.")
    if rate is None and mix is None:
        if clients is not None:
            raise UsageError(f"--clients {clients} shares out single operations: give --rate OPS or --mix too.")
        return None
    weights = parse_mix(EVEN_MIX if mix is None else mix)
    return Traffic(mix=weights, rate=rate, arrival=arrival or "poisson", clients=1 if clients is None else clients)


def parse_mix(text: str) -> dict[str, float]:
    """Read weights such as ``store=50,search=45,update=5``; those that are not named are 0.

    Raises:
        UsageError: it has another form, names an unknown kind or one twice, or has a weight that cannot be used.
    """
    mix: dict[str, float] = {}
    for part in text.split(","):
        kind, equals, weight = (word.strip() for word in part.partition("="))
        if not equals:
            raise UsageError(f"--mix {text!r}: write KIND=WEIGHT, with commas between, such as {EVEN_MIX}.")
        if kind not in KINDS.values():
            near = get_close_matches(kind, KINDS.values(), n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            raise UsageError(f"--mix {text!r}: {kind!r} is no operation.{hint} Known: {', '.join(KINDS.values())}.")
        if kind in mix:
            raise UsageError(f"--mix {text!r}: {kind} stands there twice; name it once.")
        mix[kind] = _weight(text, weight)
    _check_mix(mix)
    return {kind: mix[kind] for kind in KINDS.values() if mix.get(kind)}


def _weight(text: str, weight: str) -> float:
    try:
        return float(weight)
    except ValueError:
        raise UsageError(f"--mix {text!r}: {weight!r} is no number; a weight is a number from 0 up.") from None


def _check_mix(mix: Mapping[str, float]) -> None:
    for kind, weight in mix.items():
        if kind not in KINDS.values() or not 0 <= weight < math.inf:
            raise UsageError(
                f"--mix has {kind}={weight:g}: a weight is a number from 0 up, of {', '.join(KINDS.values())}."
            )
    if not mix.get("store"):
        raise UsageError("--mix has no stores: a load grows by them; add store=WEIGHT, such as store=50.")
    most = max(mix.values()) / mix["store"]
    if most > 1_000:
        raise UsageError(f"--mix asks for {most:,.0f} operations of a kind for each store: give 1,000 at most.")
