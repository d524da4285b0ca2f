"""What every adapter owes: store, search and close as the protocol has them."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from mempress.systems.protocol import Record
from mempress.testing.conformance.check import check
from mempress.testing.conformance.driver import brief
from mempress.testing.conformance.outcome import CannotTellError, require
from mempress.testing.conformance.processes import command_of, descendants, is_python_helper
from mempress.testing.conformance.records import make_records, token_of

if TYPE_CHECKING:
    from mempress.testing.conformance.driver import Driver

_ODD_QUERIES = (
    "?",
    '"unbalanced',
    "it's; DROP TABLE memories; --",
    "(open AND NOT * NEAR/3 col:on^ -minus",
    "100% _under_ [a-z] \\",
    "Où est 東京? 🗼 مرحبا",
    "two\nlines\tand a tab",
    "long " * 2_000,
)
_GRACE_SECONDS = 2.0


@check()
def finds_nothing_when_empty(driver: Driver) -> None:
    """A search of an empty workdir gives no hits."""
    with driver.open() as system:
        hits = system.search("Where does Ada keep the spare key?", 5)
        require(not hits, f"search() gave {len(hits)} hits before anything was stored")


@check()
def stores_batches_of_one(driver: Driver) -> None:
    """Takes records one by one."""
    with driver.open() as system:
        for record in make_records(20):
            system.store([record])


@check()
def stores_a_batch_of_a_thousand(driver: Driver) -> None:
    """Takes a batch of a thousand records."""
    with driver.open() as system:
        system.store(make_records(1_000))


@check()
def stores_an_empty_batch(driver: Driver) -> None:
    """Takes an empty batch, before and after others."""
    with driver.open() as system:
        system.store([])
        system.store(make_records(3))
        system.store([])


@check()
def stores_any_text(driver: Driver) -> None:
    """Takes quotes, line breaks, any script, 100 kB of text and empty metadata."""
    with driver.open() as system:
        for record in odd_records():
            system.store([record])
        system.search(odd_records()[0].text, 5)


@check()
def search_keeps_to_limit(driver: Driver) -> None:
    """A search gives at most limit hits, for limits from 0 to more than it holds."""
    records = make_records(40)
    with driver.open() as system:
        system.store(records)
        system.flush()
        for limit in (1, 5, 100):
            for query in (records[7].text, "a question that no record answers"):
                system.search(query, limit)
        hits = system.attempt("search(limit=0)", lambda raw: raw.search(records[7].text, limit=0))
        require(not hits, f"search(limit=0) gave {brief(hits)}: it gives nothing, or raises")


@check()
def hits_are_records_that_were_stored(driver: Driver) -> None:
    """Each hit bears the id of a stored record, or its text or telling word."""
    records = make_records(40)
    ids = {record.id for record in records}
    text_of = {record.text: record.id for record in records}
    with driver.open() as system:
        system.store(records)
        system.flush()
        for hit in system.search(records[11].text, 10):
            if hit.record_id is None:
                known = any(token_of(record) in hit.text.casefold() for record in records)
                require(known, f"search() gave {brief(hit.text)}, which no stored record says")
            else:
                require(hit.record_id in ids, f"search() gave the id {brief(hit.record_id)}, which was never stored")
                owner = text_of.get(hit.text, hit.record_id)
                require(owner == hit.record_id, f"search() gave the id {hit.record_id} with the text of {owner}")


@check()
def finds_what_it_holds(driver: Driver) -> None:
    """Asked with a record's own words, and a limit as large as the store, it finds that record."""
    records = make_records(20)
    with driver.open() as system:
        system.store(records)
        system.flush()
        missed = [record.id for record in records if not _found(system.search(record.text, len(records)), record)]
    if len(missed) == len(records) and not driver.capabilities() & {"count", "get"}:
        raise CannotTellError("it found nothing, and without count or get nobody can tell whether it holds anything")
    require(not missed, f"{len(missed)} of {len(records)} records are not found by their own words: {brief(missed)}")


@check()
def search_takes_any_text(driver: Driver) -> None:
    """A query may be any text: operators, quotes, line breaks, any script, 10,000 characters."""
    with driver.open() as system:
        system.store(make_records(10))
        system.flush()
        for query in _ODD_QUERIES:
            system.search(query, 3)


@check()
def survives_odd_calls(driver: Driver) -> None:
    """What it cannot do it refuses by an exception, and goes on working."""
    records = make_records(10)
    with driver.open() as system:
        system.store(records)
        system.attempt("store() of an id that is held", lambda raw: raw.store([Record(records[0].id, "A new text.")]))
        system.attempt("store() of an empty text", lambda raw: raw.store([Record("empty", "")]))
        system.attempt("search() for nothing", lambda raw: raw.search("", limit=5))
        system.store(make_records(10, "later"))
        system.flush()
        system.search(records[3].text, 5)


@check()
def writes_nothing_to_stdout(driver: Driver) -> None:
    """Leaves stdout to the program that uses it."""
    with driver.open() as system:
        system.store(make_records(10))
        system.flush()
        system.search("Where does Ada keep the spare key?", 5)
    written = driver.written_to_stdout_bytes()
    require(not written, f"it wrote {written:,} bytes to stdout: a log goes to stderr")


@check()
def close_leaves_no_process(driver: Driver) -> None:
    """After close() no process that it started is alive."""
    with driver.open() as system:
        system.store(make_records(10))
        system.search("Where does Ada keep the spare key?", 5)
    driver.announce("the wait for its processes to end")
    deadline = time.monotonic() + _GRACE_SECONDS
    while (left := _processes_left()) and time.monotonic() < deadline:
        time.sleep(0.05)
    shown = ", ".join(f"{pid} ({brief(command_of(pid))})" for pid in left)
    require(not left, f"{len(left)} left alive {_GRACE_SECONDS:.0f} s after close(): {shown}")


def odd_records() -> list[Record]:
    """Give records with texts that are hard to keep exactly."""
    texts = {
        "quotes": "She said \"it's `mine`\", then: '); DROP TABLE memories; --",
        "lines": "first line\nsecond line\r\nthird\tline\\n",
        "scripts": "Zoë met 山田さん in القاهرة on the 3rd 🧑\u200d🚀, e\u0301 is not é",
        "markup": "<b>{{ name }} %s %(x)d $HOME ${x}</b> &amp; \u202eright to left",
        "spaces": "  kept   as it is  ",
        "long": "A long memory of many words. " * 3_500,
    }
    return [Record(f"odd/{key} 'é'", text, metadata={}) for key, text in texts.items()]


def _found(hits: object, record: Record) -> bool:
    return any(hit.record_id == record.id or token_of(record) in hit.text.casefold() for hit in hits)  # type: ignore[attr-defined]


def _processes_left() -> list[int]:
    """Give what the adapter started; the supervisor above this process adopts what outlives its own parent."""
    return [pid for pid in descendants(os.getppid()) if pid != os.getpid() and not is_python_helper(pid)]
