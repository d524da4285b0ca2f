"""The exporters, read back through their own client libraries."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.neuroca.neuroca_kit import engine, records, unit

if TYPE_CHECKING:
    from pathlib import Path


def test_prometheus_text_parses_and_says_what_the_engine_says(tmp_path: Path) -> None:
    parser = pytest.importorskip("prometheus_client.parser")
    from mempress.neuroca.exporters.prometheus import prometheus_text  # noqa: PLC0415 - needs the extra

    with engine(tmp_path, capacity_records=20) as memory:
        memory.store(records(range(30)))
        assert "latency" not in prometheus_text(memory)
        memory.search(vector=unit(1))
        families = parser.text_string_to_metric_families(prometheus_text(memory))
        values = {sample.name: sample.value for family in families for sample in family.samples}
    assert values["neuroca_records"] == 20
    assert values["neuroca_stored_total"] == 30
    assert values["neuroca_searches_total"] == 1
    assert 0 < values["neuroca_health_overall"] <= 1


def test_opentelemetry_reads_the_engine_at_each_export(tmp_path: Path) -> None:
    pytest.importorskip("opentelemetry.sdk.metrics")
    from opentelemetry.sdk.metrics import MeterProvider  # noqa: PLC0415 - needs the extra
    from opentelemetry.sdk.metrics.export import InMemoryMetricReader  # noqa: PLC0415 - needs the extra

    from mempress.neuroca.exporters.opentelemetry import observe  # noqa: PLC0415 - needs the extra

    reader = InMemoryMetricReader()
    provider = MeterProvider([reader])
    with engine(tmp_path) as memory:
        observe(memory, provider.get_meter("test"))
        for held in (5, 12):
            memory.store(records(range(held)))
            data = reader.get_metrics_data()
            assert data is not None
            metrics = data.resource_metrics[0].scope_metrics[0].metrics
            found = {metric.name: [point.value for point in metric.data.data_points] for metric in metrics}  # type: ignore[union-attr]  # no histogram here
            assert found["neuroca.records"] == [held]
    provider.shutdown()
