"""A system is found by the name, file or module that the user wrote, and what is not found is told with a remedy."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from mempress.errors import AdapterError, UsageError
from mempress.systems.registry import SystemReference, find_system, known_systems, load_system
from mempress.testing.controls import Null, PlainList

if TYPE_CHECKING:
    from pathlib import Path

ADAPTER = "class Mine:\n    def store(self, records): ...\n"


def file_of(directory: Path, source: str, name: str = "mine_of_the_registry_test.py") -> Path:
    path = directory / name
    path.write_text(source, "utf-8")
    return path


def test_the_systems_that_come_with_mempress_are_installed_by_name() -> None:
    names = [reference.label for reference in known_systems()]
    assert {"neuroca", "agno", "null", "sqlite-vec"} <= set(names)
    assert names == sorted(names)


def test_a_system_is_found_and_loaded_by_its_name() -> None:
    found = find_system("null")
    assert (found.spec, found.label, found.named) == ("null", "null", True)
    assert found.target == "mempress.testing.controls:Null"
    assert load_system("null") is Null


def test_a_system_is_found_and_loaded_by_module_and_class() -> None:
    spec = "mempress.testing.controls:PlainList"
    assert find_system(spec) == SystemReference(spec, "plainlist", named=False, target=spec)
    assert load_system(spec) is PlainList


def test_a_system_in_a_file_is_found_by_a_relative_path_and_named_by_an_absolute_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = file_of(tmp_path, ADAPTER)
    monkeypatch.chdir(tmp_path)
    reference = find_system(f"{path.name}:Mine")
    assert reference == SystemReference(f"{path}:Mine", "mine", named=False, target=f"{path}:Mine")
    assert load_system(reference.spec).__name__ == "Mine"


def test_a_file_may_import_what_lies_beside_it_and_bear_the_name_of_a_known_module(tmp_path: Path) -> None:
    directory = tmp_path / "adapters"
    directory.mkdir()
    file_of(directory, "VALUE = 7\n", "beside_the_adapter.py")
    path = file_of(directory, "from beside_the_adapter import VALUE\nclass Mine:\n    value = VALUE\n", "json.py")
    source = f"import json\nfrom mempress import load_system\nprint(load_system('{path}:Mine').value, json.dumps(None))"
    assert run(source, tmp_path) == "7 null\n"


@pytest.mark.parametrize(("spec", "nearest"), [("neurocca", "neuroca"), ("Agno", "agno"), ("nul", "null")])
def test_a_name_that_is_not_installed_gets_the_nearest_one(spec: str, nearest: str) -> None:
    with pytest.raises(UsageError, match=rf"There is no system '{spec}'. Did you mean '{nearest}'\? Known: agno, "):
        find_system(spec)


@pytest.mark.parametrize("spec", ["", "quite another thing", "adapter.py", ":Mine", "module:", "a.b:C.D"])
def test_what_names_nothing_gets_the_forms_that_do(spec: str) -> None:
    with pytest.raises(UsageError, match=r"or give path/to/file\.py:Class or package\.module:Class"):
        find_system(spec)


def test_a_missing_file_and_a_class_name_that_is_none_are_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"there is no file .*absent\.py\. Give the path"):
        find_system(f"{tmp_path}/absent.py:Mine")
    with pytest.raises(UsageError, match="'not a name' is no class name"):
        find_system(f"{file_of(tmp_path, ADAPTER)}:not a name")


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("import a_package_that_is_not_there\n", "ModuleNotFoundError: No module named 'a_package_that_is_not_there'"),
        ("class Mine:\n    def", r"SyntaxError: .*line 2"),
        ("value = 1 / 0\n", "ZeroDivisionError: division by zero"),
        ("\nMine = undefined\n", r"NameError: .*test\.py:2\)"),
        ("Other = 1\n", "AttributeError: .*no attribute 'Mine'"),
        ("Mine = 'a text'\n", "'a text', not a class: name the adapter's class"),
        ("def Mine(workdir, config): ...\n", "not a class: name the adapter's class"),
    ],
)
def test_a_file_that_gives_no_class_is_an_adapter_error_and_leaves_nothing_behind(
    tmp_path: Path, source: str, words: str
) -> None:
    before = set(sys.modules)
    with pytest.raises(AdapterError, match=words):
        load_system(f"{file_of(tmp_path, source)}:Mine")
    assert source.startswith(("Other", "Mine", "def")) or set(sys.modules) == before
    sys.modules.pop("mine_of_the_registry_test", None)


@pytest.mark.parametrize("spec", ["no_such_package.module:Mine", "mempress.testing.controls:Absent"])
def test_a_module_or_class_that_is_not_there_is_an_adapter_error(spec: str) -> None:
    with pytest.raises(AdapterError, match=rf"{spec} cannot be loaded: (ModuleNotFound|Attribute)Error"):
        load_system(spec)


def install(site: Path, distribution: str, *entry_points: str) -> None:
    info = site / f"{distribution}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n", "utf-8")
    (info / "entry_points.txt").write_text("[mempress.systems]\n" + "\n".join(entry_points) + "\n", "utf-8")


def run(source: str, site: Path) -> str:
    """Run a program in a fresh process that finds the distributions of a directory."""
    program = f"import sys; sys.path.insert(0, {str(site)!r})\n{source}"
    return subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout


TELL = """
from mempress.errors import UsageError
from mempress.systems.registry import find_system, load_system
try:
    print(load_system("shared").__module__, find_system("shared").named)
