"""The tables of a store, their version, and the steps from one version to the next.

``records`` holds what never changes, ``state`` what use and maintenance change, in a line of fixed length (see
``ledger.LINE``), and the id once more, so that the loss of a record's page still leaves its name. Both are keyed by
slot, a small number that a later record takes over; a replacement then rewrites the victim's own page, and the file
does not grow. A line of ``state`` counts only while its ``arrived`` is that of the slot's record, so that a replacement
need not touch it: lines are renewed in the order of slots, many to a page. That an id is held once is the engine's
care: an index of ids in the file would double the pages that a replacement writes. The vectors stand here in half
precision and are the only durable ones: the index is derived from them at every opening.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mempress.neuroca.errors import SettingsError

if TYPE_CHECKING:
    import apsw

VERSION = 1
APPLICATION_ID = 0x4E524341  # "NRCA"

_CREATE = """
CREATE TABLE meta(key TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE records(
    slot INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    text TEXT NOT NULL,
    metadata TEXT NOT NULL,
    importance REAL NOT NULL,
    pinned INTEGER NOT NULL,
    size INTEGER NOT NULL,
    arrived INTEGER NOT NULL,
    exposed REAL NOT NULL,
    stored_at REAL NOT NULL,
    occurred_at REAL,
    checksum INTEGER NOT NULL,
    vector BLOB
);
CREATE TABLE state(
    slot INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    line BLOB NOT NULL
);
"""
_CREATE_WORDS = """
CREATE VIRTUAL TABLE words USING fts5(
    text, content='', contentless_delete=1, tokenize="unicode61 remove_diacritics 2"
);
"""
RENEW_WORDS = f"DROP TABLE words; {_CREATE_WORDS}"
"""Empties the index of words, even a damaged one."""

MIGRATIONS: dict[int, str] = {0: _CREATE + _CREATE_WORDS}
"""Version -> the SQL that leads to the next one. Version 0 is an empty file."""


def migrate(db: apsw.Connection) -> None:
    """Bring the database to VERSION, step by step, each in one transaction.

    Raises:
        SettingsError: the file is a database of another program, or of a newer version of this one.
    """
    version = int(db.pragma("user_version"))
    application = int(db.pragma("application_id"))
    tables = next(db.execute("SELECT count(*) FROM sqlite_schema"))[0]
    if application != APPLICATION_ID and (version or tables):
        raise SettingsError(f"{db.filename} is a database of another program: give the engine a directory of its own.")
    if version > VERSION:
        raise SettingsError(
            f"{db.filename} has schema version {version}, this engine knows up to {VERSION}: use a newer engine."
        )
    for step in range(version, VERSION):
        with db:
            db.execute(MIGRATIONS[step])
            db.execute(f"PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {step + 1}")
