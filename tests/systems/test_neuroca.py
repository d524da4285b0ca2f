"""The adapter of Neuroca, through the protocol alone."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from mempress.embedding import hash_embedder
from mempress.errors import UsageError
from mempress.systems.neuroca import NeurocaMemory
from mempress.systems.protocol import Record, SystemConfig, check_adapter

if TYPE_CHECKING:
    from pathlib import Path

EMBED = hash_embedder(64)


def _config(**fields: Any) -> SystemConfig:
    values: dict[str, Any] = {"dimension": 64, "embed": EMBED} | fields
    return SystemConfig(**values)


def _record(number: int, importance: float = 0.5) -> Record:
    text = f"Person{number} lives in Town{number}"
    return Record(f"r{number}", text, importance, {"timestamp": "2026-01-02T03:04:05Z", "tags": ["home"]})


def test_it_keeps_to_the_protocol() -> None:
    assert check_adapter(NeurocaMemory) >= {"bounded", "persistence", "events", "importance", "embedding"}


def test_a_run_as_the_benchmark_drives_it(tmp_path: Path) -> None:
    """Batches beyond the capacity, searches between; the count never exceeds it, and all answers are JSON."""
    system = NeurocaMemory(tmp_path, _config(capacity_records=300))
    for start in range(0, 900, 100):
        system.store([_record(number, (number % 10) / 10) for number in range(start, start + 100)])
        assert system.count() == min(start + 100, 300)
        hit = system.search(f"Where does Person{start + 99} live?", limit=10)[0]
        assert (hit.record_id, hit.text) == (f"r{start + 99}", f"Person{start + 99} lives in Town{start + 99}")
    events = system.drain_events()
    assert json.loads(json.dumps(events))[0]["removed"] == 600
    assert system.drain_events() == []
    assert json.dumps(system.perform_maintenance())
    assert system.perform_maintenance(emergency=True)["removed"] == 30
    health = dict(system.health())
    assert 0 < health.pop("latency") <= 1  # the machine's share in it is not the engine's
    assert 0 < health.pop("overall_health") <= 1
    assert min(health.values()) >= 0.9
    held = system.get([f"r{number}" for number in range(900)])
    assert len(held) == system.count() == 270
    assert system.delete(list(held)[:5]) == 5
    system.flush()
    system.close()
    again = NeurocaMemory(tmp_path, _config(capacity_records=300))
    assert again.count() == 265
    again.close()


def test_an_audit_by_get_changes_nothing(tmp_path: Path) -> None:
    system = NeurocaMemory(tmp_path, _config())
    system.store([_record(1)])
    system.get(["r1"])
    assert system._engine.get(["r1"], reinforce=False)["r1"].hits == 0
    assert system._engine.get(["r1"], reinforce=False)["r1"].timestamp == 1767323045.0
    system.close()


def test_the_embedder_is_asked_once_a_batch_and_once_a_search(tmp_path: Path) -> None:
    asked: list[int] = []

    def embed(texts: Any) -> Any:
        asked.append(len(texts))
        return EMBED(texts)

    system = NeurocaMemory(tmp_path, _config(embed=embed))
    system.store([_record(number) for number in range(50)])
    system.search("Who?", limit=3)
    system.close()
    assert asked == [50, 1]


@pytest.mark.parametrize("options", [{"no_such": 1}, {"soft_ratio": 7}])
def test_a_bad_option_is_a_usage_error(tmp_path: Path, options: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="neuroca"):
        NeurocaMemory(tmp_path, _config(options=options))


def test_options_are_settings(tmp_path: Path) -> None:
    system = NeurocaMemory(tmp_path, _config(options={"worth": "fifo", "durability": "full"}))
    assert system._engine.settings.worth == "fifo"
    system.close()


def test_the_engine_imports_nothing_of_the_harness_and_no_exporter() -> None:
    code = "import json, sys, mempress.neuroca; print(json.dumps(sorted(sys.modules)))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    loaded = [name for name in json.loads(out) if name.startswith(("mempress", "prometheus", "opentelemetry"))]
    extra = [name for name in loaded if not name.startswith("mempress.neuroca")]
    assert set(extra) <= {"mempress", "mempress.embedding", "mempress.errors", "mempress.systems"} | {
        "mempress.systems.protocol",
        "mempress.systems.registry",
        "mempress.systems.shipped",
    }
