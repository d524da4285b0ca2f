"""The options of the Agno adapter, checked before Agno is asked for anything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, cast

from mempress.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mempress.systems.protocol import JSON

Retrieval = Literal["last_n", "first_n", "content"]
Database = Literal["sqlite", "memory", "json", "postgres"]
Write = Literal["single", "bulk"]

_CHOICES: Mapping[str, tuple[str, ...]] = {
    "retrieval": ("last_n", "first_n", "content"),
    "db": ("sqlite", "memory", "json", "postgres"),
    "write": ("single", "bulk"),
}
_TEXTS = ("db_url", "user_id")


@dataclass(frozen=True, slots=True)
class AgnoOptions:
    """Which of Agno's ways a run takes; the defaults are Agno's as shipped, over its SQLite database."""

    retrieval: Retrieval = "last_n"
    db: Database = "sqlite"
    write: Write = "single"
    db_url: str | None = None
    user_id: str = "default"


def parse_options(options: Mapping[str, JSON]) -> AgnoOptions:
    """Read the adapter's options.

    Raises:
        UsageError: an option or a value is unknown, or ``db_url`` stands beside another ``db``; the text lists
            what is right.
    """
    for key, value in options.items():
        _check(key, value)
    if "db_url" in options and options.get("db") != "postgres":
        raise UsageError(
            "agno: the option db_url goes with db=postgres alone. Give both, such as "
            "agno.db=postgres agno.db_url=postgresql+psycopg://user:password@host/name, or no db_url."
        )
    return AgnoOptions(
        retrieval=cast("Retrieval", options.get("retrieval", "last_n")),
        db=cast("Database", options.get("db", "sqlite")),
        write=cast("Write", options.get("write", "single")),
        db_url=options.get("db_url"),
        user_id=options.get("user_id", "default"),
    )


def _check(key: str, value: JSON) -> None:
    if key in _TEXTS:
        if not isinstance(value, str) or not value:
            raise UsageError(f"agno: the option {key} is {value!r}. Give a text that is not empty.")
    elif key not in _CHOICES:
        known = ", ".join((*_CHOICES, *_TEXTS))
        raise UsageError(f"agno: there is no option {key!r}. Use some of {known}.")
    elif key == "retrieval" and value == "agentic":
        raise UsageError(
            "agno: retrieval=agentic asks a language model for each search, and mempress runs none. "
            f"Use one of {', '.join(_CHOICES[key])}."
        )
    elif value not in _CHOICES[key]:
        raise UsageError(f"agno: the option {key} is {value!r}. Use one of {', '.join(_CHOICES[key])}.")
