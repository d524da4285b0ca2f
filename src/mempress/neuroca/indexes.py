"""Which index of vectors an engine has: 4-bit codes where turbovec is installed, else an exact slab of int8."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mempress.neuroca.codes import TurbovecIndex
from mempress.neuroca.errors import SettingsError
from mempress.neuroca.slab import Int8Slab

if TYPE_CHECKING:
    from mempress.neuroca.index import VectorIndex


def open_index(kind: str, dimension: int) -> VectorIndex:
    """Make an empty index of the kind that ``Settings.index`` names.

    Raises:
        SettingsError: that library is not installed, or cannot take this dimension.
    """
    if kind != "int8" and dimension % 8 == 0:
        try:
            return TurbovecIndex(dimension)
        except ImportError as error:
            if kind == "turbovec":
                raise SettingsError(
                    "index is 'turbovec', which is not installed: install turbovec, or use 'int8'."
                ) from error
    if kind == "turbovec":
        raise SettingsError(f"turbovec takes dimensions that are multiples of 8, not {dimension}: use index 'int8'.")
    return Int8Slab(dimension)
