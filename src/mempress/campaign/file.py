"""Reads a campaign's file, strictly: what is unknown, mistyped or impossible is an error that names its line."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import msgspec

from mempress.campaign.matrix import AXES, Matrix, excluded
from mempress.campaign.problems import CampaignError, line_of, read_toml
from mempress.config import RunConfig, parse_size
from mempress.errors import UsageError
from mempress.systems.registry import find_system
from mempress.workload import open_source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path
    from typing import NoReturn

_MOST_RUNS = 1_000_000
_DEFAULTS: Mapping[str, Sequence[Any]] = {
    "workloads": ["facts"],
    "sizes": [20_000],
    "capacities": ["half"],
    "memory-limits": ["none"],
    "rates": ["none"],
    "seeds": [42],
}
_OF_AN_AXIS = frozenset(
    {"systems", "workload", "max_records", "capacity_records", "memory_limit_bytes", "traffic", "seed", "repeats"}
)
_SHORTER = {"timeout": "timeout_seconds", "fault": "faults"}
"""Settings whose option on the command line is called otherwise than their field."""
_OF_TRAFFIC: Mapping[str, type] = {"arrival": str, "mix": str, "clients": int}
_FIELDS = {
    field.name: field.type for field in msgspec.structs.fields(RunConfig) if field.name not in {*_OF_AN_AXIS, "soak"}
}
_SETTINGS = sorted({name.replace("_", "-") for name in _FIELDS} | set(_SHORTER) | set(_OF_TRAFFIC))
_TABLES = ("campaign", "matrix", "settings", "exclude")


def read_campaign(path: Path) -> Matrix:
    """Read a campaign's file; every run that it asks for is one that could be started.

    Raises:
        CampaignError: it cannot be used; the text names file, line and remedy.
    """
    return _Reader(path).matrix()


class _Reader:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._text, self._values = read_toml(path)

    def matrix(self) -> Matrix:
        self._known((), self._values, _TABLES)
        head = self._table("campaign")
        self._known(("campaign",), head, ("name", "seed"))
        given = self._table("matrix")
        self._known(("matrix",), given, (*AXES, "repeats"))
        if "systems" not in given:
            self._fail(("matrix",), "[matrix] names no systems", 'Write systems = ["neuroca", "agno"] below [matrix].')
        axes = {axis: self._axis(("matrix", axis), axis, given.get(axis, _DEFAULTS.get(axis))) for axis in AXES}
        matrix = Matrix(
            name=self._typed(("campaign", "name"), head.get("name", self._path.stem), str),
            seed=self._typed(("campaign", "seed"), head.get("seed", 42), int),
            repeats=self._positive(("matrix", "repeats"), given.get("repeats", 1)),
            axes=axes,
            exclusions=self._exclusions(axes),
            settings=self._settings(axes),
        )
        self._check(matrix)
        return matrix

    def _table(self, name: str) -> dict[str, Any]:
        table = self._values.get(name, {})
        if not isinstance(table, dict):
            self._fail((name,), f"{name} is no table", f"Write [{name}] on a line, and its keys below.")
        return table

    def _known(self, at: tuple[str | int, ...], given: Iterable[str], known: Sequence[str]) -> None:
        for key in given:
            if key not in known:
                near = get_close_matches(key, known, n=1)
                hint = f"Did you mean {near[0]!r}? " if near else ""
                self._fail((*at, key), f"unknown key {key!r}", f"{hint}Known here: {', '.join(known)}.")

    def _typed(self, at: tuple[str | int, ...], value: Any, kind: Any) -> Any:
        try:
            return msgspec.convert(value, kind)
        except msgspec.ValidationError as error:
            self._fail(at, f"{at[-1]} = {_shown(value)}: {error}", "Write a value of that type.")

    def _positive(self, at: tuple[str | int, ...], value: Any) -> int:
        number: int = self._typed(at, value, int)
        if number < 1:
            self._fail(at, f"{at[-1]} = {number}", "Give a whole number above 0.")
        return number

    def _axis(self, at: tuple[str | int, ...], axis: str, given: Any) -> list[Any]:
        if not isinstance(given, list) or not given:
            self._fail(at, f"{axis} = {_shown(given)} is no list of values", f"Write a list: {_EXAMPLES[axis]}.")
        values = [self._value(at, axis, value) for value in given]
        for place, value in enumerate(values):
            if value in values[:place]:
                self._fail(at, f"{axis} names {_shown(value)} twice", "Name each value once; repeats = N repeats runs.")
        return values

    def _value(self, at: tuple[str | int, ...], axis: str, value: Any) -> Any:
        try:
            return _READERS[axis](value)
        except UsageError as error:
            self._fail(at, f"{axis}: {_without_end(error)}", "Mend or remove it.")
        except (TypeError, ValueError):
            self._fail(at, f"{axis} holds {_shown(value)}", f"Write for example {_EXAMPLES[axis]}.")

    def _exclusions(self, axes: Mapping[str, Sequence[Any]]) -> list[dict[str, list[Any]]]:
        entries = self._values.get("exclude", [])
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            self._fail(("exclude",), "exclude is no list of tables", "Write [[exclude]] on a line, and its keys below.")
        return [self._exclusion(("exclude", number), entry, axes) for number, entry in enumerate(entries)]

    def _exclusion(
        self, at: tuple[str | int, ...], entry: Mapping[str, Any], axes: Mapping[str, Sequence[Any]]
    ) -> dict[str, list[Any]]:
        self._known(at, entry, AXES)
        if not entry:
            self._fail(at, "an exclusion names nothing, so it would exclude all", f"Name one of {', '.join(AXES)}.")
        found = {}
        for axis, given in entry.items():
            values = given if isinstance(given, list) else [given]
            found[axis] = [self._value((*at, axis), axis, value) for value in values]
            names = {value.partition("@")[0] for value in axes["systems"]} if axis == "systems" else set()
            for value in found[axis]:
                if value not in axes[axis] and value not in names:
                    there = ", ".join(_shown(each) for each in axes[axis])
                    self._fail(
                        (*at, axis), f"{axis} to exclude: {_shown(value)} is not in the matrix", f"There: {there}."
                    )
        return found

    def _settings(self, axes: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
        given = self._table("settings")
        for key, axis in _AXIS_OF.items():
            if key in given:
                self._fail(("settings", key), f"{key} is an axis", f"Write {axis} = [...] below [matrix].")
        self._known(("settings",), given, _SETTINGS)
        settings = {_SHORTER.get(key, key.replace("-", "_")): self._setting(key, value) for key, value in given.items()}
        for system in settings.get("options", {}):
            if system not in {name for spec in axes["systems"] for name in (spec, spec.partition("@")[0])}:
                self._fail(
                    ("settings", "options", system),
                    f"options are meant for {system!r}, which is not in the matrix",
                    f"There: {', '.join(axes['systems'])}.",
                )
        return settings

    def _setting(self, key: str, value: Any) -> Any:
        if key == "capacity-bytes" and isinstance(value, str):
            try:
                return parse_size(value)
            except UsageError as error:
                self._fail(("settings", key), _without_end(error), 'Write a size, such as "64MiB".')
        kind = _OF_TRAFFIC.get(key) or _FIELDS[_SHORTER.get(key, key.replace("-", "_"))]
        return self._typed(("settings", key), value, kind)

    def _check(self, matrix: Matrix) -> None:
        """See that something is left to run, that every exclusion excludes something, and that values go together."""
        combinations = matrix.repeats
        for values in matrix.axes.values():
            combinations *= len(values)
        if combinations > _MOST_RUNS:
            self._fail(("matrix",), f"it spans {combinations:,} runs", f"Ask for {_MOST_RUNS:,} at most.")
        cells = list(Matrix(matrix.name, matrix.seed, 1, matrix.axes, [], {}).cells())
        for number, exclusion in enumerate(matrix.exclusions):
            at = ("exclude", number)
            if not any(excluded(cell, exclusion) for cell in cells):
                self._fail(at, "this exclusion excludes nothing", "Mend its values, or remove it.")
        left = list(matrix.cells())
        if not left:
            self._fail(("exclude",), "the exclusions leave nothing to run", "Remove one, or narrow it.")
        for cell in left:
            self._check_cell(matrix, cell)

    def _check_cell(self, matrix: Matrix, cell: Mapping[str, Any]) -> None:
        try:
            config = matrix.config(cell)
        except UsageError as error:
            at = next((("settings", key) for key in self._table("settings") if f"--{key}" in str(error)), ("matrix",))
            self._fail(at, f"{cell['systems']} cannot be run so: {_without_end(error)}", "Mend it there.")
        try:
            open_source(config.workload, seed=config.seed, batch_size=config.batch_size)
        except UsageError as error:
            self._fail(("matrix", "workloads"), _without_end(error), "Mend or remove it.")

    def _fail(self, at: Sequence[str | int], problem: str, remedy: str) -> NoReturn:
        """Raise the error at the line of the value, or of the nearest table around it that the file has."""
        line = None
        keys = list(at)
        while keys and line is None:
            line = line_of(self._text, keys)
            keys.pop()
        raise CampaignError(self._path, line or 1, problem, remedy)


def _system(value: Any) -> str:
    return find_system(_text(value)).spec


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise TypeError(value)
    return value


def _count(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 1 << 53:
        raise TypeError(value)
    return value


def _capacity(value: Any) -> int | str:
    return str(value) if value in ("none", "half") else _count(value)


def _limit(value: Any) -> int | str:
    if value == "none":
        return "none"
    return _count(parse_size(value) if isinstance(value, str) else value)


def _rate(value: Any) -> float | str:
    if value == "none":
        return "none"
    if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
        raise TypeError(value)
    return float(value)


def _seed(value: Any) -> int:
    return 0 if value == 0 and isinstance(value, int) and not isinstance(value, bool) else _count(value)


def _shown(value: Any) -> str:
    return "nothing" if value is None else msgspec.json.encode(value, enc_hook=str).decode()


def _without_end(error: UsageError) -> str:
    return str(error).rstrip(".")


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "systems": _system,
    "workloads": _text,
    "sizes": _count,
    "capacities": _capacity,
    "memory-limits": _limit,
    "rates": _rate,
    "seeds": _seed,
}
_EXAMPLES = {
    "systems": '["neuroca", "agno@2.3.26"]',
    "workloads": '["facts", "FILE.jsonl"]',
    "sizes": "[2000, 20000]",
    "capacities": '["half", "none", 5000]',
    "memory-limits": '["none", "512MiB"]',
    "rates": '["none", 50]',
    "seeds": "[1, 2]",
}
_AXIS_OF = {
    "systems": "systems",
    "workload": "workloads",
    "max-records": "sizes",
    "capacity-records": "capacities",
    "memory-limit": "memory-limits",
    "rate": "rates",
    "seed": "seeds",
    "repeats": "repeats",
}
