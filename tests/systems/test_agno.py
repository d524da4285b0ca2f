"""The Agno adapter, against the real package."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.systems.driven import DrivenError

from mempress import Record
from mempress.errors import UsageError
from mempress.systems.agno.options import parse_options
from mempress.systems.agno.terms import search_terms

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.systems.conftest import Drive
    from tests.systems.driven import Driven

    Open = Callable[..., Driven]

NOTES = (
    Record("marta", "Marta Kowalski moved to Lyon in spring"),
    Record("other", "Kowalski and Sons repair bicycles"),
    Record("cafe", "Zoë orders café au lait"),
    Record("full", "a discount of 100% was given"),
    Record("euro", "a discount of 100 euros"),
    Record("quote", 'she said "hello" to O\'Brien'),
    Record("under", "see file_name there"),
    Record("wild", "see fileXname there"),
)


@pytest.fixture
def open_agno(drive: Drive, tmp_path: Path) -> Open:
    """Open Agno on the test's own directory."""

    def opened(**options: Any) -> Driven:
        return drive("agno", tmp_path, **options)

    return opened


def facts(count: int, start: int = 0) -> list[Record]:
    return [Record(f"r{number}", f"fact number {number}") for number in range(start, start + count)]


def ids(memory: Driven, query: str, limit: int = 10) -> list[str | None]:
    return [hit.record_id for hit in memory.search(query, limit=limit)]


@pytest.fixture(params=["sqlite", "memory", "json"])
def any_database(request: pytest.FixtureRequest, open_agno: Open) -> Iterator[Driven]:
    memory = open_agno(db=request.param)
    yield memory
    memory.close()


@pytest.fixture(params=["single", "bulk"])
def any_write(request: pytest.FixtureRequest, open_agno: Open) -> Iterator[Driven]:
    memory = open_agno(write=request.param)
    yield memory
    memory.close()


@pytest.fixture(scope="module")
def shared(drive: Drive, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Driven]:
    memory = drive("agno", tmp_path_factory.mktemp("shared"))
    yield memory
    memory.close()


@pytest.fixture(scope="module")
def searched(drive: Drive, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Driven]:
    memory = drive("agno", tmp_path_factory.mktemp("content"), retrieval="content")
    memory.store(NOTES)
    yield memory
    memory.close()


class TestProtocol:
    def test_it_claims_no_more_than_agno_offers(self, open_agno: Open) -> None:
        memory = open_agno()
        assert memory.capabilities == {"count", "get", "delete", "persistence"}
        assert memory.version == "3.1.10"
        memory.close()

    def test_a_database_in_memory_does_not_claim_persistence(self, open_agno: Open, tmp_path: Path) -> None:
        memory = open_agno(db="memory")
        assert memory.capabilities == {"count", "get", "delete"}
        memory.close()
        assert not list(tmp_path.iterdir())


