"""The adapter protocol: what a memory system under test offers, in the standard library alone.

An adapter is any class with ``__init__(workdir, config)``, ``store``, ``search`` and ``close``. What else it can do
it declares in ``capabilities``: every declared capability has its method, and no such method stands undeclared.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol

from mempress.embedding import hash_embed
from mempress.errors import AdapterError

if TYPE_CHECKING:
    from array import array
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

JSON = Any
"""Whatever ``json`` can write: None, bool, int, float, str, list and dict of these."""

METHOD_OF_CAPABILITY: Mapping[str, str | None] = MappingProxyType(
    {
        "count": "count",
        "get": "get",
        "delete": "delete",
        "flush": "flush",
        "maintenance": "perform_maintenance",
        "health": "health",
        "events": "drain_events",
        "processes": "process_ids",
        "importance": None,
        "embedding": None,
        "persistence": None,
        "bounded": None,
        "threads": None,
    }
)
"""Each capability and the method that it adds; None for a flag."""

REQUIRED_METHODS = ("store", "search", "close")


@dataclass(frozen=True, slots=True)
class Record:
    """One memory: importance in [0, 1]; metadata holds timestamp, category, tags and source where known."""

    id: str
    text: str
    importance: float = 0.5
    metadata: Mapping[str, JSON] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Hit:
    """One answer of a search, best first: the text, the id of the record it stems from, and a score if there is one."""

    text: str
    record_id: str | None = None
    score: float | None = None


@dataclass(frozen=True, slots=True)
class SystemConfig:
    """What every system is given, the same for all: capacities (None: none), the embedder, and its own options.

    ``embed(texts)`` gives unit vectors of ``dimension`` floats, one for each text.
    """

    capacity_records: int | None = None
    capacity_bytes: int | None = None
    dimension: int = 384
    embed: Callable[[Sequence[str]], list[array[float]]] = hash_embed
    options: Mapping[str, JSON] = field(default_factory=dict)


class MemorySystem(Protocol):
    """The four members that every adapter has; the optional ones are named in METHOD_OF_CAPABILITY."""

    capabilities: frozenset[str]

    def __init__(self, workdir: Path, config: SystemConfig) -> None: ...

    def store(self, records: Sequence[Record]) -> None:
        """Return once the records are acknowledged; raise if any was not."""

    def search(self, query: str, *, limit: int) -> Sequence[Hit]:
        """Give at most ``limit`` hits, best first."""

    def close(self) -> None:
        """Release all; the workdir may then be opened again."""


def check_adapter(cls: type) -> frozenset[str]:
    """Give the capabilities of an adapter class.

    Raises:
        AdapterError: a required method is missing, a capability is unknown or lacks its method, or a capability's
            method stands undeclared. The text says what to do.
    """
    name = cls.__qualname__
    for method in REQUIRED_METHODS:
        if not callable(getattr(cls, method, None)):
            raise AdapterError(f"{name} has no method {method}(): add it; every adapter has store, search and close.")
    capabilities = _declared(cls, name)
    for capability, method_name in METHOD_OF_CAPABILITY.items():
        if method_name is not None:
            _check_method(cls, name, capability, method_name, declared=capability in capabilities)
    return capabilities


def capabilities_of(system: object, declared: frozenset[str]) -> frozenset[str]:
    """Give the capabilities of an instance: those of its class, or fewer where its options took some away.

    Raises:
        AdapterError: the instance claims more than its class, or what is no set of capabilities.
    """
    own = _declared(system, type(system).__qualname__) if hasattr(system, "capabilities") else declared
    if not own <= declared:
        raise AdapterError(f"the instance adds the capabilities {sorted(own - declared)}: declare them on the class.")
    return own


def _declared(owner: object, name: str) -> frozenset[str]:
    declared: Any = getattr(owner, "capabilities", frozenset())
    collected = isinstance(declared, Collection) and not isinstance(declared, str)
    if not collected or not all(isinstance(item, str) for item in declared):
        raise AdapterError(f"{name}.capabilities is {declared!r}: make it a frozenset of strings.")
    unknown = sorted(set(declared) - set(METHOD_OF_CAPABILITY))
    if unknown:
        known = ", ".join(METHOD_OF_CAPABILITY)
        raise AdapterError(f"{name}.capabilities names {', '.join(unknown)}, unknown here: use some of {known}.")
    return frozenset(declared)


def _check_method(cls: type, name: str, capability: str, method: str, *, declared: bool) -> None:
    present = callable(getattr(cls, method, None))
    if declared and not present:
        raise AdapterError(
            f"{name} declares the capability {capability!r} but has no method {method}(): "
            f"add the method or remove {capability!r} from capabilities."
        )
    if present and not declared:
        raise AdapterError(
            f"{name} has a method {method}() but does not declare the capability {capability!r}: "
            f"add {capability!r} to capabilities or rename the method."
        )
