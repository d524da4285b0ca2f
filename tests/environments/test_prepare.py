"""An environment is built once, whole or not at all, and a system in it sees its own packages and no others."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mempress.environments import EnvironmentFailedError, Interpreter, is_ready, own_interpreter, prepare
from mempress.environments.uv import spoken
from mempress.errors import UsageError
from mempress.systems.registry import find_system
from mempress.systems.shipped import read_project
from tests.environments.conftest import at
from tests.environments.wheels import write_slow_source, write_wheel

if TYPE_CHECKING:
    from mempress.systems.registry import SystemReference
    from tests.environments.conftest import MakeSystem


def deaf(_: str) -> None: ...


def run_in(interpreter: Interpreter, source: str) -> str:
    command = interpreter.command("-c", source)
    environment = interpreter.environment(os.environ)
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def hidden(cache: Path) -> list[str]:
    return [path.name for path in (cache / "environments").iterdir() if path.name.startswith(".")]


def test_a_system_of_its_own_environment_sees_its_packages_and_mempress_and_nothing_else(
    make_system: MakeSystem, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither what mempress itself uses, nor what the user has on the path, nor what lies in the current directory."""
    for name in ("on_the_path", "current"):
        (tmp_path / name).mkdir()
        (tmp_path / name / f"module_{name}.py").touch()
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "on_the_path"))
    monkeypatch.chdir(tmp_path / "current")
    interpreter = prepare(make_system(), deaf)
    assert run_in(interpreter, "import tiny, mempress.worker.driver; print(tiny.VERSION)") == "1.0"
    others = ("msgspec", "numpy", "click", "uv", "module_on_the_path", "module_current")
    look = f"import importlib.util as u; print([name for name in {others!r} if u.find_spec(name)])"
    assert run_in(interpreter, look) == "[]"
    assert run_in(interpreter, "import os; print(os.environ['QUIET'])") == "yes"
    assert interpreter.packages() == {"tiny": "1.0"}
    assert interpreter.lock is not None
    assert interpreter.lock.read_text().startswith("tiny==1.0")


