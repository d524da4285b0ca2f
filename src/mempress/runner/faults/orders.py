"""Levers on a worker that the parent moves while it runs: a full disk, a slow disk, a clock that jumps."""

from __future__ import annotations

import contextlib
import mmap
import resource
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_ORDERS = struct.Struct("<QQQq")
_COUNTS = struct.Struct("<QQQ")
_COUNTED = ("refused", "delayed", "shifted")


@dataclass(frozen=True, slots=True)
class Order:
    """What a worker is to meet; the default is nothing out of the way."""

    full: bool = False
    write_delay_ns: int = 0
    sync_delay_ns: int = 0
    clock_offset_ns: int = 0


NORMAL = Order()


class Levers(Protocol):
    """A mechanism that makes a worker meet an order."""

    mechanism: str
    """Its words for a report."""

    def give(self, order: Order, processes: Iterable[int]) -> None:
        """Let the worker's processes meet the order from now on."""

    def counted(self) -> dict[str, int]:
        """Give how many calls were refused, delayed, or told another time since ``begin``."""

    def has_refused(self) -> bool | None:
        """Whether a call was refused since ``begin``; None: it cannot be told."""

    def begin(self) -> None:
        """Count from 0."""


class Interposer:
    """The orders of ``interpose.c`` in a file that the worker maps."""

    mechanism = "a library before the C library (LD_PRELOAD), for files under the workdir"

    def __init__(self, path: Path) -> None:
        path.write_bytes(bytes(_ORDERS.size + _COUNTS.size))
        with path.open("r+b") as file:
            self._shared = mmap.mmap(file.fileno(), 0)

    def give(self, order: Order, processes: Iterable[int]) -> None:  # noqa: ARG002 - all that map the file obey
        """Write the order where the worker reads it."""
        fields = (order.full, order.write_delay_ns, order.sync_delay_ns, order.clock_offset_ns)
        _ORDERS.pack_into(self._shared, 0, *fields)

    def counted(self) -> dict[str, int]:
        """Give the library's counts."""
        return dict(zip(_COUNTED, _COUNTS.unpack_from(self._shared, _ORDERS.size), strict=True))

    def has_refused(self) -> bool:
        """Whether the library refused a call."""
        return self.counted()["refused"] > 0

    def begin(self) -> None:
        """Set the library's counts to 0."""
        _COUNTS.pack_into(self._shared, _ORDERS.size, 0, 0, 0)

    def close(self) -> None:
        """Let go of the file."""
        self._shared.close()


class SizeLimit:
    """Without a compiler: a limit of 0 on the size of files. It gives EFBIG, not ENOSPC, whatever file is written."""

    mechanism = "RLIMIT_FSIZE of 0: EFBIG instead of ENOSPC, for every file that the processes write"

    def give(self, order: Order, processes: Iterable[int]) -> None:
        """Set or lift the limit of each process."""
        for pid in processes:
            with contextlib.suppress(ProcessLookupError):
                _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
                resource.prlimit(pid, resource.RLIMIT_FSIZE, (0 if order.full else hard, hard))

    def counted(self) -> dict[str, int]:
        """Give nothing: the kernel does not count."""
        return {}

    def has_refused(self) -> None:
        """Give None, as the kernel does not count."""

    def begin(self) -> None:
        """Do nothing."""