class TestStore:
    def test_an_empty_store_answers_with_nothing(self, any_database: Driven) -> None:
        assert any_database.count() == 0
        assert any_database.search("anything", limit=5) == []
        assert any_database.get(["r1"]) == {}
        assert any_database.delete(["r1"]) == 0
        any_database.store([])
        assert any_database.count() == 0

    def test_what_is_stored_is_counted_got_and_found_with_its_ids(self, any_database: Driven) -> None:
        any_database.store(facts(12))
        assert any_database.count() == 12
        assert any_database.get(["r3", "r11", "none"]) == {"r3": "fact number 3", "r11": "fact number 11"}
        hits = any_database.search("fact", limit=2)
        assert [(hit.record_id, hit.text) for hit in hits] == [("r11", "fact number 11"), ("r10", "fact number 10")]

    def test_a_record_of_a_held_id_replaces_the_text(self, any_database: Driven) -> None:
        any_database.store([Record("a", "old"), Record("b", "other")])
        any_database.store([Record("a", "new")])
        assert any_database.count() == 2
        assert any_database.get(["a", "b"]) == {"a": "new", "b": "other"}

    def test_2000_records_are_counted_and_got_exactly(self, any_write: Driven) -> None:
        for start in (0, 1_000):
            any_write.store(facts(1_000, start))
        assert any_write.count() == 2_000
        assert any_write.get([f"r{number}" for number in range(2_100)]) == {r.id: r.text for r in facts(2_000)}

    def test_more_than_one_page_is_got_whole(self, open_agno: Open) -> None:
        memory = open_agno(write="bulk")
        memory.store(facts(4_500))
        assert memory.get([r.id for r in facts(4_600)]) == {r.id: r.text for r in facts(4_500)}
        memory.close()

    def test_tags_become_topics_as_agno_itself_reads_them(self, open_agno: Open, tmp_path: Path) -> None:
        memory = open_agno()
        memory.store([Record("a", "x", metadata={"tags": ("food", "naïve")}), Record("b", "y")])
        memory.close()
        with contextlib.closing(sqlite3.connect(tmp_path / "agno.db")) as database:
            rows = dict(database.execute("SELECT memory_id, topics FROM agno_memories"))
        assert rows == {"a": '["food", "na\\u00efve"]', "b": "null"}

    @settings(deadline=None)  # each example is a round trip to another process
    @given(texts=st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), min_size=1, max_size=5))
    def test_any_text_comes_back_as_it_went(self, texts: list[str], shared: Driven) -> None:
        records = [Record(f"any{number}", text) for number, text in enumerate(texts)]
        shared.store(records)
        assert shared.get([record.id for record in records]) == {record.id: record.text for record in records}


class TestDelete:
    def test_only_what_was_held_is_counted_and_gone(self, any_database: Driven) -> None:
        any_database.store(facts(5))
        assert any_database.delete(["r1", "r4", "none", "r1"]) == 2
        assert any_database.delete(["r1"]) == 0
        assert any_database.count() == 3
        assert ids(any_database, "") == ["r3", "r2", "r0"]

    def test_many_ids_at_once_are_deleted(self, any_write: Driven) -> None:
        any_write.store(facts(300))
        assert any_write.delete([f"r{number}" for number in range(250)]) == 250
        assert any_write.count() == 50


class TestSearch:
    def test_last_n_is_the_newest_first_also_within_one_second(self, any_write: Driven) -> None:
        any_write.store(facts(50))
        any_write.store(facts(50, 50))
        assert ids(any_write, "fact number 3", limit=3) == ["r99", "r98", "r97"]

    def test_first_n_is_the_oldest_first(self, open_agno: Open) -> None:
        memory = open_agno(retrieval="first_n")
        memory.store(facts(20))
        assert ids(memory, "fact number 19", limit=3) == ["r0", "r1", "r2"]
        memory.close()

    @pytest.mark.parametrize("retrieval", ["last_n", "first_n", "content"])
    def test_no_more_than_the_limit_comes_back(self, open_agno: Open, retrieval: str) -> None:
        memory = open_agno(retrieval=retrieval)
        memory.store(facts(20))
        assert [len(memory.search("which fact", limit=limit)) for limit in (0, 1, 7, 20, 50)] == [0, 1, 7, 20, 20]
        memory.close()

    def test_another_user_of_the_same_file_sees_nothing(self, open_agno: Open) -> None:
        first, second = open_agno(user_id="one"), open_agno(user_id="two")
        first.store(facts(3))
        assert (second.count(), second.search("fact", limit=5), second.get(["r1"])) == (0, [], {})
        assert second.delete(["r1"]) == 0
        assert first.count() == 3
        first.close()
        second.close()


