"""A memory limit is kept by the kernel of this machine where it can be, else by the watchdog; words say which."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from mempress.runner.limits import GroupV1, GroupV2, MemoryLimit, Place, enforced_limit
from tests.runner.test_cgroups import LIMIT, MIB, groups_of, lives

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import Bench

EATER = "mempress.testing.faulty:EatsMemory"
SOUND = "mempress.testing.scripted:Scripted"


@pytest.fixture
def real() -> Iterator[Place]:
    """Where this machine lets us make groups; none of ours may be left."""
    limit, words = enforced_limit(LIMIT)
    if limit.place is None:
        pytest.skip(f"no control group can be made here: {words}")
    yield limit.place
    assert groups_of(limit.place) == []


def written(tmp_path: Path, store: str) -> str:
    """Write a system whose ``store`` has this body; gives its specification."""
    path = tmp_path / "system.py"
    path.write_text(
        "import subprocess, sys\n"
        "class Written:\n"
        "    capabilities = frozenset()\n"
        "    def __init__(self, workdir, config): self.workdir = workdir\n"
        f"    def store(self, records): {store}\n"
        "    def search(self, query, *, limit): return []\n"
        "    def close(self): pass\n"
    )
    return f"{path}:Written"


@pytest.mark.usefixtures("real")
def test_a_mebibyte_a_record_ends_at_the_limit_and_the_next_system_is_unharmed(bench: Bench) -> None:
    eater, sound = bench(EATER, SOUND, max_records=700, batch_size=100, memory_limit_bytes=LIMIT)
    assert eater.status == "killed_at_limit"
    assert "over the limit of 512 MiB: killed by the kernel (cgroup v" in eater.reason
    assert 400 <= eater.metrics.max_records <= 500
    assert sound.status == "completed"
    assert sound.metrics.max_records == 700


@pytest.mark.usefixtures("real")
def test_a_system_just_under_the_limit_lives(bench: Bench) -> None:
    (summary,) = bench(EATER, max_records=170, batch_size=34, memory_limit_bytes=200 * MIB)
    assert summary.status == "completed", summary.reason
    assert summary.metrics.peak_memory_mb is not None
    assert summary.metrics.peak_memory_mb > 180


@pytest.mark.usefixtures("real")
def test_page_cache_over_the_limit_kills_nobody(bench: Bench, tmp_path: Path) -> None:
    kind = subprocess.run(["/usr/bin/stat", "-f", "-c", "%T", tmp_path], capture_output=True, text=True, check=True)
    if kind.stdout.strip() == "tmpfs":
        pytest.skip("files on tmpfs are memory")
    system = written(tmp_path, "open(self.workdir / 'file', 'ab').write(bytes(len(records) << 20))")
    (summary,) = bench(system, max_records=300, batch_size=50, memory_limit_bytes=200 * MIB)
    assert summary.status == "completed", summary.reason
    assert summary.metrics.disk_mb is not None
    assert summary.metrics.disk_mb >= 300


@pytest.mark.usefixtures("real")
def test_what_a_system_starts_counts_and_its_end_at_the_limit_is_the_systems(bench: Bench, tmp_path: Path) -> None:
    """The kernel may kill the child alone; the system that goes on without it is over its limit all the same."""
    eat = "subprocess.run([sys.executable, '-c', 'x = bytearray(300 << 20)'])"
    (summary,) = bench(written(tmp_path, eat), memory_limit_bytes=200 * MIB)
    assert summary.status == "killed_at_limit"
    assert "killed by the kernel" in summary.reason


def test_without_a_group_the_watchdog_strikes(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = (MemoryLimit(200 * MIB), "watchdog")
    monkeypatch.setattr("mempress.runner.environment.enforced_limit", lambda _: alone)
    (summary,) = bench(EATER, memory_limit_bytes=200 * MIB)
    assert summary.status == "killed_at_limit"
    assert "over the limit of 200 MiB: killed by the watchdog" in summary.reason


def test_the_watchdog_strikes_where_a_groups_limit_was_lifted(
    bench: Bench, real: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lift(group: GroupV1 | GroupV2) -> None:
        for name in ("memory.memsw.limit_in_bytes", "memory.limit_in_bytes", "memory.max"):
            if (group._directory / name).exists():
                (group._directory / name).write_text("max" if name == "memory.max" else "-1")

    class Lifted(real.group):  # type: ignore[misc,name-defined] # the base depends on the machine
        def _configure(self) -> None:
            super()._configure()
            lift(self)

    lifted = (MemoryLimit(200 * MIB, replace(real, group=Lifted)), "lifted")
    monkeypatch.setattr("mempress.runner.environment.enforced_limit", lambda _: lifted)
    (summary,) = bench(EATER, memory_limit_bytes=200 * MIB)
    assert summary.status == "killed_at_limit"
    assert "killed by the watchdog" in summary.reason


def test_a_limit_of_a_group_above_is_not_taken_for_the_systems_own(real: Place) -> None:
    """As in a container that is smaller than the limit asked for: the kernel kills, but not for this limit."""
    with_outer = real.make(64 * MIB)
    (outer,) = groups_of(real)
    if real.group is GroupV2:
        (outer / "cgroup.subtree_control").write_text("+memory")
    code = "input(); bytearray(128 << 20)"
    with subprocess.Popen([sys.executable, "-I", "-S", "-c", code], stdin=subprocess.PIPE) as child:
        inner = MemoryLimit(LIMIT, replace(real, directory=outer)).hold(child.pid)
        child.communicate(b"\n")
    assert child.returncode == -signal.SIGKILL
    assert isinstance(inner, real.group)
    assert not inner.was_exceeded()
    inner.close()
    with_outer.close()


HARNESS = """
import os, sys
from mempress.runner.limits import enforced_limit
from mempress.runner.supervisor import Launch, Supervisor
limit, _ = enforced_limit(64 << 20)
launch = Launch((sys.executable,), dict(os.environ))
worker = Supervisor(launch=launch, dimension=8, timeout_seconds=5, memory_limit=limit, embed=None)
print(limit.place.prefix, worker.pid, flush=True)
sys.stdin.read()
"""


def test_after_kill_9_of_the_harness_the_next_start_removes_its_group(real: Place) -> None:
    with subprocess.Popen([sys.executable, "-c", HARNESS], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as harness:
        assert harness.stdout is not None
        prefix, worker = harness.stdout.readline().decode().split()
        enforced_limit(LIMIT)
        (group,) = groups_of(real, prefix)
        assert worker in (group / "cgroup.procs").read_text().split()
        waiting = select.poll()
        waiting.register(descriptor := os.pidfd_open(int(worker)), select.POLLIN)
        harness.kill()
    assert waiting.poll(10_000), "the worker outlived its harness"
    os.close(descriptor)
    enforced_limit(LIMIT)
    assert groups_of(real, prefix) == []


def test_a_process_that_left_the_workers_tree_ends_with_the_group(real: Place) -> None:
    """A daemon of its own session, whose parent is gone, is still in the group."""
    code = (
        "import os, sys\n"
        "sys.stdin.readline()\n"
        "if os.fork() == 0:\n"
        "    os.setsid()\n"
        "    print(os.getpid(), flush=True)\n"
        "    sys.stdin.read()\n"
    )
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-I", "-S", "-c", code], stdin=pipe, stdout=pipe) as parent:
        assert parent.stdin is not None
        assert parent.stdout is not None
        held = MemoryLimit(LIMIT, real).hold(parent.pid)
        parent.stdin.write(b"\n")
        parent.stdin.flush()
        daemon = int(parent.stdout.readline())
        parent.wait(5)
        assert lives(daemon)
        held.close()
    assert not lives(daemon)
