"""A campaign's file: what it means, and that an error in it names line and remedy before anything starts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mempress.campaign.file import read_campaign
from mempress.campaign.problems import CampaignError, line_of
from tests.cli.conftest import command

if TYPE_CHECKING:
    from pathlib import Path

WHOLE = """
[campaign]
name = "three"
seed = 7

[matrix]
systems = ["neuroca", "plain-list", "agno@3.1.10"]
sizes = [200, 400]
capacities = ["half", "none", 50]
memory-limits = ["none", "64MiB"]
rates = ["none", 20]
seeds = [1, 2]
repeats = 2

[[exclude]]
systems = "agno"
sizes = 400

[[exclude]]
rates = 20
memory-limits = "64MiB"

[settings]
batch-size = 100
timeout = 60
options = { neuroca = { eviction = "fifo" } }
"""


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "campaign.toml"
    path.write_text(text, "utf-8")
    return path


def test_a_matrix_expands_to_all_that_is_not_excluded(tmp_path: Path) -> None:
    runs = read_campaign(write(tmp_path, WHOLE)).runs()
    cells = 3 * 2 * 3 * 2 * 2 * 2
    excluded_by_size = cells // 3 // 2
    excluded_by_rate = (cells - excluded_by_size) // 4
    assert len(runs) == 2 * (cells - excluded_by_size - excluded_by_rate)
    assert len({run.run for run in runs}) == len(runs)
    assert not any(run.system == "agno@3.1.10" and run.config.max_records == 400 for run in runs)
    assert {run.config.capacity_records for run in runs if run.config.max_records == 200} == {100, None, 50}
    assert {run.config.memory_limit_bytes for run in runs} == {None, 64 << 20}
    assert all(run.config.batch_size == 100 and run.config.timeout_seconds == 60.0 for run in runs)
    assert all(run.config.options == {"neuroca": {"eviction": "fifo"}} for run in runs if run.system == "neuroca")
    assert all(run.config.options == {} for run in runs if run.system != "neuroca")


def test_the_order_is_random_and_the_seeds_own(tmp_path: Path) -> None:
    one = [run.run for run in read_campaign(write(tmp_path, WHOLE)).runs()]
    assert one == [run.run for run in read_campaign(write(tmp_path, WHOLE)).runs()]
    other = [run.run for run in read_campaign(write(tmp_path, WHOLE.replace("seed = 7", "seed = 8"))).runs()]
    assert one != other
    assert sorted(one) == sorted(other)
    assert one != sorted(one)


def test_conditions_name_what_varies_and_no_system_seed_or_repeat(tmp_path: Path) -> None:
    runs = read_campaign(write(tmp_path, WHOLE)).runs()
    assert "200 records, capacity half, no limit, 20 operations/s" in {run.condition for run in runs}
    alone = read_campaign(write(tmp_path, '[matrix]\nsystems = ["neuroca", "plain-list"]\nseeds = [1, 2]\n')).runs()
    assert {run.condition for run in alone} == {""}


ERRORS = {
    "an unknown key": ('[matrix]\nsystems = ["neuroca"]\n\nsize = [1]\n', 4, "unknown key 'size'", "'sizes'"),
    "an unknown table": ('[matrix]\nsystems = ["neuroca"]\n[setting]\n', 3, "unknown key 'setting'", "'settings'"),
    "no TOML": ('[matrix]\nsystems = ["neuroca"\nsizes = [1]\n', 3, "no TOML", "Mend"),
    "no systems": ("# nothing\n[matrix]\nsizes = [1]\n", 2, "names no systems", "systems ="),
    "nothing": ("", 1, "names no systems", "systems ="),
    "an unknown system": ('[matrix]\nsystems = [\n  "neurocca",\n]\n', 2, "no system 'neurocca'", "'neuroca'"),
    "a value of a wrong type": ('[matrix]\nsystems = ["neuroca"]\nsizes = ["1"]\n', 3, 'holds "1"', "[2000, 20000]"),
    "a truth for a number": ('[matrix]\nsystems = ["neuroca"]\nsizes = [true]\n', 3, "holds true", "[2000, 20000]"),
    "no list": ('[matrix]\nsystems = "neuroca"\n', 2, "no list", '["neuroca"'),
    "an empty list": ('[matrix]\nsystems = ["neuroca"]\nseeds = []\n', 3, "no list of values", "[1, 2]"),
    "a value twice": ('[matrix]\nsystems = ["neuroca"]\nseeds = [1,\n 1]\n', 3, "names 1 twice", "repeats"),
    "no size": ('[matrix]\nsystems = ["neuroca"]\nmemory-limits = ["many"]\n', 3, "'many' is no size", "512MiB"),
    "no repeats": ('[matrix]\nsystems = ["neuroca"]\nrepeats = 0\n', 3, "repeats = 0", "above 0"),
    "a setting of a wrong type": (
        '[matrix]\nsystems = ["neuroca"]\n[settings]\nqueries = "5"\n',
        4,
        "Expected `int`",
        "that type",
    ),
    "an axis among the settings": (
        '[matrix]\nsystems = ["neuroca"]\n[settings]\nseed = 5\n',
        4,
        "seed is an axis",
        "seeds = [...]",
    ),
    "an option for another system": (
        '[matrix]\nsystems = ["neuroca"]\n[settings.options.agno]\na = 1\n',
        3,
        "not in the matrix",
        "There: neuroca",
    ),
    "a setting out of range": (
        '[matrix]\nsystems = ["neuroca"]\n[settings]\nbatch-size = 0\n',
        4,
        "--batch-size is 0",
        "Mend",
    ),
    "a mix without stores": (
        '[matrix]\nsystems = ["neuroca"]\n[settings]\nmix = "search=1"\n',
        4,
        "no stores",
        "Mend",
    ),
    "clients without traffic": (
        '[matrix]\nsystems = ["neuroca"]\n[settings]\nclients = 2\n',
        4,
        "--clients 2",
        "give --rate",
    ),
    "a workload that is not there": (
        '[matrix]\nsystems = ["neuroca"]\nworkloads = ["fact"]\n',
        3,
        "No workload is called 'fact'",
        "Mend",
    ),
    "all excluded": (
        '[matrix]\nsystems = ["neuroca"]\n\n[[exclude]]\nsystems = "neuroca"\n',
        4,
        "leave nothing to run",
        "narrow it",
    ),
    "an exclusion of what is not there": (
        '[matrix]\nsystems = ["neuroca"]\nsizes = [5]\n[[exclude]]\nsizes = 6\n',
        5,
        "6 is not in the matrix",
        "There: 5",
    ),
    "an exclusion of nothing named": (
        '[matrix]\nsystems = ["neuroca"]\n[[exclude]]\n',
        3,
        "names nothing",
        "Name one",
    ),
}


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_names_line_and_remedy(name: str, tmp_path: Path) -> None:
    text, line, problem, remedy = ERRORS[name]
    path = write(tmp_path, text)
    with pytest.raises(CampaignError) as raised:
        read_campaign(path)
    said = str(raised.value)
    assert said.startswith(f"{path}:{line}: "), said
    assert problem in said
    assert remedy in said


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CampaignError, match=r"none\.toml: No such file"):
        read_campaign(tmp_path / "none.toml")


def test_nothing_starts_on_an_error(tmp_path: Path) -> None:
    import subprocess  # noqa: PLC0415 - of this test alone

    path = write(tmp_path, ERRORS["an unknown key"][0])
    done = subprocess.run(
        command("campaign", str(path), "--out", "out"),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 2
    assert f"{path}:4: unknown key 'size'" in done.stderr
    assert not (tmp_path / "out").exists()


@given(
    before=st.lists(
        st.sampled_from(["", "# x = 1", "a = 1", "b = [\n1,\n# c\n2]", 's = """\nx = 3\n"""']), unique=True
    ),
    value=st.sampled_from(["1", "[\n1,\n\n2,\n]", '"x = 2"', "{ y = 1 }"]),
)
def test_the_line_of_a_value_is_where_its_statement_begins(before: list[str], value: str) -> None:
    """Whatever stands before it: comments, lists over many lines, texts that look like the key."""
    head = "\n".join(before)
    text = f"{head}\nx = {value}\nz = 1\n"
    assert line_of(text, ["x"]) == head.count("\n") + 2