class TestContent:
    @pytest.mark.parametrize(
        ("question", "found"),
        [
            ("Where does Marta Kowalski live?", ["marta", "other"]),
            ("who repairs BICYCLES?", ["other"]),
            ("What did O'Brien hear?", ["quote"]),
            ('Who said "hello"?', ["quote"]),
            ("Which file_name?", ["under", "wild"]),
            ("A discount of 100%?", ["euro", "full"]),
            ("nothing of this kind", []),
        ],
    )
    def test_the_keywords_find_by_substring(self, searched: Driven, question: str, found: list[str]) -> None:
        assert sorted(str(found_id) for found_id in ids(searched, question)) == found

    def test_a_term_that_is_not_ascii_misses_on_sqlite_as_agno_stores_it_escaped(self, searched: Driven) -> None:
        assert ids(searched, "café") == []
        assert ids(searched, "Who orders café?") == ["cafe"], "the other terms of the question still count"

    def test_the_same_term_is_found_where_agno_keeps_the_text_itself(self, open_agno: Open) -> None:
        memory = open_agno(retrieval="content", db="memory")
        memory.store(NOTES)
        assert ids(memory, "café") == ["cafe"]
        memory.close()

    def test_the_first_term_fills_the_limit_before_the_next_is_asked(self, searched: Driven) -> None:
        assert ids(searched, "Where does Marta Kowalski live?", limit=1) == ["marta"]


class TestTerms:
    @pytest.mark.parametrize(
        ("question", "terms"),
        [
            ("Where does Marta Kowalski live now?", ["Marta Kowalski", "Kowalski", "Marta", "live"]),
            ("What's Anna's favourite breakfast?", ["Anna", "favourite", "breakfast"]),
            ("Which well-known city in 2024?", ["2024", "well-known", "city"]),
            ("Who are you?", ["Who are you?"]),
            ("%", ["%"]),
        ],
    )
    def test_names_come_first_and_function_words_never(self, question: str, terms: list[str]) -> None:
        assert search_terms(question) == terms

    @given(st.text())
    def test_any_question_gives_distinct_terms(self, question: str) -> None:
        terms = search_terms(question)
        assert terms
        assert len(terms) == len(set(terms))


class TestPersistence:
    @pytest.mark.parametrize("database", ["sqlite", "json"])
    def test_the_same_workdir_opened_again_holds_the_same(self, open_agno: Open, database: str) -> None:
        memory = open_agno(db=database)
        memory.store(facts(10))
        memory.delete(["r4"])
        memory.close()
        again = open_agno(db=database)
        assert again.count() == 9
        assert ids(again, "", limit=2) == ["r9", "r8"]
        again.store(facts(1, 10))
        assert ids(again, "", limit=2) == ["r10", "r9"]
        again.close()

    def test_close_releases_the_file(self, open_agno: Open, tmp_path: Path) -> None:
        memory = open_agno()
        memory.store(facts(10))
        memory.search("fact", limit=1)
        memory.close()
        held = [entry.readlink() for entry in Path(f"/proc/{memory.pid}/fd").iterdir() if entry.is_symlink()]
        assert not [path for path in held if path.is_relative_to(tmp_path)]
        assert [path.name for path in tmp_path.iterdir()] == ["agno.db"], "no write-ahead log is left behind"

    def test_acknowledged_records_outlive_a_kill(self, open_agno: Open, tmp_path: Path) -> None:
        memory = open_agno()
        memory.store(facts(200))
        memory.kill()
        memory = open_agno()
        assert memory.get([f"r{number}" for number in range(200)]) == {r.id: r.text for r in facts(200)}
        memory.close()


class TestFailure:
    def test_a_full_disk_is_raised_and_what_was_acknowledged_stays(self, any_write: Driven) -> None:
        """Agno returns an id for a record that it could not write; the adapter must not acknowledge it."""
        any_write.store(facts(10))
        with any_write.files_limited_to(200_000), pytest.raises(DrivenError, match=r"full|I/O|too large"):
            any_write.store([Record(f"big{number}", "x" * 50_000) for number in range(40)])
        assert any_write.count() < 50
        assert any_write.get([r.id for r in facts(10)]) == {r.id: r.text for r in facts(10)}
        any_write.store(facts(1, 10))
        assert any_write.get(["r10"]) == {"r10": "fact number 10"}, "it works again once there is room"

    def test_a_refused_record_is_named(self, open_agno: Open, tmp_path: Path) -> None:
        memory = open_agno()
        memory.store(facts(1))
        _refuse(tmp_path, "INSERT", "NEW.memory_id = 'r3'")
        with pytest.raises(DrivenError, match=r"did not store 'r3', after 2 of 5 records.*refused"):
            memory.store(facts(5, 1))
        assert memory.count() == 3
        memory.close()

    def test_a_bulk_write_that_returns_nothing_is_raised(self, open_agno: Open) -> None:
        """Agno's JSON database logs the failure of a bulk write and returns an empty list."""
        memory = open_agno(db="json", write="bulk")
        memory.store(facts(3))
        refused = pytest.raises(DrivenError, match=r"did not store 2 of 2 records: .*too large")
        with memory.files_limited_to(20_000), refused:
            memory.store([Record("a", "x" * 50_000), Record("b", "y")])
        assert memory.count() == 3
        memory.close()

    def test_a_failed_deletion_is_raised(self, open_agno: Open, tmp_path: Path) -> None:
        memory = open_agno()
        memory.store(facts(3))
        _refuse(tmp_path, "DELETE", "OLD.memory_id = 'r1'")
        with pytest.raises(DrivenError, match=r"did not delete 'r1'.*refused"):
            memory.delete(["r1"])
        assert memory.count() == 3
        memory.close()


