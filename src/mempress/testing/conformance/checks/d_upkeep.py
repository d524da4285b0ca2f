"""What an adapter owes that flushes, maintains itself, testifies, tells its health or runs servers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mempress.testing.conformance.check import check
from mempress.testing.conformance.driver import brief
from mempress.testing.conformance.outcome import CannotTellError, require
from mempress.testing.conformance.processes import is_alive
from mempress.testing.conformance.records import make_records

if TYPE_CHECKING:
    from mempress.testing.conformance.driver import Driver


@check("flush")
def works_after_flush(driver: Driver) -> None:
    """flush() returns, on an empty store and between stores, and takes nothing away."""
    with driver.open() as system:
        system.flush()
        for batch in range(3):
            system.store(make_records(20, f"batch-{batch}"))
            system.flush()
            if "count" in driver.capabilities():
                counted, stored = system.count(), 20 * (batch + 1)
                require(counted == stored, f"count() gave {counted} after flush() of {stored} records")
        system.flush()


@check("maintenance")
def works_after_maintenance(driver: Driver) -> None:
    """perform_maintenance() returns, on an empty store too, and leaves a system that works."""
    _maintain(driver, emergency=False)


@check("maintenance")
def works_after_emergency_maintenance(driver: Driver) -> None:
    """perform_maintenance(emergency=True) returns, on an empty store too, and leaves a system that works."""
    _maintain(driver, emergency=True)


@check("health")
def health_is_a_share(driver: Driver) -> None:
    """health() gives overall_health in [0, 1], empty and loaded."""
    with driver.open() as system:
        for number in (0, 1, 500):
            system.store(make_records(number, f"batch-{number}"))
            health = system.health()
            require("overall_health" in health, f"health() gave {brief(dict(health))}: overall_health is missing")
            overall = health["overall_health"]
            require(0 <= overall <= 1, f"health() gave an overall_health of {overall} after {number} records")


@check("events")
def events_are_drained_once(driver: Driver) -> None:
    """drain_events() gives each event once."""
    records = make_records(3_000)
    with driver.open(capacity_records=200) as system:
        seen = len(system.drain_events())
        for start in range(0, len(records), 500):
            system.store(records[start : start + 500])
        system.flush()
        seen += len(system.drain_events())
        again = system.drain_events()
        require(not again, f"drain_events() gave {brief(list(again))} again, with nothing done in between")
    if not seen:
        raise CannotTellError("no event arose from 3,000 records under capacity_records=200")


@check("processes")
def process_ids_are_alive(driver: Driver) -> None:
    """process_ids() names living processes, before and after a store."""
    with driver.open() as system:
        for number in (0, 20):
            system.store(make_records(number))
            dead = [pid for pid in system.process_ids() if not is_alive(pid)]
            require(not dead, f"process_ids() names {dead}, which are not alive")


@check()
def declares_embedding_if_it_embeds(driver: Driver) -> None:
    """Calls config.embed in store or search if it declares embedding, and only then."""
    records = make_records(10)
    with driver.open() as system:
        before = driver.embed_calls
        system.store(records)
        system.flush()
        system.search(records[3].text, 5)
        calls = driver.embed_calls - before
    if "embedding" in driver.capabilities():
        require(calls, "it declares 'embedding' and never calls config.embed: remove it from capabilities")
    else:
        require(
            not calls, "it calls config.embed: declare 'embedding', so that the vectors are ready before the clock runs"
        )


def _maintain(driver: Driver, *, emergency: bool) -> None:
    records = make_records(300)
    with driver.open() as system:
        system.perform_maintenance(emergency=emergency)
        system.store(records[:200])
        system.flush()
        system.perform_maintenance(emergency=emergency)
        before = system.count() if "count" in driver.capabilities() else None
        system.store(records[200:])
        system.flush()
        system.search(records[250].text, 5)
        if before is not None:
            added = system.count() - before
            require(added == 100, f"count() rose by {added} after maintenance and 100 more records")
