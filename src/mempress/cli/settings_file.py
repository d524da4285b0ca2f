"""A TOML file of a command's options: what is wrong with it is named by file, line and remedy."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from pathlib import Path


def take_settings(ctx: click.Context, _: click.Parameter, path: Path | None) -> Path | None:
    """Take the options of the file as defaults for those that the command line does not give (a click callback).

    Raises:
        click.BadParameter: the file cannot be read, or a key or a value of it cannot be used.
    """
    if path is not None:
        ctx.default_map = {**(ctx.default_map or {}), **_read(ctx, path)}
    return path


def settings_of(command: click.Command) -> dict[str, click.Parameter]:
    """Give what a file may set, by its key: each argument's name and each option without its dashes."""
    return {_key_of(parameter): parameter for parameter in command.params if _key_of(parameter) != "config"}


def _key_of(parameter: click.Parameter) -> str:
    return parameter.opts[-1].removeprefix("--").replace("_", "-")


def _read(ctx: click.Context, path: Path) -> dict[str, Any]:
    try:
        text = path.read_text("utf-8")
        settings = tomllib.loads(text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise click.BadParameter(
            f"{path}: {error}. Give a TOML file of options, such as max-records = 5000."
        ) from error
    known, found = settings_of(ctx.command), {}
    for key, value in settings.items():
        where = f"{path}, line {_line_of(key, text)}"
        parameter = known.get(key.replace("_", "-"))
        if parameter is None or parameter.name is None:
            raise click.BadParameter(f"{where}: unknown key {key!r}; known: {', '.join(known)}.")
        try:
            _check(ctx, parameter, value)
        except click.BadParameter as error:
            raise click.BadParameter(f"{where}: {key}: {error.message.rstrip('.')}.") from error
        found[parameter.name] = value
    return found


def _check(ctx: click.Context, parameter: click.Parameter, value: Any) -> None:
    """Refuse a value that the option does not take, also where click would bend it: true as 1, 2.5 as 2."""
    several = parameter.nargs == -1 or getattr(parameter, "multiple", False)
    if several != isinstance(value, list):
        raise click.BadParameter("give a list, such as [...]" if several else "give one value, no list")
    for one in value if several else [value]:
        if isinstance(one, (dict, list)):
            raise click.BadParameter("give a plain value, no table or list")
        if isinstance(one, bool) is not bool(getattr(parameter, "is_flag", False)):
            raise click.BadParameter("true and false are for switches alone, and a switch takes nothing else")
        if isinstance(one, float) and parameter.type is click.INT:
            raise click.BadParameter(f"{one} is no whole number")
    parameter.type_cast_value(ctx, value)


def _line_of(key: str, text: str) -> int:
    found = re.search(rf"""^\s*\[*\s*["']?{re.escape(key)}["']?\s*[=.\]]""", text, re.MULTILINE)
    return 1 if found is None else text.count("\n", 0, found.end()) + 1
