"""The facts workload against an oracle that reads nothing but the records' texts, in order."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import unicodedata
from datetime import datetime
from itertools import islice, pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mempress.errors import UsageError
from mempress.systems.protocol import Record
from mempress.workload.facts import FactsSource
from mempress.workload.phrases import CHANGED, CHATTER, CLOSINGS, OPENINGS
from mempress.workload.topics import TOPICS

if TYPE_CHECKING:
    from mempress.workload.model import Probe

LOAD = 6_000
SOURCE = FactsSource(11)
RECORDS = list(islice(SOURCE.records(), LOAD))
PERSON = r"([A-Z]\w+ [A-Z]\w+)"
LOADS = (1, 2, 10, 137, 1_000, LOAD)

Truth = dict[tuple[str, str], tuple[str, list[Record]]]


def any_of(texts: tuple[str, ...]) -> str:
    return "(?:" + "|".join(map(re.escape, texts)) + ")"


def pattern_of(telling: str) -> re.Pattern[str]:
    said = re.escape(telling).replace("%s", PERSON, 1).replace("%s", "(.+?)")
    return re.compile(any_of(OPENINGS + CHANGED) + said + any_of(CLOSINGS))


TELLINGS = {topic.name: [pattern_of(telling) for telling in topic.tellings] for topic in TOPICS}
QUESTIONS = [
    (topic.name, re.compile(re.escape(question).replace("%s", PERSON)))
    for topic in TOPICS
    for question in topic.questions
]


def is_chatter(record: Record) -> bool:
    return bool(record.metadata["category"] == "chatter")


def read(record: Record) -> tuple[str, str, str]:
    """Give (person, topic, value) as a reader of the text would understand them."""
    topic = record.metadata["tags"][0]
    found = [match for pattern in TELLINGS[topic] if (match := pattern.fullmatch(record.text))]
    assert len(found) == 1, record
    return found[0][1], topic, found[0][2]


def truth_of(records: list[Record]) -> Truth:
    """For each (person, topic): its newest value, and all records that tell it."""
    truth: Truth = {}
    for record in records:
        if is_chatter(record):
            continue
        person, topic, value = read(record)
        before, told = truth.get((person, topic), ("", []))
        truth[person, topic] = (value, [*told, record] if before == value else [record])
    return truth


def asked(probe: Probe) -> tuple[str, str]:
    """Give the (person, topic) that a question is about."""
    found = [(match[1], topic) for topic, pattern in QUESTIONS if (match := pattern.fullmatch(probe.query))]
    assert len(found) == 1, probe
    return found[0]


@pytest.mark.parametrize("stored", LOADS)
def test_answers_are_all_records_with_the_newest_value_and_no_other(stored: int) -> None:
    truth = truth_of(RECORDS[:stored])
    probes = SOURCE.probes(stored, 500)
    assert probes or stored < 3
    for probe in probes:
        value, told = truth[asked(probe)]
        assert sorted(probe.answers) == [record.id for record in told]
        assert probe.token == value
        assert probe.any_suffices


def test_updates_and_retellings_are_among_what_is_asked() -> None:
    """A load has superseded values, whose records are no answers, and near-duplicates, which are answers together."""
    told = [read(record)[:2] for record in RECORDS if not is_chatter(record)]
    truth = truth_of(RECORDS)
    probes = SOURCE.probes(LOAD, 500)
    assert any(len(probe.answers) > 1 for probe in probes)
    assert any(told.count(asked(probe)) > len(truth[asked(probe)][1]) for probe in probes)


def test_a_value_that_was_given_up_never_comes_back() -> None:
    history: dict[tuple[str, str], list[str]] = {}
    for record in RECORDS:
        if not is_chatter(record):
            person, topic, value = read(record)
            values = history.setdefault((person, topic), [])
            if not values or values[-1] != value:
                assert value not in values
                values.append(value)
    assert max(map(len, history.values())) > 2


def test_near_duplicates_use_other_words() -> None:
    for _, told in truth_of(RECORDS).values():
        frames = [frame_of(record) for record in told]
        assert len(set(frames)) == len(frames)


def frame_of(record: Record) -> re.Pattern[str]:
    return next(pattern for pattern in TELLINGS[record.metadata["tags"][0]] if pattern.fullmatch(record.text))


def test_a_question_paraphrases_it_names_the_person_and_stands_in_no_record() -> None:
    texts = {record.id: record.text for record in RECORDS}
    for probe in SOURCE.probes(LOAD, 300):
        person, _ = asked(probe)
        assert probe.token is not None
        assert probe.token not in probe.query
        for answer in probe.answers:
            assert person in texts[answer]
            assert probe.query.rstrip("?") not in texts[answer]
            assert len(shared_run(probe.query, texts[answer])) <= len(person) + 20


def shared_run(first: str, second: str) -> str:
    """Give the longest text that both hold."""
    runs = (first[i:j] for i in range(len(first)) for j in range(i + 1, len(first) + 1))
    return max((run for run in runs if run in second), key=len, default="")


def test_a_token_stands_in_the_answers_and_in_no_other_record() -> None:
    """At this load; the lists of values are long, not endless, so at a million a stray second bearer may turn up."""
    for probe in SOURCE.probes(LOAD, 500):
        assert probe.token is not None
        bearers = {record.id for record in RECORDS if probe.token in record.text}
        assert bearers == set(probe.answers)


def test_records_are_well_formed() -> None:
    times = [datetime.fromisoformat(record.metadata["timestamp"]) for record in RECORDS]
    assert all(earlier < later for earlier, later in pairwise(times))
    for record in RECORDS:
        assert 60 <= len(record.text) <= 300
        assert set(record.metadata) == {"timestamp", "category", "tags", "source"}
        assert isinstance(record.metadata["tags"], list)
        assert record.importance == round(record.importance, 4)
        assert 0 <= record.importance <= 1
        assert unicodedata.is_normalized("NFC", record.text)


def test_each_kind_of_record_has_its_share() -> None:
    revisions: dict[tuple[str, str], str] = {}
    kinds = {"chatter": 0, "first": 0, "changed": 0, "again": 0}
    for record in RECORDS:
        if is_chatter(record):
            kinds["chatter"] += 1
            continue
        person, topic, value = read(record)
        before = revisions.get((person, topic))
        kinds["first" if before is None else "again" if before == value else "changed"] += 1
        revisions[person, topic] = value
    shares = {kind: count / LOAD for kind, count in kinds.items()}
    assert 0.12 < shares["chatter"] < 0.18
    assert 0.09 < shares["changed"] < 0.15
    assert 0.06 < shares["again"] < 0.12
    assert shares["first"] > 0.55


def test_chatter_is_the_less_important_and_answers_nothing() -> None:
    chatter = [record for record in RECORDS if is_chatter(record)]
    facts = [record for record in RECORDS if not is_chatter(record)]
    mean = [sum(record.importance for record in some) / len(some) for some in (chatter, facts)]
    assert mean[0] < 0.7 * mean[1]
    assert max(record.importance for record in chatter) < 0.5
    answers = {answer for probe in SOURCE.probes(LOAD, 2_000) for answer in probe.answers}
    assert not answers & {record.id for record in chatter}
    frames = [re.compile(any_of(OPENINGS) + re.escape(said).replace("%s", PERSON)) for said in CHATTER]
    assert all(any(frame.match(record.text) for frame in frames) for record in chatter)


def test_ids_are_unique_and_tell_their_place() -> None:
    ids = [record.id for record in islice(FactsSource(3).records(), 200_000)]
    assert len(set(ids)) == len(ids)
    assert all(
        SOURCE.ordinal(record_id) == place for place, record_id in enumerate(ids[::997]) for place in [place * 997]
    )


@given(st.text() | st.from_regex(r"fact-\w{8,10}"))
def test_an_id_has_a_place_only_if_some_record_bears_it(text: str) -> None:
    place = SOURCE.ordinal(text)
    assert place is None or SOURCE.id_of(place) == text


def test_texts_stay_distinguishable_over_many_records() -> None:
    texts = {hashlib.sha1(record.text.encode()).digest() for record in islice(FactsSource(5).records(), 100_000)}  # noqa: S324  equality alone
    assert len(texts) > 99_900


def test_people_outlast_the_list_of_names() -> None:
    """Person numbers beyond all first and last names get middle initials: still one name each."""
    names = [SOURCE._spell_name(person) for person in (*range(60_000), 49_140 * 24, 49_140 * 25, 49_140 * 700)]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("other", [FactsSource(12), FactsSource(-11), FactsSource(11, importance="zipf")])
def test_another_seed_or_law_gives_another_workload(other: FactsSource) -> None:
    assert list(islice(other.records(), 50)) != RECORDS[:50]


def test_reading_again_and_asking_before_reading_on_change_nothing() -> None:
    source = FactsSource(11)
    first = list(islice(source.records(), 100))
    early = source.probes(100, 20)
    assert list(islice(source.records(), LOAD)) == RECORDS
    assert first == RECORDS[:100]
    assert source.probes(100, 20) == early == SOURCE.probes(100, 20)


def test_a_longer_draw_begins_with_the_shorter_one_and_asks_no_fact_twice() -> None:
    probes = SOURCE.probes(LOAD, 400)
    assert probes[:25] == SOURCE.probes(LOAD, 25)
    assert len({asked(probe) for probe in probes}) == len(probes) == 400


def test_a_load_without_a_fact_has_no_probe() -> None:
    assert SOURCE.probes(0, 10) == []
    assert SOURCE.probes(10, 0) == []
    assert len(SOURCE.probes(1, 10)) <= 1


@pytest.mark.parametrize("hash_seed", ["0", "4242"])
def test_another_process_with_another_hash_seed_gives_the_same_bytes(hash_seed: str) -> None:
    script = (
        "import hashlib; from itertools import islice; from mempress.workload.facts import FactsSource as F\n"
        "s = F(11); all = [*islice(s.records(), 500), *s.probes(500, 50)]\n"
        "print(hashlib.sha256(repr(all).encode()).hexdigest())"
    )
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    command = [sys.executable, "-c", script]
    printed = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    expected = hashlib.sha256(repr([*RECORDS[:500], *SOURCE.probes(500, 50)]).encode()).hexdigest()
    assert printed.stdout.strip() == expected


@pytest.mark.parametrize("wrong", [{"importance": "gauss"}, {"batch_size": 0}])
def test_parameters_that_cannot_be_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(UsageError, match=r"use (one of cycle, normal|1 or more)"):
        FactsSource(1, **wrong)  # type: ignore[arg-type]  # wrong on purpose


def test_topics_are_written_soundly() -> None:
    """Tellings take a person, then a value; questions a person; no value of one topic can stand in another's."""
    for topic in TOPICS:
        assert len(topic.tellings) == 4
        assert all(telling.count("%s") == 2 for telling in topic.tellings)
        assert all(question.count("%s") == 1 and question.endswith("?") for question in topic.questions)
        assert topic.values.size > 30_000
    samples = {topic.name: topic.values.text(topic.values.size // 3) for topic in TOPICS}
    assert not [(a, b) for a in samples.values() for b in samples.values() if a != b and a in b]
