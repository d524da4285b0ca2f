"""How a memory limit finds its control group, on files that behave as a control group file system does."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mempress.runner.limits import GroupV2, MemoryLimit, Place, Watchdog, enforced_limit
from mempress.runner.processes import tree_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


MIB = 1 << 20
LIMIT = 512 * MIB

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
