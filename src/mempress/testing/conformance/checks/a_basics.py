"""What comes first: where one of these fails, no other check can say anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mempress.errors import AdapterError
from mempress.systems.protocol import check_adapter
from mempress.testing.conformance.check import check
from mempress.testing.conformance.outcome import ViolationError
from mempress.testing.conformance.records import make_records

if TYPE_CHECKING:
    from mempress.testing.conformance.driver import Driver


@check(basic=True)
def capabilities_match_methods(driver: Driver) -> None:
    """Declares each capability whose method it has, and no other."""
    try:
        check_adapter(driver.adapter())
    except AdapterError as error:
        raise ViolationError(str(error)) from error


@check(basic=True)
def opens_and_closes(driver: Driver) -> None:
    """Opens an empty workdir, and close() returns."""
    with driver.open():
        pass


@check(basic=True)
def stores_and_searches(driver: Driver) -> None:
    """Acknowledges one record, and a search for it returns."""
    [record] = make_records(1)
    with driver.open() as system:
        system.store([record])
        system.flush()
        system.search(record.text, 1)
