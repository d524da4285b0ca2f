"""Prometheus: a collector for ``prometheus_client``, read at each scrape.

from prometheus_client import REGISTRY
REGISTRY.register(NeurocaCollector(engine))
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

from mempress.neuroca.exporters.gauges import readings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mempress.neuroca.engine import Neuroca


class NeurocaCollector:
    """Gives the metrics of one engine, each named ``neuroca_...``."""

    def __init__(self, engine: Neuroca) -> None:
        self._engine = engine

    def collect(self) -> Iterator[GaugeMetricFamily | CounterMetricFamily]:
        """Read the engine."""
        for reading in readings(self._engine):
            family = CounterMetricFamily if reading.total else GaugeMetricFamily
            yield family(f"neuroca_{reading.name}", reading.help, value=reading.value)


def prometheus_text(engine: Neuroca) -> str:
    """Give the metrics in Prometheus' text format."""
    registry = CollectorRegistry()
    registry.register(NeurocaCollector(engine))
    return generate_latest(registry).decode()
