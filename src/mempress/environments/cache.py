"""Where environments lie: ``MEMPRESS_CACHE``, else ``mempress`` in the user's cache directory.

environments/PROJECT-KEY/    an environment, whole: it is built beside its place and renamed into it
resolved/PROJECT-KEY.lock    what a version that is not the locked one was resolved to
package/KEY/mempress         a link to this package: what an environment sees of mempress, and no more
locks/NAME                   held by the process that builds that name
"""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import mempress
from mempress.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_KEY_CHARACTERS = 16


@dataclass(frozen=True, slots=True)
class Cache:
    """The directory of all environments."""

    root: Path

    def environment(self, project: str, *parts: str) -> Path:
        """Give the place of an environment that is made of these parts."""
        return self.root / "environments" / f"{project}-{key(*parts)}"

    def resolved(self, project: str, *parts: str) -> Path:
        """Give the place of a lock that was resolved from these parts."""
        return self.root / "resolved" / f"{project}-{key(*parts)}.lock"

    def package(self) -> Path:
        """Give a directory that holds this package and nothing else, to stand on an import path."""
        source = Path(mempress.__file__).resolve().parent
        link = self.root / "package" / key(str(source)) / source.name
        if not link.exists():
            link.parent.mkdir(parents=True, exist_ok=True)
            with suppress(FileExistsError):
                link.symlink_to(source, target_is_directory=True)
        return link.parent

    @contextmanager
    def held(self, name: str, wait: Callable[[], None]) -> Iterator[int]:
        """Hold the lock of a name, alone on this machine; gives its descriptor.

        A child that inherits the descriptor holds the lock with this process, and longer where this one is killed.
        ``wait`` is called once if another process holds it.
        """
        path = self.root / "locks" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                wait()
                fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield descriptor
        finally:
            os.close(descriptor)


def open_cache() -> Cache:
    """Give the cache; its directory is there afterwards.

    Raises:
        UsageError: it cannot be made.
    """
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    root = Path(os.environ.get("MEMPRESS_CACHE") or f"{base}/mempress").expanduser().absolute()
    try:
        root.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(
            f"{root}: {error.strerror}. Environments are kept there; set MEMPRESS_CACHE to a directory of your own."
        ) from error
    return Cache(root)


def key(*parts: str) -> str:
    """Give a short name that differs where any part does."""
    return sha256("\0".join(parts).encode()).hexdigest()[:_KEY_CHARACTERS]
