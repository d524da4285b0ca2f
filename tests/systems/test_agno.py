"""The Agno adapter, against the real package."""

from __future__ import annotations

import contextlib
import resource
import sqlite3
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mempress import Record, SystemConfig
from mempress.errors import UsageError
from mempress.systems.agno import AgnoMemory
from mempress.systems.agno.terms import search_terms
from mempress.systems.protocol import check_adapter

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


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
AGNO_COMPARES_JSON = pytest.mark.filterwarnings(r"ignore:Type object .*JSON.* 'ilike_op':DeprecationWarning")
"""SQLAlchemy 2.1 warns of Agno's own content search, a LIKE on a JSON column."""


def open_agno(workdir: Path, **options: Any) -> AgnoMemory:
    return AgnoMemory(workdir, SystemConfig(options=options))


def facts(count: int, start: int = 0) -> list[Record]:
    return [Record(f"r{number}", f"fact number {number}") for number in range(start, start + count)]


def ids(memory: AgnoMemory, query: str, limit: int = 10) -> list[str | None]:
    return [hit.record_id for hit in memory.search(query, limit=limit)]


def run_script(script: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-c", script, *arguments]
    return subprocess.run(command, capture_output=True, check=False, timeout=60)


@pytest.fixture(params=["sqlite", "memory", "json"])
def any_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[AgnoMemory]:
    memory = open_agno(tmp_path, db=request.param)
    yield memory
    memory.close()


@pytest.fixture(params=["single", "bulk"])
def any_write(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[AgnoMemory]:
    memory = open_agno(tmp_path, write=request.param)
    yield memory
    memory.close()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AgnoMemory]:
    memory = open_agno(tmp_path_factory.mktemp("shared"))
    yield memory
    memory.close()


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AgnoMemory]:
    memory = open_agno(tmp_path_factory.mktemp("content"), retrieval="content")
    memory.store(NOTES)
    yield memory
    memory.close()


