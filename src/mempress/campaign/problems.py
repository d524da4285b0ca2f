"""Which line of a TOML file an error is about: ``tomllib`` gives values alone."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any

from mempress.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_SYNTAX_LINE = re.compile(r"at line (\d+)")


class CampaignError(UsageError):
    """A campaign's file cannot be used; names file, line and remedy."""

    def __init__(self, path: object, line: int | None, problem: str, remedy: str) -> None:
        where = f"{path}:{line}" if line is not None else f"{path}"
        super().__init__(f"{where}: {problem}. {remedy}")


def read_toml(path: Path) -> tuple[str, dict[str, Any]]:
    """Give a file's text and its values.

    Raises:
        CampaignError: it cannot be read, or is not TOML.
    """
    try:
        text = path.read_bytes().decode("utf-8")
    except OSError as error:
        raise CampaignError(path, None, f"{error.strerror}", "Give the path of a campaign's TOML file.") from error
    except UnicodeDecodeError as error:
        raise CampaignError(path, None, "it is not UTF-8", "Save it as UTF-8.") from error
    try:
        return text, tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _SYNTAX_LINE.search(str(error))
        line = int(found[1]) if found else text.count("\n") + 1
        raise CampaignError(path, line, f"no TOML: {error}", "Mend the line; see docs/campaigns.md.") from error


def line_of(text: str, keys: Sequence[str | int]) -> int | None:
    """Give the line on which the statement begins that brings the value at ``keys``; None where none does.

    A text cut after a statement is TOML again: the value comes with the first cut that has it, and its statement began
    after the cut before.
    """
    lines = text.splitlines()
    whole = 0
    for end in range(1, len(lines) + 1):
        try:
            values = tomllib.loads("\n".join(lines[:end]) + "\n")
        except tomllib.TOMLDecodeError:
            continue
        if _has(values, keys):
            return next(at for at in range(whole + 1, end + 1) if _says_something(lines[at - 1]))
        whole = end
    return None


def _has(values: Any, keys: Sequence[str | int]) -> bool:
    for key in keys:
        if isinstance(key, int):
            if not isinstance(values, list) or len(values) <= key:
                return False
        elif not isinstance(values, dict) or key not in values:
            return False
        values = values[key]
    return True


def _says_something(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")
