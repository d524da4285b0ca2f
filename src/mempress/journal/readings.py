"""What is read of a system from outside, and of the machine."""

from __future__ import annotations

import msgspec


class MemoryRead(msgspec.Struct, frozen=True):
    """Memory of the system's processes in bytes, see ``runner.processes.MemoryUse``."""

    pss_bytes: int
    uss_bytes: int
    rss_bytes: int
    rss_anon_bytes: int
    rss_file_bytes: int
    peak_bytes: int
    processes: int


class DiskRead(msgspec.Struct, frozen=True):
    """Bytes allocated and files under the workdir."""

    used_bytes: int
    files: int


class NoiseRead(msgspec.Struct, frozen=True):
    """Counters of the machine since it started, whose differences tell how noisy an interval was."""

    cpu_ticks: int
    steal_ticks: int
    stall_us: int | None
    """Time in which some task waited for a processor (PSI); null where the kernel does not tell."""
    load_1m: float