@contextlib.contextmanager
def files_limited_to(size_bytes: int) -> Iterator[None]:
    """Let the system refuse any write beyond this offset of a file, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


class TestProtocol:
    def test_the_class_keeps_to_the_protocol_and_claims_no_more_than_agno_offers(self) -> None:
        assert check_adapter(AgnoMemory) == {"count", "get", "delete", "persistence"}
        assert AgnoMemory.name == "agno"
        assert AgnoMemory.version == "3.1.10"

    def test_a_database_in_memory_does_not_claim_persistence(self, tmp_path: Path) -> None:
        memory = open_agno(tmp_path, db="memory")
        assert memory.capabilities == {"count", "get", "delete"}
        assert "persistence" in AgnoMemory.capabilities, "the class itself is not narrowed"
        memory.close()
        assert not list(tmp_path.iterdir())


class TestStore:
    def test_an_empty_store_answers_with_nothing(self, any_database: AgnoMemory) -> None:
        assert any_database.count() == 0
        assert any_database.search("anything", limit=5) == []
        assert any_database.get(["r1"]) == {}
        assert any_database.delete(["r1"]) == 0
        any_database.store([])
        assert any_database.count() == 0

    def test_what_is_stored_is_counted_got_and_found_with_its_ids(self, any_database: AgnoMemory) -> None:
        any_database.store(facts(12))
        assert any_database.count() == 12
        assert any_database.get(["r3", "r11", "none"]) == {"r3": "fact number 3", "r11": "fact number 11"}
        hits = any_database.search("fact", limit=2)
        assert [(hit.record_id, hit.text) for hit in hits] == [("r11", "fact number 11"), ("r10", "fact number 10")]

    def test_a_record_of_a_held_id_replaces_the_text(self, any_database: AgnoMemory) -> None:
        any_database.store([Record("a", "old"), Record("b", "other")])
        any_database.store([Record("a", "new")])
        assert any_database.count() == 2
        assert any_database.get(["a", "b"]) == {"a": "new", "b": "other"}

    def test_2000_records_are_counted_and_got_exactly(self, any_write: AgnoMemory) -> None:
        for start in (0, 1_000):
            any_write.store(facts(1_000, start))
        assert any_write.count() == 2_000
        assert any_write.get([f"r{number}" for number in range(2_100)]) == {r.id: r.text for r in facts(2_000)}

    def test_more_than_one_page_is_got_whole(self, tmp_path: Path) -> None:
        memory = open_agno(tmp_path, write="bulk")
        memory.store(facts(4_500))
        assert memory.get([r.id for r in facts(4_600)]) == {r.id: r.text for r in facts(4_500)}
        memory.close()

    def test_tags_become_topics_as_agno_itself_reads_them(self, tmp_path: Path) -> None:
        memory = open_agno(tmp_path)
        memory.store([Record("a", "x", metadata={"tags": ("food", "naïve")}), Record("b", "y")])
        memory.close()
        with contextlib.closing(sqlite3.connect(tmp_path / "agno.db")) as database:
            rows = dict(database.execute("SELECT memory_id, topics FROM agno_memories"))
        assert rows == {"a": '["food", "na\\u00efve"]', "b": "null"}

    @given(texts=st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), min_size=1, max_size=5))
    def test_any_text_comes_back_as_it_went(self, texts: list[str], shared: AgnoMemory) -> None:
        records = [Record(f"any{number}", text) for number, text in enumerate(texts)]
        shared.store(records)
        assert shared.get([record.id for record in records]) == {record.id: record.text for record in records}


class TestDelete:
    def test_only_what_was_held_is_counted_and_gone(self, any_database: AgnoMemory) -> None:
        any_database.store(facts(5))
        assert any_database.delete(["r1", "r4", "none", "r1"]) == 2
        assert any_database.delete(["r1"]) == 0
        assert any_database.count() == 3
        assert ids(any_database, "") == ["r3", "r2", "r0"]

    def test_many_ids_at_once_are_deleted(self, any_write: AgnoMemory) -> None:
        any_write.store(facts(300))
        assert any_write.delete([f"r{number}" for number in range(250)]) == 250
        assert any_write.count() == 50


class TestSearch:
    def test_last_n_is_the_newest_first_also_within_one_second(self, any_write: AgnoMemory) -> None:
        any_write.store(facts(50))
        any_write.store(facts(50, 50))
        assert ids(any_write, "fact number 3", limit=3) == ["r99", "r98", "r97"]

    def test_first_n_is_the_oldest_first(self, tmp_path: Path) -> None:
        memory = open_agno(tmp_path, retrieval="first_n")
        memory.store(facts(20))
        assert ids(memory, "fact number 19", limit=3) == ["r0", "r1", "r2"]
        memory.close()

    @AGNO_COMPARES_JSON
    @pytest.mark.parametrize("retrieval", ["last_n", "first_n", "content"])
    def test_no_more_than_the_limit_comes_back(self, tmp_path: Path, retrieval: str) -> None:
        memory = open_agno(tmp_path, retrieval=retrieval)
        memory.store(facts(20))
        assert [len(memory.search("which fact", limit=limit)) for limit in (0, 1, 7, 20, 50)] == [0, 1, 7, 20, 20]
        memory.close()

    def test_another_user_of_the_same_file_sees_nothing(self, tmp_path: Path) -> None:
        first, second = open_agno(tmp_path, user_id="one"), open_agno(tmp_path, user_id="two")
        first.store(facts(3))
        assert (second.count(), second.search("fact", limit=5), second.get(["r1"])) == (0, [], {})
        assert second.delete(["r1"]) == 0
        assert first.count() == 3
        first.close()
        second.close()


@AGNO_COMPARES_JSON
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
    def test_the_keywords_find_by_substring(self, searched: AgnoMemory, question: str, found: list[str]) -> None:
        assert sorted(str(found_id) for found_id in ids(searched, question)) == found

    def test_a_term_that_is_not_ascii_misses_on_sqlite_as_agno_stores_it_escaped(self, searched: AgnoMemory) -> None:
        assert ids(searched, "café") == []
        assert ids(searched, "Who orders café?") == ["cafe"], "the other terms of the question still count"

    def test_the_same_term_is_found_where_agno_keeps_the_text_itself(self, tmp_path: Path) -> None:
        memory = open_agno(tmp_path, retrieval="content", db="memory")
        memory.store(NOTES)
        assert ids(memory, "café") == ["cafe"]
        memory.close()

    def test_the_first_term_fills_the_limit_before_the_next_is_asked(self, searched: AgnoMemory) -> None:
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
    def test_the_same_workdir_opened_again_holds_the_same(self, tmp_path: Path, database: str) -> None:
        memory = open_agno(tmp_path, db=database)
        memory.store(facts(10))
        memory.delete(["r4"])
        memory.close()
        again = open_agno(tmp_path, db=database)
        assert again.count() == 9
        assert ids(again, "", limit=2) == ["r9", "r8"]
        again.store(facts(1, 10))
        assert ids(again, "", limit=2) == ["r10", "r9"]
        again.close()

    def test_close_releases_the_file(self, tmp_path: Path) -> None:
        memory = open_agno(tmp_path)
        memory.store(facts(10))
        memory.search("fact", limit=1)
        memory.close()
        held = [entry.readlink() for entry in Path("/proc/self/fd").iterdir() if entry.is_symlink()]
        assert not [path for path in held if path.is_relative_to(tmp_path)]
        assert [path.name for path in tmp_path.iterdir()] == ["agno.db"], "no write-ahead log is left behind"

    def test_acknowledged_records_outlive_a_kill(self, tmp_path: Path) -> None:
        script = (
            "import os, pathlib, signal, sys\n"
            "from mempress import Record, SystemConfig\n"
            "from mempress.systems.agno import AgnoMemory\n"
            "memory = AgnoMemory(pathlib.Path(sys.argv[1]), SystemConfig())\n"
            "memory.store([Record(f'r{i}', f'fact number {i}') for i in range(200)])\n"
            "os.kill(os.getpid(), signal.SIGKILL)\n"
        )
        assert run_script(script, str(tmp_path)).returncode == -9
        memory = open_agno(tmp_path)
        assert memory.get([f"r{number}" for number in range(200)]) == {r.id: r.text for r in facts(200)}
        memory.close()


class TestFailure:
    def test_a_full_disk_is_raised_and_what_was_acknowledged_stays(self, any_write: AgnoMemory) -> None:
        """Agno returns an id for a record that it could not write; the adapter must not acknowledge it."""
        any_write.store(facts(10))
        with files_limited_to(200_000), pytest.raises(Exception, match=r"full|I/O|too large"):
            any_write.store([Record(f"big{number}", "x" * 50_000) for number in range(40)])
        assert any_write.count() < 50
        assert any_write.get([r.id for r in facts(10)]) == {r.id: r.text for r in facts(10)}
        any_write.store(facts(1, 10))
        assert any_write.get(["r10"]) == {"r10": "fact number 10"}, "it works again once there is room"

    def test_a_refused_record_is_named(self, tmp_path: Path) -> None:
        memory = open_agno(tmp_path)
        memory.store(facts(1))
        _refuse(tmp_path, "INSERT", "NEW.memory_id = 'r3'")
        with pytest.raises(RuntimeError, match=r"did not store 'r3', after 2 of 5 records.*refused"):
            memory.store(facts(5, 1))
        assert memory.count() == 3
        memory.close()

    def test_a_bulk_write_that_returns_nothing_is_raised(self, tmp_path: Path) -> None:
        """Agno's JSON database logs the failure of a bulk write and returns an empty list."""
        memory = open_agno(tmp_path, db="json", write="bulk")
        memory.store(facts(3))
        with files_limited_to(20_000), pytest.raises(RuntimeError, match=r"did not store 2 of 2 records: .*too large"):
            memory.store([Record("a", "x" * 50_000), Record("b", "y")])
        assert memory.count() == 3
        memory.close()

    def test_a_failed_deletion_is_raised(self, tmp_path: Path) -> None:
        memory = open_agno(tmp_path)
        memory.store(facts(3))
        _refuse(tmp_path, "DELETE", "OLD.memory_id = 'r1'")
        with pytest.raises(RuntimeError, match=r"did not delete 'r1'.*refused"):
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
            ({"db": "postgres"}, "db_url go together"),
            ({"db_url": "postgresql://host/name"}, "db_url go together"),
        ],
    )
    def test_what_is_wrong_is_named_with_what_is_right(
        self, tmp_path: Path, options: dict[str, Any], message: str
    ) -> None:
        with pytest.raises(UsageError, match=message):
            open_agno(tmp_path, **options)
        assert not list(tmp_path.iterdir())

    @pytest.mark.skipif(find_spec("psycopg") is not None, reason="the driver is installed")
    def test_a_missing_driver_is_named_with_its_remedy(self, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match=r"db=postgres needs a package.*agno\[postgres\]"):
            open_agno(tmp_path, db="postgres", db_url="postgresql+psycopg://user@127.0.0.1/none")


class TestConsole:
    @pytest.mark.parametrize("arguments", [("last_n", "single"), ("content", "bulk")])
    def test_nothing_is_printed_not_even_of_a_failure(self, tmp_path: Path, arguments: Sequence[str]) -> None:
        script = (
            "import pathlib, resource, sys\n"
            "from mempress import Record, SystemConfig\n"
            "from mempress.systems.agno import AgnoMemory\n"
            "retrieval, write, workdir = sys.argv[1:]\n"
            "options = {'retrieval': retrieval, 'write': write}\n"
            "memory = AgnoMemory(pathlib.Path(workdir), SystemConfig(options=options))\n"
            "memory.store([Record('a', 'one'), Record('b', 'two')])\n"
            "assert memory.search('one', limit=2)\n"
            "memory.delete(['a', 'c'])\n"
            "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, -1))\n"
            "try:\n"
            "    memory.store([Record('big', 'x' * 400_000)])\n"
            "except Exception:\n"
            "    memory.close()\n"
            "else:\n"
            "    raise SystemExit('no failure')\n"
        )
        run = run_script(script, *arguments, str(tmp_path))
        assert (run.returncode, run.stdout, run.stderr) == (0, b"", b"")
