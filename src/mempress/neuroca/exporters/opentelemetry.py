"""OpenTelemetry: observable instruments on a meter, read at each export."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opentelemetry.metrics import CallbackOptions, Meter, Observation

from mempress.neuroca.exporters.gauges import readings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mempress.neuroca.engine import Neuroca


def observe(engine: Neuroca, meter: Meter) -> None:
    """Create ``neuroca.<name>`` instruments for the engine; a value not measured yet gives no observation."""
    names = {reading.name: reading for reading in readings(engine)}
    for name, reading in names.items():
        create = meter.create_observable_counter if reading.total else meter.create_observable_gauge
        create(f"neuroca.{name}", [_callback(engine, name)], description=reading.help)


def _callback(engine: Neuroca, name: str) -> Callable[[CallbackOptions], Iterator[Observation]]:
    def read(_: CallbackOptions) -> Iterator[Observation]:
        for reading in readings(engine):
            if reading.name == name:
                yield Observation(reading.value)

    return read
