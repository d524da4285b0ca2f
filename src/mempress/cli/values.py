"""What an option's value may be, besides what click knows."""

from __future__ import annotations

import re
from typing import Any

import click

from mempress.config import parse_size
from mempress.errors import UsageError
from mempress.soaking import parse_duration

_PERCENT = re.compile(r"(?P<number>\d+(\.\d+)?)\s*%")


class Size(click.ParamType[int]):
    """A size such as 512MiB."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read a size; a number stays as it is."""
        if isinstance(value, int):
            return value
        try:
            return parse_size(value)
        except UsageError as error:
            self.fail(str(error), param, ctx)


class CapacityRecords(click.ParamType["int | str"]):
    """A number of records, or ``none``."""

    name = "integer or none"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int | str:
        """Read a number or ``none``."""
        text = str(value)
        if text != "none" and not text.isdigit():
            self.fail(f"{text!r} is neither a whole number nor 'none'", param, ctx)
        return text if text == "none" else int(text)


class Percent(click.ParamType[float]):
    """A share such as 1%."""

    name = "percent"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read a percentage above 0 and below 100; gives the share."""
        if isinstance(value, float):
            return value
        match = _PERCENT.fullmatch(str(value).strip())
        if match is None or not 0.0 < float(match["number"]) < 100.0:
            self.fail(f"{value!r} is no percentage: write one above 0% and below 100%, such as 1%", param, ctx)
        return float(match["number"]) / 100.0


class Duration(click.ParamType[float]):
    """A time such as 10m."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read a time; gives seconds."""
        if isinstance(value, float):
            return value
        try:
            return parse_duration(str(value))
        except UsageError as error:
            self.fail(str(error), param, ctx)
