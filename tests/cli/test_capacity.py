"""``mempress capacity``: the edge of systems whose capacity is known, found by real runs under real limits."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from mempress.runner.limits import enforced_limit

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Mempress

EATER = "mempress.testing.faulty:EatsMemory"
REFUSER = "mempress.testing.faulty:RefusesAfter"
QUICK = ("--queries", "5", "--trials", "1")
MIB = 1 << 20

kernel = pytest.mark.skipif(enforced_limit(64 * MIB)[0].place is None, reason="no control group can be made here")


def found(mempress: Mempress, *arguments: str, status: int = 0) -> dict[str, Any]:
    done = mempress("capacity", *arguments, "--json")
    assert done.returncode == status, done.stderr
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def test_a_system_that_refuses_from_a_record_on_has_its_edge_there_to_the_record(mempress: Mempress) -> None:
    """It refuses the batch in which record 500 falls: 499 records are taken, 500 never."""
    result = found(mempress, REFUSER, "--memory-limit", "1GiB", "--resolution", "0.1%", *QUICK)
    (trial,) = result["trials"]
    assert (trial["outcome"], trial["figure"], trial["fails_at"]) == ("edge", 499, 500)
    assert "the store is full" in trial["bound_by"]
    assert all(len(probe["workload_sha256"]) == 64 for probe in trial["probes"])
    assert (result["seed"], result["memory_limit_bytes"]) == (42, 1 << 30)


@kernel
def test_a_mebibyte_a_record_under_a_limit_takes_about_as_many_records_as_the_limit_has_mebibytes(
    mempress: Mempress, tmp_path: Path
) -> None:
    """A bare worker weighs some 6 MiB; a run's directory is judged like any other."""
    result = found(mempress, EATER, "--memory-limit", "100MiB", *QUICK)
    (trial,) = result["trials"]
    assert 84 <= trial["records_held"] == trial["records_offered"] <= 97
    assert 0 < trial["fails_at"] - trial["figure"] <= 2
    assert "killed by the kernel" in result["words"]
    assert "cgroup v" in result["environment"]["mechanisms"]["memory_limit"]
    out = tmp_path / "capacity_results"
    assert json.loads((out / "capacity.json").read_text("utf-8"))["median"] == trial["figure"]
    assert f"takes {trial['figure']} records" in (out / "capacity.md").read_text("utf-8")
    dead = next(probe for probe in trial["probes"] if not probe["taken"])
    assert "was killed at its memory limit" in mempress("analyze", str(out / "probes" / dead["run"])).stdout


@kernel
def test_the_least_memory_for_some_records_is_a_little_more_than_they_weigh(mempress: Mempress) -> None:
    result = found(mempress, EATER, "--records", "60", "--resolution", "3%", *QUICK)
    (trial,) = result["trials"]
    assert 60 * MIB < trial["fails_at"] < trial["figure"] < 76 * MIB
    assert trial["figure"] - trial["fails_at"] <= 0.03 * trial["figure"]


def test_a_system_that_forgets_within_its_budget_keeps_within_the_limit_and_has_no_false_capacity(
    mempress: Mempress,
) -> None:
    """It evicts the oldest and holds its capacity for ever: what it acknowledged is not what it took."""
    system = "mempress.testing.scripted:Leaker"
    arguments = ("--capacity-records", "300", "--option", "leaker.bytes_per_record=1", "--max-records", "1500", *QUICK)
    result = found(mempress, system, "--memory-limit", "1GiB", *arguments)
    (trial,) = result["trials"]
    assert (trial["outcome"], trial["records_held"], trial["records_offered"]) == ("keeps_within", 300, 1_500)
    assert "300 records held of 1,500 offered" in result["words"]
    result = found(mempress, system, "--records", "1500", *arguments[:-4], *QUICK)
    assert result["outcome"] == "never"
    assert "300 of 1,500 records were held" in result["words"]


@pytest.mark.long
def test_a_system_that_never_reaches_the_limit_takes_at_least_what_it_was_offered(mempress: Mempress) -> None:
    result = found(
        mempress, "null", "--memory-limit", "1GiB", "--max-records", "2000", "--trials", "3", "--queries", "5"
    )
    assert result["outcome"] == "at_least"
    assert len(result["trials"]) == 1
    assert "at least 2,000 records" in result["words"]


@pytest.mark.long
def test_a_search_that_breaks_the_objective_ends_the_capacity(mempress: Mempress) -> None:
    """A search takes 10 us for each record held: 5 ms are passed at 500."""
    slow = ("--option", "linearsearch.ns_per_record=10000", "--objective-ms", "5", "--resolution", "10%")
    system = ("mempress.testing.scripted:LinearSearch", "--max-records", "1000")
    result = found(mempress, *system, "--memory-limit", "1GiB", *slow, *QUICK)
    (trial,) = result["trials"]
    assert trial["figure"] <= 500
    assert "over the objective of 5.00 ms" in trial["bound_by"]


def test_a_system_that_cannot_be_opened_takes_nothing(mempress: Mempress) -> None:
    result = found(mempress, "mempress.testing.faulty:RaisesInInit", "--memory-limit", "1GiB", *QUICK, status=3)
    assert (result["outcome"], result["median"]) == ("never", None)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "Give either"),
        (("--memory-limit", "1GiB", "--records", "5"), "Give either"),
        (("--records", "0"), "--records is 0"),
        (("--memory-limit", "1GiB", "--resolution", "0%"), "no percentage"),
        (("--memory-limit", "1GiB", "--resolution", "1"), "no percentage"),
        (("--memory-limit", "1GiB", "--workload", "nothing.jsonl"), "nothing.jsonl"),
    ],
)
def test_bad_usage_says_what_to_do_and_starts_nothing(
    mempress: Mempress, tmp_path: Path, arguments: tuple[str, ...], words: str
) -> None:
    done = mempress("capacity", "null", *arguments)
    assert done.returncode == 2
    assert words in done.stderr
    assert not (tmp_path / "capacity_results").exists()


@kernel
@pytest.mark.long
@pytest.mark.timeout(1200)
def test_five_trials_of_a_mebibyte_a_record_under_512_mib_lie_within_three_per_cent_near_500(
    mempress: Mempress,
) -> None:
    result = found(mempress, EATER, "--memory-limit", "512MiB", "--queries", "5")
    assert [trial["outcome"] for trial in result["trials"]] == ["edge"] * 5
    assert 480 <= result["low"] <= result["median"] <= result["high"] <= 512
    assert result["spread"] <= 0.03
