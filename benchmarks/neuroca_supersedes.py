"""Which rule tells that a record was replaced by a later one, and how often it is wrong.

python benchmarks/neuroca_supersedes.py [--records 10000] [--locomo locomo10.json]

Rules: the cosine alone, from ``related_cosine`` on; the cosine where the names agree (policies/consolidation.py); the
keys in the metadata (policies/supersession.py), through the engine itself. The first two are asked about every pair of
records, which is more than the engine has time for.

Notes are those of the workload ``facts``, whose plan knows the truth: a mark is right where the later record states the
same fact, or is the same text. ``facts + keys`` has in its metadata what each note states, as an agent that keeps
facts by subject and attribute would write it; the notes themselves have no such keys. In LoCoMo nobody has marked what
replaces what: a mark is right there where the texts are the same, and recall is unknown.
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from neuroca_material import load, table

from mempress.embedding import hash_embed
from mempress.neuroca import Neuroca, Record, Settings
from mempress.neuroca.policies.consolidation import Agreement, agreement, redundancy
from mempress.workload.facts import FactsSource
from mempress.workload.locomo import LocomoSource

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

_BLOCK = 1_000
_RULES = ("cosine alone", "cosine and names", "keys")


@dataclass(frozen=True)
class Corpus:
    """Records in order; ``states[i]`` is the fact that record i states and its revision, None: none is known."""

    name: str
    records: list[Record]
    vectors: NDArray[np.float32]
    states: list[tuple[int, int] | None]

    def right(self, older: int, newer: int) -> bool:
        """Say whether the later record replaces the earlier one."""
        one, other = self.states[older], self.states[newer]
        return self.records[older].text == self.records[newer].text or (
            one is not None and other is not None and one[0] == other[0]
        )

    def replaced(self) -> set[int]:
        """Give the records whose fact was changed later."""
        last = {state[0]: state[1] for state in self.states if state is not None}
        return {at for at, state in enumerate(self.states) if state is not None and state[1] < last[state[0]]}


def facts(records: int, *, keys: bool) -> Corpus:
    """Notes of the workload, with or without what they state in the metadata."""
    source = FactsSource(1)
    notes = list(islice(source.records(), records))
    plan = source._history
    states = [None if fact < 0 else (fact, plan.revision[at]) for at, fact in enumerate(plan.fact[:records])]
    found = []
    for note, state in zip(notes, states, strict=True):
        stated = {"subject": f"person {state[0]}", "attribute": note.metadata["tags"][0]} if state and keys else {}
        found.append(Record(note.id, note.text, note.importance, {**note.metadata, **stated}))
    return _corpus("facts + keys" if keys else "facts", found, states)


def locomo(path: Path) -> Corpus:
    """The turns of the conversations; what replaces what is not known."""
    turns = list(LocomoSource(path).records())
    found = [Record(turn.id, turn.text, turn.importance, turn.metadata) for turn in turns]
    return _corpus("LoCoMo", found, [None] * len(found))


def _corpus(name: str, records: list[Record], states: list[tuple[int, int] | None]) -> Corpus:
    vectors = np.array([np.frombuffer(one, np.float32) for one in hash_embed([record.text for record in records])])
    return Corpus(name, records, vectors, states)


def marks(rule: str, corpus: Corpus) -> Iterator[tuple[int, int]]:
    """Give the pairs (older, newer) that the rule marks."""
    if rule == "keys":
        yield from _by_engine(corpus)
        return
    settings = Settings()
    for older, newer, cosine in _near(corpus, settings.related_cosine):
        texts = corpus.records[older].text, corpus.records[newer].text
        names = Agreement.FULL if rule == "cosine alone" else agreement(*texts)
        if redundancy(cosine, names, related=settings.related_cosine, duplicate=settings.duplicate_cosine) > 0:
            yield older, newer


def _near(corpus: Corpus, least: float) -> Iterator[tuple[int, int, float]]:
    for start in range(0, len(corpus.records), _BLOCK):
        cosines = corpus.vectors[start : start + _BLOCK] @ corpus.vectors.T
        for at, newer in np.argwhere(cosines > least).tolist():
            if start + at < newer:
                yield start + at, newer, float(cosines[at, newer])


def _by_engine(corpus: Corpus) -> Iterator[tuple[int, int]]:
    """Store all without vectors, so that no other rule marks anything; the newer is the last of the same keys."""
    stated = [(record.metadata.get("subject"), record.metadata.get("attribute")) for record in corpus.records]
    last = {keys: at for at, keys in enumerate(stated)}
    with tempfile.TemporaryDirectory() as place, Neuroca(place, Settings(words="off")) as memory:
        for start in range(0, len(corpus.records), _BLOCK):
            memory.store(corpus.records[start : start + _BLOCK])
        memory.maintain()
        core = memory._core
        marked = {row.id for row, entry, _ in core.store.scan() if entry.redundancy == 1.0}
    for at, record in enumerate(corpus.records):
        if record.id in marked:
            yield at, last[stated[at]]


def main() -> None:
    """Read the options and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=10_000)
    parser.add_argument("--locomo", type=Path)
    options = parser.parse_args()
    corpora = [facts(options.records, keys=False), facts(options.records, keys=True)]
    if options.locomo is not None:
        corpora.append(locomo(options.locomo))
    rows: list[list[object]] = []
    for corpus in corpora:
        replaced = corpus.replaced()
        for rule in _RULES:
            found = set(marks(rule, corpus))
            right = sum(corpus.right(*pair) for pair in found)
            hit = len(replaced & {older for older, _ in found})
            rows.append(
                [
                    corpus.name,
                    rule,
                    len(found),
                    f"{right / len(found):.3f}" if found else "n/a",
                    f"{hit / len(replaced):.3f}" if replaced else "n/a",
                ]
            )
    print(f"{options.records:,} notes, {load()}")
    table(("records", "rule", "marks", "precision", "recall of what was replaced"), rows)


if __name__ == "__main__":
    main()
