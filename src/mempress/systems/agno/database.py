"""Opening the database under Agno's memory manager."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast
from uuid import uuid4

from mempress.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from mempress.systems.agno.library import BaseDb
    from mempress.systems.agno.options import AgnoOptions
    from mempress.systems.servers.postgres import PostgresServer


def open_database(workdir: Path, options: AgnoOptions, server: PostgresServer | None) -> BaseDb:
    """Open the database that the options name, each with Agno's own settings; files lie under ``workdir``.

    ``server`` is the PostgreSQL of its own, in which Agno's own schema is made; None where ``db_url`` names another.

    Raises:
        UsageError: a package that the database needs is not installed.
    """
    try:
        match options.db:
            case "sqlite":
                return _construct("agno.db.sqlite", "SqliteDb", db_file=str(workdir / "agno.db"))
            case "memory":
                return _construct("agno.db.in_memory", "InMemoryDb")
            case "json":
                return _construct("agno.db.json", "JsonDb", db_path=str(workdir / "agno_json"))
            case "postgres":
                if server is not None:
                    return _construct("agno.db.postgres", "PostgresDb", db_url=server.url("psycopg"))
                schema = _schema_of(workdir)
                return _construct("agno.db.postgres", "PostgresDb", db_url=options.db_url, db_schema=schema)
    except ImportError as error:
        raise UsageError(
            f"agno: db={options.db} needs a package that this version does not bring ({error}). Use another db."
        ) from error


def _construct(module: str, name: str, **arguments: str | None) -> BaseDb:
    return cast("BaseDb", getattr(import_module(module), name)(**arguments))


def _schema_of(workdir: Path) -> str:
    """Give the PostgreSQL schema of this workdir, noted in it, so that no run meets the memories of another."""
    note = workdir / "postgres_schema"
    if not note.exists():
        note.write_text(f"mempress_{uuid4().hex}", encoding="ascii")
    return note.read_text(encoding="ascii")
