"""A memory limit is kept by the kernel where it can be, else by the watchdog, and words and verdicts say which.

The first half runs on files that behave as a control group file system does; the second on the machine's own.
"""

from __future__ import annotations

import errno
import os
import select
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mempress.runner.limits import GroupV1, GroupV2, MemoryLimit, Place, Watchdog, enforced_limit
from mempress.runner.processes import tree_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.conftest import Bench

MIB = 1 << 20
LIMIT = 512 * MIB
EATER = "mempress.testing.faulty:EatsMemory"
SOUND = "mempress.testing.scripted:Scripted"

V2_FILES = {
    "cgroup.procs": "",
    "cgroup.controllers": "cpu memory",
    "cgroup.subtree_control": "",
    "memory.max": "max",
    "memory.swap.max": "max",
    "memory.oom.group": "0",
    "memory.events": "low 0\nhigh 0\nmax 0\noom 0\noom_kill 0\n",
}
V1_FILES = {
    "cgroup.procs": "",
    "memory.limit_in_bytes": "9223372036854771712",
    "memory.memsw.limit_in_bytes": "9223372036854771712",
    "memory.max_usage_in_bytes": "0",
    "memory.swappiness": "60",
    "memory.oom_control": "oom_kill_disable 0\nunder_oom 0\noom_kill 0\n",
}


