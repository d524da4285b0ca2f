"""What an adapter owes that counts, gets, deletes, persists or keeps within a capacity."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mempress.testing.conformance.check import check
from mempress.testing.conformance.checks.b_calls import odd_records
from mempress.testing.conformance.driver import brief
from mempress.testing.conformance.outcome import CannotTellError, require
from mempress.testing.conformance.records import make_records, token_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mempress.systems.protocol import Hit, Record
    from mempress.testing.conformance.driver import DrivenSystem, Driver

_CAPACITY_RECORDS = 100
_CAPACITY_BYTES = 100_000


@check("count")
def count_is_what_was_acknowledged(driver: Driver) -> None:
    """Without a capacity, count() is the number of records acknowledged, from 0 on."""
    records = make_records(1_000)
    with driver.open() as system:
        for start, end in ((0, 0), (0, 1), (1, 100), (100, 1_000)):
            system.store(records[start:end])
            system.flush()
            counted = system.count()
            require(counted == end, f"count() gave {counted} after {end} records were acknowledged")


@check("get")
def get_gives_all_that_was_acknowledged(driver: Driver) -> None:
    """Without a capacity, get() gives every record acknowledged, in batches of 1 and of 1,000."""
    singles, batch = make_records(20, "single"), make_records(1_000)
    with driver.open() as system:
        for record in singles:
            system.store([record])
        system.store(batch)
        system.flush()
        missing = _missing(system, singles + batch)
        require(not missing, f"get() lacks {len(missing)} of 1020 records acknowledged: {brief(missing)}")


@check("get")
def get_omits_unknown_ids(driver: Driver) -> None:
    """get() leaves out the ids that it does not hold, and takes an empty list."""
    records = make_records(5)
    with driver.open() as system:
        require(not system.get(["never-stored"]), "get() gave a text before anything was stored")
        system.store(records)
        system.flush()
        texts = system.get([records[0].id, "never-stored", records[4].id])
        require(
            set(texts) == {records[0].id, records[4].id}, f"get() of two held ids and an unknown gave {brief(texts)}"
        )
        require(not system.get([]), "get([]) gave texts")


@check("get")
def get_gives_exact_texts(driver: Driver) -> None:
    """A system that keeps texts as they are keeps every text as it is."""
    plain, odd = make_records(5), odd_records()
    with driver.open() as system:
        system.store(plain)
        system.store(odd)
        system.flush()
        texts = system.get([record.id for record in plain + odd])
    if all(texts.get(record.id) != record.text for record in plain):
        raise CannotTellError("it rewrites texts, so no text has an exact form to compare with")
    for record in plain + odd:
        kept = texts.get(record.id)
        require(kept == record.text, f"get() gave {brief(kept)} for the text {brief(record.text)}")


@check("count", "get")
def count_agrees_with_get(driver: Driver) -> None:
    """count() is the number of records that get() gives, under a capacity too."""
    records = make_records(400)
    with driver.open(capacity_records=_CAPACITY_RECORDS) as system:
        for start in range(0, 400, 50):
            system.store(records[start : start + 50])
        system.flush()
        counted, held = system.count(), len(records) - len(_missing(system, records))
        require(counted == held, f"count() gave {counted}, and get() gives {held} records")


@check("delete")
def delete_says_how_many(driver: Driver) -> None:
    """delete() gives how many it deleted, and 0 for ids that it does not hold."""
    records = make_records(20)
    with driver.open() as system:
        system.store(records)
        system.flush()
        for ids, expected in ((["never-stored"], 0), ([], 0), ([r.id for r in records[:6]], 6), ([records[0].id], 0)):
            deleted = system.delete(ids)
            require(deleted == expected, f"delete({brief(ids)}) gave {deleted}, and {expected} of them were held")


@check("delete")
def deleted_records_are_gone(driver: Driver) -> None:
    """What is deleted is neither counted nor given nor found, and the rest stays."""
    records = make_records(20)
    gone, kept = records[::4], [record for number, record in enumerate(records) if number % 4]
    with driver.open() as system:
        system.store(records)
        system.flush()
        system.delete([record.id for record in gone])
        system.flush()
        for record in gone:
            _require_not_found(system.search(record.text, len(records)), record)
        if "count" in driver.capabilities():
            counted = system.count()
            require(counted == len(kept), f"count() gave {counted} after 5 of 20 records were deleted")
        if "get" in driver.capabilities():
            texts = system.get([record.id for record in records])
            require(not set(texts) & {r.id for r in gone}, "get() gives records that were deleted")
            require(
                len(texts) == len(kept), f"get() gives {len(texts)} of the {len(kept)} records that were not deleted"
            )


def _store_a(driver: Driver) -> None:
    with driver.open("a") as system:
        system.store(make_records(30))
        system.flush()


@check(prepare=_store_a)
def workdirs_share_nothing(driver: Driver) -> None:
    """A workdir knows nothing of another, in this process and after a restart."""
    records = make_records(30)
    with driver.open("b") as system:
        _require_empty(driver, system, records)
        system.store(make_records(5, "other"))
        system.flush()
    with driver.open("c") as system:
        _require_empty(driver, system, [*records, *make_records(5, "other")])


def _store_and_delete(driver: Driver) -> None:
    records = make_records(60)
    with driver.open() as system:
        system.store(records)
        system.flush()
        if "delete" in driver.capabilities():
            system.delete([record.id for record in records[50:]])


@check("persistence", prepare=_store_and_delete)
def reopened_workdir_holds_the_same(driver: Driver) -> None:
    """After close(), a new process that opens the workdir finds the same records."""
    records = make_records(60)
    kept = records[:50] if "delete" in driver.capabilities() else records
    with driver.open() as system:
        if "count" in driver.capabilities():
            counted = system.count()
            require(counted == len(kept), f"count() gave {counted} after reopening, and {len(kept)} before")
        if "get" in driver.capabilities():
            missing = _missing(system, kept)
            require(not missing, f"get() lacks {len(missing)} of {len(kept)} records after reopening: {brief(missing)}")
        lost = [r.id for r in kept if not any(_is_hit_of(hit, r) for hit in system.search(r.text, len(records)))]
        require(not lost, f"{len(lost)} of {len(kept)} records are not found after reopening: {brief(lost)}")
        for record in records[len(kept) :]:
            _require_not_found(system.search(record.text, len(records)), record)
        system.store(make_records(10, "later"))


@check("bounded")
def keeps_within_capacity(driver: Driver) -> None:
    """With capacity_records, or else capacity_bytes, it holds no more, and not nothing."""
    held = _held_under(driver, "records", capacity_records=_CAPACITY_RECORDS)
    if held is None:
        raise CannotTellError("without count or get nobody can tell how many records it holds")
    require(held, f"it holds nothing under capacity_records={_CAPACITY_RECORDS}")
    if held <= _CAPACITY_RECORDS:
        return
    fewer = _held_under(driver, "bytes", capacity_bytes=_CAPACITY_BYTES)
    require(fewer, f"it holds nothing under capacity_bytes={_CAPACITY_BYTES}")
    honours_bytes = (fewer or 0) * len(make_records(1)[0].text) <= _CAPACITY_BYTES
    reason = f"it holds {held} records under capacity_records={_CAPACITY_RECORDS}"
    require(honours_bytes, f"{reason}, and {fewer} of 4000 under capacity_bytes={_CAPACITY_BYTES}")


def _held_under(driver: Driver, workdir: str, **capacity: int) -> int | None:
    records = make_records(4_000 if "capacity_bytes" in capacity else 5 * _CAPACITY_RECORDS)
    with driver.open(workdir, **capacity) as system:
        for start in range(0, len(records), 50):
            system.store(records[start : start + 50])
        system.flush()
        if "count" in driver.capabilities():
            return system.count()
        return len(records) - len(_missing(system, records)) if "get" in driver.capabilities() else None


def _missing(system: DrivenSystem, records: Sequence[Record]) -> list[str]:
    texts = system.get([record.id for record in records])
    return [record.id for record in records if record.id not in texts]


def _require_empty(driver: Driver, system: DrivenSystem, strangers: Sequence[Record]) -> None:
    if "count" in driver.capabilities():
        counted = system.count()
        require(not counted, f"a new workdir holds {counted} records that were stored in another")
    if "get" in driver.capabilities():
        texts = system.get([record.id for record in strangers])
        require(not texts, f"a new workdir gives {len(texts)} records that were stored in another")
    hits = system.search(strangers[3].text, 5)
    require(not hits, f"a new workdir finds {len(hits)} records that were stored in another")


def _require_not_found(hits: Sequence[Hit], record: Record) -> None:
    require(not any(_is_hit_of(hit, record) for hit in hits), f"search() still finds {record.id}, which was deleted")


def _is_hit_of(hit: Hit, record: Record) -> bool:
    return hit.record_id == record.id or token_of(record) in hit.text.casefold()
