"""What a system kept of what it acknowledged, as tables: held, found, dropped, readable, and deleted for good."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mempress.format import UNMEASURED, figure, measure, plain
from mempress.report.blocks import Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mempress.model import (
        Deletion,
        Forgetting,
        LookedForDeleted,
        OverLoad,
        Readability,
        Reconciliation,
        Share,
        Summary,
    )

_MOMENTS = {"after_delete": "Right after", "after_restart": "After a restart"}
_RECONCILED = {True: "yes", False: "no", None: UNMEASURED}


def keeping_tables(summary: Summary) -> Iterator[Table]:
    """Give the tables; none of what was not looked at."""
    if summary.reconciliation.acknowledged:
        yield records_table(summary.reconciliation, summary.readability)
    if summary.forgetting is not None and summary.forgetting.dropped:
        yield _forgetting(summary.forgetting)
    if summary.answers.over_load is not None:
        yield _over_load(summary.answers.over_load)
    if summary.deletion is not None:
        yield _deletion(summary.deletion)


def records_table(found: Reconciliation, readable: Readability | None) -> Table:
    """Give acknowledged, held and found records side by side, and how soon a stored one could be read."""
    rows = [
        ("Acknowledged", f"{found.acknowledged:,}", f"{found.refused:,} more were refused" if found.refused else ""),
        ("Should be held", _expected(found), _by_its_word(found)),
        ("Held", _held(found), plain(found.held_by or "not known")),
        ("Held as it should be", _RECONCILED[found.reconciled], ""),
        ("Found by their own texts", _share(found.retrievable), _of_which(found)),
    ]
    if found.altered_texts is not None:
        rows.append(("Texts that came back changed", f"{found.altered_texts:,}", "by get"))
    if readable is not None:
        rows.append(("Readable after a store (ms)", _readable(readable), _readable_how(readable)))
    return Table(("Records", "Value", "How it is known"), tuple(rows), frozenset({1}), title="Records kept")


def _expected(found: Reconciliation) -> str:
    if found.expected_low == found.expected_high:
        return f"{found.expected_high:,}"
    return f"{found.expected_low:,} to {found.expected_high:,}"


def _by_its_word(found: Reconciliation) -> str:
    return f"the system says that it removed {found.said_removed:,}" if found.said_removed else ""


def _held(found: Reconciliation) -> str:
    if found.held is None or found.held_low == found.held_high:
        return figure(found.held, "records")
    return f"about {found.held:,} ({found.held_low:,} to {found.held_high:,})"


def _share(share: Share | None) -> str:
    if share is None:
        return UNMEASURED
    return f"{figure(share.share, 'share')} ({figure(share.low, 'share')} to {figure(share.high, 'share')})"


def _of_which(found: Reconciliation) -> str:
    if found.retrievable is None:
        return ""
    return f"a sample of {found.retrievable.n:,} of those {plain(found.retrievable_of or '', 40)}"


def _readable(readable: Readability) -> str:
    return f"{figure(readable.median_ms, 'ms')}, at most {figure(readable.max_ms, 'ms')}"


def _readable_how(readable: Readability) -> str:
    first = f"{readable.at_first_look:,} of {readable.n:,} at the first look, by {readable.method}"
    return f"{first}; {readable.missed:,} not within {readable.within_s:g} s" if readable.missed else first


def _forgetting(found: Forgetting) -> Table:
    rows = (
        ("By importance", figure(found.by_importance, "share"), figure(found.by_importance_of_random, "share")),
        ("By the final probes", figure(found.by_use, "share"), figure(found.by_use_of_random, "share")),
    )
    note = f"Share of the {found.dropped:,} dropped records that are not in the best choice of as many as it holds."
    columns = ("Dropped with reason", "Its choice", "A random one")
    return Table(columns, rows, frozenset({1, 2}), title="Forgetting", note=note)


def _over_load(found: OverLoad) -> Table:
    rows = (
        ("Answered", found.answered),
        ("Held by the best choice, at most", found.oracle),
        ("Held by a random choice", found.random),
        ("Held by first in, first out", found.fifo),
    )
    note = (
        f"Of {found.n:,} probes after the batches that one record answers; the choices hold {found.capacity:,} "
        "records at a time."
    )
    shown = tuple((label, figure(value, "share")) for label, value in rows)
    return Table(("Share of probes", "Value"), shown, frozenset({1}), title="Answers over the load", note=note)


def _deletion(found: Deletion) -> Table:
    said = "nothing" if found.said is None else f"{found.said:,}"
    failed = f" It raised: {plain(found.error)}." if found.error is not None else ""
    note = f"{found.deleted:,} held records deleted in {measure(found.latency_ms, 'ms')}; it says {said}.{failed}"
    columns = ("Deleted records", "Given by get", "Found by search", "Searched for", "Came back")
    rows = tuple(_looked(look) for look in found.looks)
    return Table(columns, rows, frozenset({1, 2, 3, 4}), title="Deletion", note=note)


def _looked(look: LookedForDeleted) -> tuple[str, ...]:
    moment = _MOMENTS.get(look.moment, plain(look.moment, 30))
    return (moment, figure(look.got, "records"), f"{look.found:,}", f"{look.searched:,}", f"{look.came_back:,}")
