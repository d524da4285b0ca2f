"""``mempress init``: a first adapter and a file of settings, ready to be run and changed."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mempress.cli.settings_file import settings_of
from mempress.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

SETTINGS = "mempress.toml"
ADAPTER = "my_memory.py"
_OF_ONE_CALL = {"resume", "json"}
_SHOWN = {"systems": f'["neuroca", "{ADAPTER}:MyMemory"]', "max-records": "5000"}
"""Settings that stand in the file as more than a comment."""


@click.command()
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False), default=Path())
def command(directory: Path) -> int:
    """Write my_memory.py, a first adapter, and mempress.toml, the settings of a run, into DIRECTORY (default: here).

    No file that exists is touched.
    """
    texts = {ADAPTER: files("mempress.cli.starter").joinpath(ADAPTER).read_text("utf-8"), SETTINGS: settings_text()}
    if held := [name for name in texts if (directory / name).exists()]:
        raise UsageError(f"{directory / held[0]} is there already: move it away, or name another directory.")
    directory.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        with (directory / name).open("x", encoding="utf-8") as file:
            file.write(text)
        click.echo(f"wrote {directory / name}")
    enter = "" if directory == Path() else f"cd {directory}\n"
    click.echo(f"Next:\n{enter}mempress check {ADAPTER}:MyMemory\nmempress run --config {SETTINGS}")
    return 0


def settings_text() -> str:
    """Give a TOML file of all options of a run, each with its help; those that are only defaults are comments."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    from mempress.cli.run import command as run_command

    yield f"# mempress run --config {SETTINGS}"
    yield "# What the command line says goes before what stands here. A line that begins with # is a default."
    for key, setting in settings_of(run_command).items():
        if key in _OF_ONE_CALL:
            continue
        yield ""
        if isinstance(setting, click.Option) and setting.help:
            yield f"# {setting.help}"
        yield f"{key} = {_SHOWN[key]}" if key in _SHOWN else f"# {key} = {_value_text(setting)}"


def _value_text(setting: click.Parameter) -> str:
    """Give the default in TOML; dots where there is none."""
    if getattr(setting, "multiple", False):
        return "[]"
    if getattr(setting, "is_flag", False):
        return "false"
    if isinstance(setting.default, (int, float, str)):
        return json.dumps(setting.default)
    return json.dumps(str(setting.default)) if isinstance(setting.default, Path) else "..."