class FakeKernel:
    """A directory as a control group file system: a new group has its files; one with a living process stays."""

    def __init__(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.proc = tmp_path / "proc"
        self.proc.mkdir()
        self._top = tmp_path
        self._files: dict[Path, Mapping[str, str]] = {}
        self._mkdir, self._rmdir = os.mkdir, os.rmdir
        monkeypatch.setattr(os, "mkdir", self._make)
        monkeypatch.setattr(os, "rmdir", self._remove)
        self._memberships: list[str] = []
        self._mounts = ["22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/root rw"]
        self._tell()

    def mount(self, kind: str, name: str, files: Mapping[str, str], *, root: str = "/", member: str = "/") -> Path:
        """Mount a hierarchy that shows what lies below ``root``; this process is a member of group ``member``."""
        top = self._top / name
        self._files[top] = files
        top.mkdir()
        options = "rw,memory" if kind == "cgroup" else "rw,nsdelegate"
        escaped = str(top).replace(" ", r"\040")
        self._mounts.append(
            f"3{len(self._mounts)} 22 0:29 {root} {escaped} rw shared:9 master:2 - {kind} none {options}"
        )
        self._memberships.append(f"{len(self._mounts)}:{'memory,hugetlb' if kind == 'cgroup' else ''}:{member}")
        self._tell()
        return top

    def _tell(self) -> None:
        (self.proc / "mountinfo").write_text("\n".join(self._mounts) + "\n")
        (self.proc / "cgroup").write_text("\n".join(["9:cpuset:/elsewhere", *self._memberships]) + "\n")

    def _make(self, path: str | Path, mode: int = 0o777) -> None:
        self._mkdir(path, mode)
        for top, files in self._files.items():
            if Path(path).is_relative_to(top):
                for name, text in files.items():
                    Path(path, name).write_text(text)

    def _remove(self, path: str | Path) -> None:
        for top, files in self._files.items():
            if Path(path).is_relative_to(top):
                if any(lives(int(pid)) for pid in Path(path, "cgroup.procs").read_text().split()):
                    raise OSError(errno.EBUSY, "busy")
                for name in files:
                    Path(path, name).unlink()
        self._rmdir(path)


def lives(pid: int) -> bool:
    return pid in tree_of(pid)


@pytest.fixture
def kernel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeKernel:
    return FakeKernel(tmp_path, monkeypatch)


@pytest.fixture
def process() -> Iterator[subprocess.Popen[bytes]]:
    """A process that waits for its end."""
    with subprocess.Popen([sys.executable, "-I", "-S", "-c", "input()"], stdin=subprocess.PIPE) as child:
        yield child
        child.kill()


def groups_of(place: Place | None, prefix: str | None = None) -> list[Path]:
    assert place is not None
    return [entry for entry in place.directory.iterdir() if entry.name.startswith(prefix or place.prefix)]


def test_a_group_of_version_2_is_made_beside_ones_own_and_holds_the_worker(
    kernel: FakeKernel, process: subprocess.Popen[bytes]
) -> None:
    """As in a desktop session: the parent hands on the memory controller, one's own group cannot."""
    top = kernel.mount("cgroup2", "unified here", V2_FILES, member="/app.slice/run.scope")
    (top / "app.slice/run.scope").mkdir(parents=True)
    (top / "app.slice/cgroup.subtree_control").write_text("cpu memory pids")

    limit, words = enforced_limit(LIMIT, kernel.proc)
    assert words.startswith(f"cgroup v2 at {LIMIT} bytes")
    assert "no swap" in words
    assert "page cache, which is reclaimed" in words
    assert groups_of(limit.place) == []

    held = limit.hold(process.pid)
    (group,) = groups_of(limit.place)
    assert group.parent == top / "app.slice"
    settings = {name: (group / name).read_text() for name in V2_FILES}
    assert settings["memory.max"] == str(LIMIT)
    assert settings["memory.swap.max"] == "0"
    assert settings["memory.oom.group"] == "1"
    assert settings["cgroup.procs"] == str(process.pid)

    assert not held.was_exceeded()
    (group / "memory.events").write_text("oom 0\noom_kill 1\n")  # the machine ran out, not the group
    assert not held.was_exceeded()
    (group / "memory.events").write_text("oom 3\noom_kill 1\n")
    assert held.was_exceeded()

    held.close()
    assert groups_of(limit.place) == []
    assert process.wait(5) == -signal.SIGKILL


def test_the_root_group_of_version_2_is_made_to_hand_on_its_memory_controller(kernel: FakeKernel) -> None:
    top = kernel.mount("cgroup2", "unified", V2_FILES)
    limit, _ = enforced_limit(LIMIT, kernel.proc)
    assert limit.place == Place(top, GroupV2, limit.place.prefix if limit.place else "")
    assert (top / "cgroup.subtree_control").read_text() == "+memory"


def test_version_1_serves_where_version_2_has_no_memory_controller(
    kernel: FakeKernel, process: subprocess.Popen[bytes]
) -> None:
    kernel.mount("cgroup2", "unified", V2_FILES | {"cgroup.controllers": ""})
    top = kernel.mount("cgroup", "memory", V1_FILES, member="/jobs/7")
    (top / "jobs/7").mkdir(parents=True)

    limit, words = enforced_limit(LIMIT, kernel.proc)
    assert words.startswith(f"cgroup v1 at {LIMIT} bytes")
    held = limit.hold(process.pid)
    (group,) = groups_of(limit.place)
    assert group.parent == top / "jobs/7"
    assert (group / "memory.limit_in_bytes").read_text() == str(LIMIT)
    assert (group / "memory.memsw.limit_in_bytes").read_text() == str(LIMIT)
    assert (group / "cgroup.procs").read_text() == str(process.pid)

    (group / "memory.oom_control").write_text("oom_kill_disable 0\noom_kill 1\n")
    (group / "memory.max_usage_in_bytes").write_text(str(LIMIT // 2))  # the machine ran out, not the group
    assert not held.was_exceeded()
    (group / "memory.max_usage_in_bytes").write_text(str(LIMIT))
    assert held.was_exceeded()
    held.close()
    assert groups_of(limit.place) == []


def test_version_1_without_swap_accounts_forbids_swap_and_keeps_the_killer_on(
    kernel: FakeKernel, process: subprocess.Popen[bytes]
) -> None:
    files = V1_FILES | {"memory.oom_control": "oom_kill_disable 1\nunder_oom 0\noom_kill 0\n"}
    kernel.mount("cgroup", "memory", {k: v for k, v in files.items() if "memsw" not in k})
    limit, _ = enforced_limit(LIMIT, kernel.proc)
    held = limit.hold(process.pid)
    (group,) = groups_of(limit.place)
    assert (group / "memory.swappiness").read_text() == "0"
    assert (group / "memory.oom_control").read_text() == "0"
    held.close()


def test_a_container_sees_only_its_part_of_the_hierarchy(kernel: FakeKernel) -> None:
    top = kernel.mount("cgroup", "memory", V1_FILES, root="/docker/abc", member="/docker/abc")
    limit, _ = enforced_limit(LIMIT, kernel.proc)
    assert limit.place is not None
    assert limit.place.directory == top


@pytest.mark.parametrize(
    ("root", "member"), [("/docker/abc", "/docker/xyz"), ("/", "/../../outside"), ("/", "/not/there")]
)
def test_a_group_out_of_sight_leaves_the_watchdog(kernel: FakeKernel, root: str, member: str) -> None:
    kernel.mount("cgroup", "memory", V1_FILES, root=root, member=member)
    limit, words = enforced_limit(LIMIT, kernel.proc)
    assert limit == MemoryLimit(LIMIT)
    assert "own group is out of sight" in words


def test_without_control_groups_the_words_say_why_the_watchdog_serves(kernel: FakeKernel) -> None:
    limit, words = enforced_limit(LIMIT, kernel.proc)
    assert limit == MemoryLimit(LIMIT)
    assert words.startswith(f"watchdog on the tree's PSS at {LIMIT} bytes")
    assert "cgroup v2: not in use on this machine; cgroup v1: not in use on this machine" in words
    held = limit.hold(os.getpid())
    assert isinstance(held, Watchdog)
    assert held.watchdog_bytes == LIMIT


def test_a_kernel_that_does_not_count_its_kills_gets_no_group(kernel: FakeKernel) -> None:
    """Without the counter a kill at the limit would pass for a crash."""
    top = kernel.mount("cgroup", "memory", V1_FILES | {"memory.oom_control": "oom_kill_disable 0\nunder_oom 0\n"})
    limit, words = enforced_limit(LIMIT, kernel.proc)
    assert limit.place is None
    assert "does not count whom it kills" in words
    assert list(top.glob("mempress-*")) == []


def test_a_group_that_fails_at_the_last_moment_leaves_the_watchdog(
    kernel: FakeKernel, process: subprocess.Popen[bytes]
) -> None:
    top = kernel.mount("cgroup", "memory", {k: v for k, v in V1_FILES.items() if k != "cgroup.procs"})
    limit, _ = enforced_limit(LIMIT, kernel.proc)
    assert limit.place is not None
    assert isinstance(limit.hold(process.pid), Watchdog)
    gone = MemoryLimit(LIMIT, replace(limit.place, directory=top / "gone"))
    assert isinstance(gone.hold(process.pid), Watchdog)


def test_groups_of_dead_harnesses_are_removed_and_no_others(
    kernel: FakeKernel, process: subprocess.Popen[bytes]
) -> None:
    """A number that a later process took over is dead as well: the start tells them apart."""
    top = kernel.mount("cgroup", "memory", V1_FILES)
    started = tree_of(process.pid)[process.pid]
    kept = [f"mempress-{process.pid}-{started}-abc", "mempress-other", f"other-{process.pid}-1-abc"]
    for name in [*kept, f"mempress-{process.pid}-{started - 1}-abc", f"mempress-{2**22 + 1}-5-abc"]:
        (top / name).mkdir()
    enforced_limit(LIMIT, kernel.proc)
    assert sorted(entry.name for entry in top.iterdir() if entry.is_dir()) == sorted(kept)


# From here on the kernel of this machine is asked.


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
from mempress.runner.supervisor import Supervisor
limit, _ = enforced_limit(64 << 20)
worker = Supervisor(environment=dict(os.environ), dimension=8, timeout_seconds=5, memory_limit=limit, embed=None)
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
