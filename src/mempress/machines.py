"""Kinds of machines: figures of two kinds are never put together."""

from __future__ import annotations

from string import ascii_uppercase
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_GIB = 1 << 30
_FIELDS = ("machine", "cpu", "cores", "system", "python", "mempress")
Kind = tuple[str, ...]
"""What makes a machine one of its kind: the same processor, cores, memory, system and versions."""


def kind_of(environment: Mapping[str, Any]) -> Kind:
    """Give the kind of the machine that an environment describes; memory to the GiB: two of a kind differ by less."""
    memory = environment.get("memory_bytes")
    size = f"{round(memory / _GIB)} GiB" if isinstance(memory, int) else "memory unknown"
    return (*(str(environment.get(field, "unknown")) for field in _FIELDS), size)


def labelled(kinds: Iterable[Kind]) -> dict[Kind, str]:
    """Give each kind a label: ``machine A``, ``machine B``, in the order of what they are."""
    return {kind: f"machine {_letters(place)}" for place, kind in enumerate(sorted(set(kinds)))}


def described(kind: Kind) -> str:
    """Say what a kind is."""
    machine, cpu, cores, system, python, mempress, size = kind
    return f"{cpu} ({machine}), {cores} cores, {size}, {system}, Python {python}, mempress {mempress}"


def _letters(place: int) -> str:
    rest, last = divmod(place, len(ascii_uppercase))
    return (_letters(rest - 1) if rest else "") + ascii_uppercase[last]