def test_what_is_built_is_found_again_without_uv_and_without_an_index(
    make_system: MakeSystem, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = make_system()
    said: list[str] = []
    assert not is_ready(reference)
    first = prepare(reference, said.append)
    assert said[0] == "tiny: building its environment, once for all runs"
    assert is_ready(reference)
    said.clear()
    shutil.rmtree(index)
    monkeypatch.setattr("mempress.environments.uv._program", lambda: pytest.fail("uv was started"))
    assert prepare(reference, said.append) == first
    assert said == []


def test_another_version_is_resolved_once_and_kept(
    make_system: MakeSystem, cache: Path, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = make_system()
    write_wheel(index, "helper", "3.1")
    digest = write_wheel(index, "tiny", "2.0", "helper>=3")
    newer = prepare(at(reference, "2.0"), deaf)
    assert newer.packages() == {"helper": "3.1", "tiny": "2.0"}
    assert prepare(reference, deaf).packages() == {"tiny": "1.0"}
    assert prepare(at(reference, "1.0"), deaf) == prepare(reference, deaf), "the locked version is the locked one"
    (lock,) = (cache / "resolved").glob("*.lock")
    assert f"sha256:{digest}" in lock.read_text()
    shutil.rmtree(index)
    monkeypatch.setattr("mempress.environments.uv._program", lambda: pytest.fail("uv was started"))
    assert prepare(at(reference, "2.0"), deaf) == newer


def test_a_version_that_is_not_there_is_told_in_uv_s_words_and_leaves_nothing(
    make_system: MakeSystem, cache: Path
) -> None:
    reference = at(make_system(), "9.9")
    with pytest.raises(EnvironmentFailedError, match=r"tiny==9\.9") as caught:
        prepare(reference, deaf)
    assert caught.value.exit_status == 3
    assert str(caught.value).isprintable()
    assert not is_ready(reference)
    assert not list((cache / "resolved").iterdir())


def test_a_package_that_is_not_the_locked_one_is_refused(make_system: MakeSystem, cache: Path, index: Path) -> None:
    write_wheel(index, "tiny", "1.0")
    reference = make_system(digest="0" * 64)
    with pytest.raises(EnvironmentFailedError, match="Hash mismatch"):
        prepare(reference, deaf)
    assert not list((cache / "environments").iterdir())


def test_the_password_of_an_index_stays_out_of_the_reason(
    make_system: MakeSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = at(make_system(), "2.0")
    monkeypatch.delenv("UV_OFFLINE")
    monkeypatch.setenv("UV_DEFAULT_INDEX", "http://someone:hunter2@127.0.0.1:9/simple")
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    with pytest.raises(EnvironmentFailedError, match=r"127\.0\.0\.1") as caught:
        prepare(reference, deaf)
    assert "hunter2" not in str(caught.value)


def test_a_line_of_another_program_is_made_harmless() -> None:
    assert (
        spoken("\x1b[31merror\x1b[0m:\t https://me:secret@host/x \u202e\r\n") == "[31merror [0m: https://me:***@host/x"
    )


def test_an_environment_whose_python_is_gone_is_built_anew(make_system: MakeSystem) -> None:
    reference = make_system()
    interpreter = prepare(reference, deaf)
    python = Path(interpreter.executable)
    python.unlink()
    python.symlink_to("/nowhere/python3")
    assert not is_ready(reference)
    assert run_in(prepare(reference, deaf), "import tiny; print(tiny.VERSION)") == "1.0"


def test_a_project_that_asks_for_a_python_that_is_not_here_says_so(make_system: MakeSystem) -> None:
    reference = make_system()
    assert reference.project is not None
    description = reference.project.directory / "system.toml"
    description.write_text('python = ">=3.99"\n' + description.read_text())

    asking = replace(reference, project=read_project(description))
    with pytest.raises(EnvironmentFailedError, match=r"3\.99"):
        prepare(asking, deaf)
    with pytest.raises(EnvironmentFailedError, match=r"3\.99"):
        is_ready(asking)


def test_a_system_without_requirements_runs_where_mempress_runs(cache: Path) -> None:
    assert prepare(find_system("neuroca"), deaf) == own_interpreter()
    assert prepare(find_system("mempress.testing.controls:Null"), deaf) == own_interpreter()
    assert "numpy" in own_interpreter().packages()
    assert not cache.exists(), "nothing was built, and nothing made"


def test_a_cache_that_cannot_be_made_is_told_with_its_remedy(
    make_system: MakeSystem, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a_file").touch()
    monkeypatch.setenv("MEMPRESS_CACHE", str(tmp_path / "a_file"))
    with pytest.raises(UsageError, match="set MEMPRESS_CACHE to a directory of your own"):
        prepare(make_system(), deaf)


BUILDER = """
import sys
from mempress.environments import prepare
from mempress.systems.registry import SystemReference
from mempress.systems.shipped import read_project
from pathlib import Path
project = read_project(Path(sys.argv[1]))
reference = SystemReference("slow", "slow", True, "adapter:Adapter", project, project.offers[0])
print(prepare(reference, lambda text: print(text, flush=True)).executable, flush=True)
"""


class TestTwoProcesses:
    """The package ``slow`` is built from source, which waits for a fifo: each test holds uv where it wants it."""

    @pytest.fixture
    def fifo(self, tmp_path: Path) -> Path:
        path = tmp_path / "gate"
        os.mkfifo(path)
        return path

    @pytest.fixture
    def slow(self, make_system: MakeSystem, index: Path, fifo: Path) -> SystemReference:
        return make_system("slow", digest=write_slow_source(index, fifo))

    @staticmethod
    def start(reference: SystemReference) -> subprocess.Popen[str]:
        assert reference.project is not None
        description = str(reference.project.directory / "system.toml")
        return subprocess.Popen([sys.executable, "-c", BUILDER, description], stdout=subprocess.PIPE, text=True)

    @staticmethod
    def open_gate(fifo: Path) -> None:
        """Let the build go on; it returns when the build has come to its gate."""
        fifo.write_text("")

    @staticmethod
    def wait_for(process: subprocess.Popen[str], words: str) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            if words in line:
                return
        pytest.fail(f"it ended without {words!r}")

    def test_the_second_waits_for_the_first_and_finds_what_it_built(self, slow: SystemReference, fifo: Path) -> None:
        first = self.start(slow)
        self.wait_for(first, "building its environment")
        second = self.start(slow)
        self.wait_for(second, "waiting for another process")
        assert not is_ready(slow)
        self.open_gate(fifo)
        told = [process.communicate()[0].splitlines() for process in (first, second)]
        assert told[0][-1] == told[1][-1]
        assert len(told[1]) == 1, "it built nothing"
        assert [first.returncode, second.returncode] == [0, 0]

    def test_an_interrupt_ends_all_that_was_begun_and_lets_go_of_the_lock(
        self, slow: SystemReference, fifo: Path, cache: Path
    ) -> None:
        interrupted = self.start(slow)
        self.wait_for(interrupted, "building its environment")
        with fifo.open("w"):  # the build is at its gate
            interrupted.send_signal(signal.SIGINT)
            interrupted.communicate()
            assert interrupted.returncode != 0
            assert hidden(cache) == []
        second = self.start(slow)
        self.wait_for(second, "building its environment")
        self.open_gate(fifo)
        assert Path(second.communicate()[0].splitlines()[-1]).exists()

    def test_a_kill_in_the_middle_leaves_nothing_half_used(
        self, slow: SystemReference, fifo: Path, cache: Path
    ) -> None:
        """Its uv outlives it and keeps the lock; the next process waits for that, and builds anew."""
        killed = self.start(slow)
        self.wait_for(killed, "building its environment")
        with fifo.open("w"):  # its uv has come to the gate and is kept there
            killed.send_signal(signal.SIGKILL)
            killed.communicate()
            assert not is_ready(slow)
            assert len(hidden(cache)) == 1
            second = self.start(slow)
            self.wait_for(second, "waiting for another process")
        self.wait_for(second, "building its environment")
        told = second.communicate()[0].splitlines()
        assert second.returncode == 0
        assert Path(told[-1]).exists()
        assert hidden(cache) == []
        assert run_in(prepare(slow, deaf), "import slow; print(slow.VERSION)") == "1.0"


def test_two_systems_that_exclude_each_other_have_their_environments_side_by_side(
    make_system: MakeSystem, index: Path
) -> None:
    """The one requires helper before 2, the other from 2 on; no one environment could hold both."""
    reference = make_system()
    for version in ("1.0", "2.0"):
        write_wheel(index, "helper", version)
    write_wheel(index, "tiny", "3.0", "helper<2")
    write_wheel(index, "tiny", "4.0", "helper>=2")
    first, second = (prepare(at(reference, version), deaf) for version in ("3.0", "4.0"))
    assert first.packages() == {"helper": "1.0", "tiny": "3.0"}
    assert second.packages() == {"helper": "2.0", "tiny": "4.0"}
    told = [run_in(interpreter, "import helper; print(helper.VERSION)") for interpreter in (first, second)]
    assert told == ["1.0", "2.0"]