except UsageError as error:
    print(error)
"""


def test_a_distribution_s_entry_point_is_a_system(tmp_path: Path) -> None:
    file_of(tmp_path, ADAPTER, "first_package.py")
    install(tmp_path, "first", "shared = first_package:Mine")
    assert run(TELL, tmp_path) == "first_package True\n"


def test_two_distributions_that_claim_one_name_are_an_error_that_names_both(tmp_path: Path) -> None:
    install(tmp_path, "first", "shared = first_package:Mine")
    install(tmp_path, "second", "shared = second_package:Mine", "other = second_package:Other")
    told = run(TELL, tmp_path)
    assert told.startswith("The system name 'shared' is claimed by ")
    assert "first (first_package:Mine)" in told
    assert "second (second_package:Mine)" in told
    assert "uninstall one" in told


def test_two_distributions_that_claim_one_name_for_one_class_are_an_error_too(tmp_path: Path) -> None:
    install(tmp_path, "first", "shared = first_package:Mine")
    install(tmp_path, "second", "shared = first_package:Mine")
    assert "(first_package:Mine): uninstall one" in run(TELL, tmp_path)


def test_an_entry_point_whose_module_is_gone_is_told_when_it_is_loaded_and_not_before(tmp_path: Path) -> None:
    install(tmp_path, "first", "shared = a_module_that_is_gone:Mine")
    assert "shared cannot be loaded: ModuleNotFoundError" in run(TELL, tmp_path)


def test_a_version_is_asked_for_behind_an_at() -> None:
    found = find_system("agno@2.3.26")
    assert (found.spec, found.label, found.name, found.version) == ("agno@2.3.26", "agno@2.3.26", "agno", "2.3.26")
    assert found.target == find_system("agno").target
    assert find_system("agno").version is None


@pytest.mark.parametrize("version", ["", "latest", "../../x", "1 2", "1;rm", "1.0\n", "v1", "1" * 70])
def test_what_is_no_version_is_refused(version: str) -> None:
    with pytest.raises(UsageError, match="is no version"):
        find_system(f"agno@{version}")


def test_a_system_that_runs_as_it_is_installed_has_no_other_version() -> None:
    with pytest.raises(UsageError, match=r"neuroca runs as it is installed here. Leave out @1\.0"):
        find_system("neuroca@1.0")


def test_options_go_to_the_name_and_those_for_a_version_come_last() -> None:
    given = {"agno": {"write": "bulk", "user_id": "a"}, "agno@2.3.26": {"user_id": "b"}}
    assert find_system("agno@2.3.26").options(given) == {"write": "bulk", "user_id": "b"}
    assert find_system("agno@3.1.10").options(given) == {"write": "bulk", "user_id": "a"}


def test_an_entry_point_that_claims_a_name_of_mempress_is_an_error_that_names_both(tmp_path: Path) -> None:
    install(tmp_path, "first", "neuroca = first_package:Mine")
    told = run(TELL, tmp_path)
    assert "claimed by mempress (mempress.systems.neuroca:NeurocaMemory) and by first (first_package:Mine)" in told
