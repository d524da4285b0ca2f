"""A pool of records, cycled: fresh ids for ever, the same texts, and questions whose answers are the latest word."""

from __future__ import annotations

import json
from itertools import islice
from typing import TYPE_CHECKING

import pytest

from mempress.workload import open_source
from mempress.workload.cycle import Cycle
from mempress.workload.prepare import Workload, prepare

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

POOL = 1_050
BATCH = 100


@pytest.fixture
def pool() -> Iterator[Workload]:
    with prepare(open_source("facts", seed=7, batch_size=BATCH), max_records=POOL, batch_size=BATCH) as workload:
        yield workload


def test_ids_are_fresh_in_every_cycle_texts_come_again_and_ordinals_follow_on(pool: Workload) -> None:
    cycle, names, expected = Cycle(pool), [], 0
    for batch in islice(cycle.batches(), 33):
        rows = json.loads(batch.payload)
        assert (batch.first, batch.count) == (expected, len(rows))
        expected += batch.count
        names += [row[0] for row in rows]
        assert [row[1] for row in rows] == [cycle.text_of(batch.first + place) for place in range(batch.count)]
    assert expected == 3 * POOL
    assert len(set(names)) == len(names)
    assert [cycle.id_of(ordinal) for ordinal in range(expected)] == names
    assert [cycle.ordinal(name) for name in names] == list(range(expected))


@pytest.mark.parametrize("name", ["fact-00000003~0", "fact-00000003~", "fact-00000003~01", "fact-99999999~1", "", "~1"])
def test_an_id_that_was_never_given_has_no_ordinal(pool: Workload, name: str) -> None:
    assert Cycle(pool).ordinal(name) is None


def test_ids_that_look_like_those_of_a_later_cycle_are_kept_apart(tmp_path: Path) -> None:
    names = ["a", "a~1", "a~~2", "b~"]
    path = tmp_path / "notes.jsonl"
    path.write_text("".join(json.dumps({"id": name, "text": f"note {name}"}) + "\n" for name in names))
    with prepare(open_source(str(path), seed=1, batch_size=2), max_records=4, batch_size=2) as pool:
        cycle = Cycle(pool)
        given = [cycle.id_of(ordinal) for ordinal in range(40)]
        assert len(set(given)) == 40
        assert [cycle.ordinal(name) for name in given] == list(range(40))


@pytest.mark.parametrize("offered", [100, POOL, POOL + 105, 2 * POOL - 1, 7 * POOL + 500])
def test_answers_were_offered_in_the_cycle_under_way_and_tell_what_is_asked(pool: Workload, offered: int) -> None:
    cycle = Cycle(pool)
    questions = cycle.questions(offered, 30)
    assert len(questions) == 30
    answered = [question for question in questions if question.answers]
    assert answered or offered % POOL < 10 * 30
    for question in answered:
        for ordinal in question.answers:
            assert offered // POOL * POOL <= ordinal < offered
            assert question.token is not None
            assert question.token in cycle.text_of(ordinal)


def test_at_the_beginning_of_a_cycle_questions_have_no_answers_yet(pool: Workload) -> None:
    """What the last cycle said may have been said otherwise since; so nothing is claimed."""
    questions = Cycle(pool).questions(POOL + 5, 30)
    assert len(questions) == 30
    assert all(question.need == 0 for question in questions)
