"""What an adapter owes whose calls may be made from several threads at once."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

from mempress.testing.conformance.check import check
from mempress.testing.conformance.driver import brief
from mempress.testing.conformance.outcome import require
from mempress.testing.conformance.records import make_records

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mempress.testing.conformance.driver import DrivenSystem, Driver

_THREADS = 4
_RECORDS = 40
_SWITCH_SECONDS = 1e-5


@check("threads")
def works_from_several_threads(driver: Driver) -> None:
    """Four threads that store and search at once raise nothing and lose no record."""
    with driver.open() as system:
        with _frequent_switches(), ThreadPoolExecutor(_THREADS) as pool:
            list(pool.map(lambda number: _work(system, f"thread-{number}"), range(_THREADS)))
        system.flush()
        records = [record for number in range(_THREADS) for record in make_records(_RECORDS, f"thread-{number}")]
        if "get" in driver.capabilities():
            missing = sorted({record.id for record in records} - set(system.get([record.id for record in records])))
            require(
                not missing, f"get() lacks {len(missing)} of {len(records)} records stored by threads: {brief(missing)}"
            )
        if "count" in driver.capabilities():
            counted = system.count()
            require(counted == len(records), f"count() gave {counted} after threads stored {len(records)} records")


def _work(system: DrivenSystem, series: str) -> None:
    for record in make_records(_RECORDS, series):
        system.store([record])
        system.search(record.text, 3)


@contextmanager
def _frequent_switches() -> Iterator[None]:
    """Let the interpreter change threads so often that what is not safe comes to light."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(_SWITCH_SECONDS)
    try:
        yield
    finally:
        sys.setswitchinterval(usual)
