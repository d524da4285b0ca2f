"""What every embedder is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


@dataclass(frozen=True, slots=True)
class Embedder:
    """Texts to vectors: ``embed`` gives unit vectors of ``dimension`` float32 each, one after the other."""

    name: str
    dimension: int
    words: str
    """What a report says of it."""
    embed: Callable[[Sequence[str]], bytes]