def _refuse(workdir: Path, statement: str, condition: str) -> None:
    """Make the database itself refuse a statement."""
    with contextlib.closing(sqlite3.connect(workdir / "agno.db")) as database:
        database.execute(
            f"CREATE TRIGGER refuse BEFORE {statement} ON agno_memories WHEN {condition} "
            "BEGIN SELECT RAISE(ABORT, 'refused'); END"
        )


class TestOptions:
    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"retrievel": "last_n"}, "no option 'retrievel'.*retrieval, db, write, db_url, user_id"),
            ({"retrieval": "vector"}, "retrieval is 'vector'.*last_n, first_n, content"),
            ({"retrieval": "agentic"}, "language model.*last_n, first_n, content"),
            ({"db": "mysql"}, "db is 'mysql'.*sqlite, memory, json, postgres"),
            ({"db": 3}, "db is 3"),
            ({"write": ["bulk"]}, "write is.*single, bulk"),
            ({"user_id": ""}, "user_id is ''"),
            ({"user_id": 7}, "user_id is 7"),
            ({"db_url": "postgresql://host/name"}, "db_url goes with db=postgres alone"),
            ({"db": "json", "db_url": "postgresql://host/name"}, "db_url goes with db=postgres alone"),
        ],
    )
    def test_what_is_wrong_is_named_with_what_is_right(self, options: dict[str, Any], message: str) -> None:
        with pytest.raises(UsageError, match=message):
            parse_options(options)

    def test_a_wrong_option_is_refused_before_a_file_is_made(self, open_agno: Open, tmp_path: Path) -> None:
        with pytest.raises(DrivenError, match="no option 'retrievel'"):
            open_agno(retrievel="last_n")
        assert not list(tmp_path.iterdir())


@pytest.mark.peers
@pytest.mark.timeout(300)
class TestPostgres:
    def test_a_server_of_its_own_keeps_the_memories_and_counts_as_the_system_s(
        self, drive: Drive, tmp_path: Path
    ) -> None:
        memory = drive("agno-postgres", tmp_path)
        memory.store([*facts(20), Record("cafe", "Zoë orders café au lait")])
        (pid,) = memory.call("process_ids")
        assert "postgres" in Path(f"/proc/{pid}/comm").read_text("ascii")
        memory.kill()
        again = drive("agno-postgres", tmp_path, retrieval="content")
        assert again.count() == 21
        assert ids(again, "café") == ["cafe"], "PostgreSQL keeps the text itself"
        again.close()


class TestConsole:
    @pytest.mark.parametrize(("retrieval", "write"), [("last_n", "single"), ("content", "bulk")])
    def test_nothing_is_printed_not_even_of_a_failure(self, open_agno: Open, retrieval: str, write: str) -> None:
        memory = open_agno(retrieval=retrieval, write=write)
        before = memory.output
        memory.store([Record("a", "one"), Record("b", "two")])
        assert memory.search("one", limit=2)
        memory.delete(["a", "c"])
        with memory.files_limited_to(100_000), pytest.raises(DrivenError):
            memory.store([Record("big", "x" * 400_000)])
        assert memory.output == before
        memory.close()
