"""A file of a run is the old one or the whole new one, and one that cannot be read is told with its remedy."""

from __future__ import annotations

import errno
import json
import math
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from mempress.errors import JournalError
from mempress.runfiles import RunFiles, read_head, run_files, runs_in, write_json

if TYPE_CHECKING:
    from pathlib import Path

HEAD: dict[str, Any] = {
    "run": "one",
    "system": "null",
    "label": "null",
    "repeat": 0,
    "started": "2026-01-01T00:00:00.000+00:00",
    "config": {},
    "workload": {"name": "facts", "sha256": "0", "records": 0, "facts": {}},
    "environment": {},
    "harness": None,
}


def write_head(directory: Path, **changes: Any) -> Path:
    write_json(RunFiles(directory).head, HEAD | changes)
    return directory


INTERRUPTED = """
import resource, sys
from pathlib import Path
from mempress.runfiles import write_json

resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
try:
    write_json(Path(sys.argv[1]), ["x" * 10_000])
except OSError as error:
    print(error.errno)
"""


def test_a_write_that_the_disk_has_no_room_for_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "summary.json"
    write_json(path, {"old": 1})
    child = subprocess.run([sys.executable, "-c", INTERRUPTED, str(path)], check=True, capture_output=True, text=True)
    assert int(child.stdout) == errno.EFBIG
    assert json.loads(path.read_bytes()) == {"old": 1}
    assert list(tmp_path.iterdir()) == [path]


KILLED = """
import sys
from itertools import count
from pathlib import Path
from mempress.runfiles import write_json

for number in count():
    write_json(Path(sys.argv[1]), [number] * 5_000)
    print(number, flush=True)
"""


def test_a_reader_sees_a_whole_file_at_any_time_and_after_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "summary.json"
    with subprocess.Popen([sys.executable, "-c", KILLED, str(path)], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        for line in child.stdout:
            seen = json.loads(path.read_bytes())
            assert len(seen) == 5_000
            assert len(set(seen)) == 1
            assert seen[0] >= int(line)
            if int(line) >= 30:
                child.kill()
    assert len(set(json.loads(path.read_bytes()))) == 1


def test_what_was_not_measured_is_null_and_floats_stand_as_they_are(tmp_path: Path) -> None:
    @dataclass
    class Figures:
        known: float
        unknown: float | None
        undefined: float

    path = tmp_path / "deep" / "results.json"
    write_json(path, Figures(0.1 + 0.2, None, math.nan))
    assert path.read_text("utf-8") == '{\n  "known": 0.30000000000000004,\n  "unknown": null,\n  "undefined": null\n}\n'


def test_runs_are_given_in_the_order_in_which_they_began(tmp_path: Path) -> None:
    for name, second in (("a", 3), ("b", 1), ("c", 2), ("d", 1)):
        write_head(run_files(tmp_path, name).directory, started=f"2026-01-01T00:00:0{second}.000+00:00")
    run_files(tmp_path, "empty").directory.mkdir()
    assert [directory.name for directory in runs_in(tmp_path)] == ["b", "d", "c", "a"]
    assert runs_in(tmp_path / "nowhere") == []


def test_a_head_is_read_with_the_settings_that_it_leaves_to_the_defaults(tmp_path: Path) -> None:
    head = read_head(write_head(tmp_path))
    assert (head.run, head.schema, head.config.max_records) == ("one", 1, 20_000)


def test_a_head_that_is_missing_is_told(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match=r"run\.json: No such file or directory\. Give the directory of a run"):
        read_head(tmp_path)


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"\xff", b'{"run": 1}', b'{"run": "\xff"}'])
def test_a_head_that_was_changed_or_cut_is_told(tmp_path: Path, data: bytes) -> None:
    RunFiles(tmp_path).head.write_bytes(data)
    with pytest.raises(JournalError, match=r"run\.json: .*restore it"):
        read_head(tmp_path)


def test_a_head_with_settings_that_no_run_has_is_told(tmp_path: Path) -> None:
    write_head(tmp_path, config={"batch_size": 0})
    with pytest.raises(JournalError, match="--batch-size is 0"):
        read_head(tmp_path)
