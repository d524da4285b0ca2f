"""How fast and how well the engine searches by words alone, beside SQLite's own ranking of all matches (FTS5, bm25).

python benchmarks/neuroca_words.py [--records 20000] [--questions 400]

Notes and questions are those of the workload ``facts``; no embedder. Both are asked the same questions, in turn.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
from neuroca_material import load, table

from mempress.neuroca import Neuroca, Record, Settings
from mempress.neuroca.terms import words_in
from mempress.neuroca.words import MAX_TERMS
from mempress.workload.facts import FactsSource

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mempress.workload.model import Probe

_FTS5 = "SELECT r.id, r.text, r.metadata FROM words w CROSS JOIN records r ON r.slot = w.rowid"
_WHERE = "WHERE words MATCH ? ORDER BY rank LIMIT 10"


def main() -> None:
    """Read the options and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=20_000)
    parser.add_argument("--questions", type=int, default=400)
    options = parser.parse_args()
    source = FactsSource(1)
    with tempfile.TemporaryDirectory() as place, Neuroca(place, Settings(capacity_records=options.records)) as memory:
        notes = source.records()
        while batch := list(islice(notes, min(1_000, options.records - memory.count()))):
            memory.store([Record(note.id, note.text, note.importance, note.metadata) for note in batch])
        memory.flush()
        probes = source.probes(options.records, options.questions)
        rows = _compare(memory, probes)
    print(f"{options.records:,} records, {len(probes)} questions, {load()}")
    table(("by words alone", "cpu p50, ms", "cpu p99, ms", "recall@10"), rows)


def _compare(memory: Neuroca, probes: Sequence[Probe]) -> list[tuple[object, ...]]:
    """Give a row for the engine and one for FTS5; processor time of the calling thread."""

    def engine(question: str) -> list[str]:
        return [hit.id for hit in memory.search(question, reinforce=False)]

    def fts5(question: str) -> list[str]:
        match = " OR ".join(f'"{term}"' for term in words_in(question)[:MAX_TERMS])
        return [row[0] for row in memory._core.store.execute(f"{_FTS5} {_WHERE}", (match,))]

    asked: dict[str, Callable[[str], list[str]]] = {"the engine": engine, "FTS5, all matches ranked": fts5}
    spent: dict[str, list[float]] = {name: [] for name in asked}
    found = dict.fromkeys(asked, 0)
    for probe in probes:
        for name, ask in asked.items():
            start = time.thread_time_ns()
            ids = ask(probe.query)
            spent[name].append((time.thread_time_ns() - start) / 1e6)
            found[name] += bool(set(ids) & set(probe.answers))
    return [
        (name, *(float(np.percentile(spent[name], share)) for share in (50, 99)), found[name] / len(probes))
        for name in asked
    ]


if __name__ == "__main__":
    main()
