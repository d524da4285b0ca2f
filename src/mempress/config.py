"""What a benchmark run is told to do: one frozen value, the same for every system."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from mempress.errors import UsageError
from mempress.faultspec import FaultSpec, parse_fault
from mempress.soaking import SoakTerms
from mempress.traffic import Traffic

DEFAULT_SYSTEMS = ("neuroca", "agno")
_SIZE = re.compile(r"(?P<number>\d+(\.\d+)?)\s*(?P<unit>[kmgt]?)(i?b)?", re.IGNORECASE)
_ABOVE_ZERO = (
    *("max_records", "batch_size", "queries", "limit", "repeats", "dimension", "timeout_seconds"),
    *("saturation_samples", "batches_per_sample", "search_budget_seconds", "final_queries", "final_budget_seconds"),
    *("readable_seconds", "audit_seconds"),
)
_ZERO_OR_MORE = (*("maintenance_interval", "post_recovery_batches", "sampled_ids", "retrieved_ids", "deleted_records"),)
_OPTIONAL = ("capacity_records", "capacity_bytes", "memory_limit_bytes", "objective_ms", "time_limit_seconds")
_TOO_MUCH = 1 << 53
"""From here on JSON readers round; not-a-number and infinity fail the same comparison."""
_FLAG = {
    "systems": "SYSTEM",
    "memory_limit_bytes": "--memory-limit",
    "timeout_seconds": "--timeout",
    "time_limit_seconds": "--time-limit",
    "faults": "--fault",
    "options": "--option",
    "traffic": "--rate, --arrival, --mix or --clients",
}
_UNIT_BYTES = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40}


class RunConfig(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of a run; defaults are the benchmark's own.

    ``batches_per_sample`` 1: a sample after every batch. ``capacity_records`` None: no capacity. ``objective_ms`` None:
    derived from the first loaded samples. ``memory_limit_bytes`` None: a watchdog guards most of the machine's free
    memory.
    """

    systems: tuple[str, ...] = DEFAULT_SYSTEMS
    workload: str = "facts"
    seed: int = 42
    max_records: int = 20_000
    batch_size: int = 1_000
    batches_per_sample: int = 1
    queries: int = 50
    limit: int = 10
    maintenance_interval: int = 5_000
    capacity_records: int | None = None
    capacity_bytes: int | None = None
    memory_limit_bytes: int | None = None
    timeout_seconds: float = 300.0
    time_limit_seconds: float | None = None
    """Once a run has lasted so long no further batch is stored; its end is measured all the same. None: no limit."""
    objective_ms: float | None = None
    continue_after_saturation: bool = False
    repeats: int = 1
    embedder: str = "hash"
    dimension: int = 384
    """Of the hash embedder's vectors; another's own stands in a run's environment."""
    options: dict[str, dict[str, Any]] = {}
    traffic: Traffic | None = None
    """None: a batch is one store, and searches come at the checkpoints alone."""
    allow_network: bool = False
    saturation_samples: int = 3
    search_budget_seconds: float = 20.0
    """A checkpoint's searches stop once this is spent; the values taken until then stand, with their number."""
    final_queries: int = 1_000
    final_budget_seconds: float = 10.0
    post_recovery_batches: int = 3
    faults: tuple[str, ...] = ()
    """Each ``NAME@PHASE:SHARE``, see ``faultspec``."""
    readable_seconds: float = 2.0
    """How long a record that was stored is waited for until it counts as not readable."""
    sampled_ids: int = 50
    """Where there is no count: how many acknowledged records each checkpoint looks up."""
    retrieved_ids: int = 100
    """How many records are searched for by their own texts after the load."""
    deleted_records: int = 20
    """How many are deleted at the end, to see whether they come back; 0: none."""
    audit_seconds: float = 5.0
    """How long the searches of one such look-up may take together; at least ten are made."""
    soak: SoakTerms | None = None
    """None: an ordinary run, which ends with its workload."""

    def __post_init__(self) -> None:
        for name in _ABOVE_ZERO:
            if not 0 < (value := getattr(self, name)) < _TOO_MUCH:
                raise UsageError(f"{option_name(name)} is {value}: give a number above 0, below 2^53.")
        for name in _ZERO_OR_MORE:
            if not 0 <= (value := getattr(self, name)) < _TOO_MUCH:
                raise UsageError(f"{option_name(name)} is {value}: give 0 or more, below 2^53.")
        for name in _OPTIONAL:
            if (value := getattr(self, name)) is not None and not 0 < value < _TOO_MUCH:
                raise UsageError(f"{option_name(name)} is {value}: give a number above 0, below 2^53, or leave it out.")
        if not self.systems:
            raise UsageError("No system is named: name at least one; `mempress systems` lists what is installed.")
        if len(set(self.systems)) != len(self.systems):
            raise UsageError("A system is named twice: name it once, and use --repeats for more runs of it.")
        if self.fault_specs() and self.traffic is not None:
            raise UsageError("--fault strikes at whole batches: leave out --rate and --mix, or leave out --fault.")

    def fault_specs(self) -> tuple[FaultSpec, ...]:
        """Give the faults; their places in it are their numbers in a journal.

        Raises:
            UsageError: one of them cannot be read.
        """
        return tuple(parse_fault(text) for text in self.faults)


def parse_size(text: str) -> int:
    """Read a size such as ``512MiB``, ``2g`` or ``1048576``; units are powers of 1,024.

    Raises:
        UsageError: it is no size.
    """
    match = _SIZE.fullmatch(text.strip())
    if match is None:
        raise UsageError(f"{text!r} is no size: write bytes, or a number with K, M, G or T, such as 512MiB.")
    size = float(match["number"]) * _UNIT_BYTES[match["unit"].lower()]
    if size >= _TOO_MUCH:
        raise UsageError(f"{text!r} is no size that a machine has: write a smaller one, such as 512MiB.")
    return int(size)


def parse_option(text: str) -> tuple[str, str, Any]:
    """Read ``SYSTEM.KEY=VALUE``; a value that is JSON (a number, true, null) is taken as such, else as text.

    Raises:
        UsageError: it has another form.
    """
    target, equals, value = text.partition("=")
    system, dot, key = target.rpartition(".")
    if not (equals and dot and system and key):
        raise UsageError(f"--option {text!r}: write SYSTEM.KEY=VALUE, such as agno.retrieval=content.")
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise UsageError(f"--option {text!r}: it is not UTF-8; write it in UTF-8.")
    try:
        return system, key, msgspec.json.decode(value)
    except msgspec.DecodeError:
        return system, key, value


def option_name(name: str) -> str:
    """Give the command line's option for a setting; an argument and a setting without one have their own name."""
    return _FLAG.get(name, "--" + name.replace("_", "-"))
