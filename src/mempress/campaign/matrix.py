"""A campaign's matrix: the cells that its axes span, less what is excluded, each the settings of one run."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from hashlib import sha256
from itertools import product
from typing import TYPE_CHECKING, Any

import msgspec

from mempress.config import RunConfig
from mempress.format import listed
from mempress.traffic import make_traffic

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

_UNSAFE = re.compile(r"[^a-z0-9._@-]+")
_KEY_CHARACTERS = 8
_NAME_CHARACTERS = 40
_MIB = 1 << 20

CONDITIONS: Mapping[str, Callable[[Any], str]] = {
    "workloads": lambda value: f"workload {value}",
    "sizes": lambda value: f"{value:,} records",
    "capacities": lambda value: {"none": "no capacity", "half": "capacity half"}.get(value) or f"capacity {value:,}",
    "memory-limits": lambda value: "no limit" if value == "none" else f"limit {value / _MIB:,.4g} MiB",
    "rates": lambda value: "whole batches" if value == "none" else f"{value:g} operations/s",
}
"""The axes under whose values systems are compared, never across; each with how a value is said."""
AXES = ("systems", *CONDITIONS, "seeds")


class PlannedRun(msgspec.Struct, frozen=True, kw_only=True):
    """One run of a campaign: its directory's name, what stands beside what it is compared with, and its settings."""

    run: str
    condition: str
    repeat: int
    config: RunConfig

    @property
    def system(self) -> str:
        """The system as the file names it."""
        return self.config.systems[0]


@dataclass(frozen=True, slots=True)
class Matrix:
    """What a campaign's file says.

    ``axes`` has a list of values for each of ``AXES``; an exclusion, the values that a cell must have on all the axes
    that it names to be left out.
    """

    name: str
    seed: int
    repeats: int
    axes: Mapping[str, Sequence[Any]]
    exclusions: Sequence[Mapping[str, Sequence[Any]]]
    settings: Mapping[str, Any]

    def cells(self) -> Iterator[dict[str, Any]]:
        """Give the value on each axis of all cells that are not excluded, in the file's order."""
        for values in product(*(self.axes[axis] for axis in AXES)):
            cell = dict(zip(AXES, values, strict=True))
            if not any(excluded(cell, exclusion) for exclusion in self.exclusions):
                yield cell

    def runs(self) -> list[PlannedRun]:
        """Give all runs, in the order that the campaign's seed draws."""
        planned = [self._run(cell, repeat) for cell in self.cells() for repeat in range(self.repeats)]
        random.Random(self.seed).shuffle(planned)  # noqa: S311 - an order, not a secret
        return planned

    def config(self, cell: Mapping[str, Any]) -> RunConfig:
        """Give the settings of a cell's runs.

        Raises:
            UsageError: its values do not go together.
        """
        records, capacity = cell["sizes"], cell["capacities"]
        settings = dict(self.settings)
        traffic = {key: settings.pop(key, None) for key in ("arrival", "mix", "clients")}
        rate = None if cell["rates"] == "none" else cell["rates"]
        meant = (cell["systems"], cell["systems"].partition("@")[0])
        settings["options"] = {name: given for name, given in settings.get("options", {}).items() if name in meant}
        return RunConfig(
            systems=(cell["systems"],),
            workload=cell["workloads"],
            max_records=records,
            capacity_records={"none": None, "half": max(1, records // 2)}.get(capacity, capacity),
            memory_limit_bytes=None if cell["memory-limits"] == "none" else cell["memory-limits"],
            traffic=make_traffic(rate, traffic["arrival"], traffic["mix"], traffic["clients"]),
            seed=cell["seeds"],
            **settings,
        )

    def _run(self, cell: Mapping[str, Any], repeat: int) -> PlannedRun:
        config = self.config(cell)
        key = sha256(msgspec.json.encode(config, order="deterministic")).hexdigest()[:_KEY_CHARACTERS]
        system = _UNSAFE.sub("-", cell["systems"].rpartition("/")[2].lower())[-_NAME_CHARACTERS:].strip("-.")
        return PlannedRun(
            run=f"{system}-{cell['sizes']}-s{cell['seeds']}-{key}-r{repeat + 1}",
            condition=self._condition(cell),
            repeat=repeat,
            config=config,
        )

    def _condition(self, cell: Mapping[str, Any]) -> str:
        """Say under what a cell's run is compared with others, as far as the campaign varies it."""
        return ", ".join(say(cell[axis]) for axis, say in CONDITIONS.items() if len(self.axes[axis]) > 1)


def excluded(cell: Mapping[str, Any], exclusion: Mapping[str, Sequence[Any]]) -> bool:
    """Tell whether a cell has one of the values on every axis named; a system's name stands for all its versions."""
    return all(
        cell[axis] in values or (axis == "systems" and cell[axis].partition("@")[0] in values)
        for axis, values in exclusion.items()
    )


def words(matrix: Matrix) -> str:
    """Say what spans the matrix, as in ``3 systems x 2 sizes x 2 seeds``."""
    parts = [f"{len(values)} {axis}" for axis, values in matrix.axes.items() if len(values) > 1 or axis == "systems"]
    return " x ".join([*parts, *([f"{matrix.repeats} repeats"] if matrix.repeats > 1 else [])]) or listed(AXES)
