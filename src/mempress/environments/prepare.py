"""A system's environment, found in the cache or built there."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from mempress.environments.cache import open_cache
from mempress.environments.interpreter import Interpreter, own_interpreter
from mempress.environments.plan import known_plan, plan
from mempress.environments.uv import run_uv
from mempress.systems.shipped import LOCK

if TYPE_CHECKING:
    from collections.abc import Callable

    from mempress.environments.cache import Cache
    from mempress.environments.plan import Plan
    from mempress.systems.registry import SystemReference


def prepare(reference: SystemReference, say: Callable[[str], None]) -> Interpreter:
    """Give the interpreter in which a system runs, built first where it is not there yet.

    What is built is kept, and found again without a network. ``say`` is told each line of progress.

    Raises:
        EnvironmentFailedError: uv cannot resolve, fetch or install what the system requires; in its words.
        UsageError: the cache cannot be made.
    """
    project = reference.project
    if project is None or not project.requirements:
        return own_interpreter()

    def tell(text: str) -> None:
        say(f"{reference.label}: {text}")

    cache = open_cache()
    planned = plan(reference, project, cache, tell)
    if not _is_whole(planned.place):
        _build(planned, cache, tell)
    return Interpreter(
        executable=str(planned.place / "bin" / "python"),
        python=planned.base.version,
        path=tuple(str(site) for site in planned.place.glob("lib/python*/site-packages")),
        flags=("-P",),
        variables={**project.variables, "PYTHONPATH": str(cache.package())},
        lock=planned.place / LOCK,
    )


def is_ready(reference: SystemReference) -> bool:
    """Whether a run of the system would find its environment built; reaches no network.

    Raises:
        EnvironmentFailedError: no Python here fits it.
    """
    project = reference.project
    if project is None or not project.requirements:
        return True
    planned = known_plan(reference, project, open_cache())
    return planned is not None and _is_whole(planned.place)


def _is_whole(place: Path) -> bool:
    """Whether an environment stands there, on a Python that is still there."""
    return (place / LOCK).is_file() and (place / "bin" / "python").exists()


def _build(planned: Plan, cache: Cache, tell: Callable[[str], None]) -> None:
    """Build an environment beside its place and rename it; whoever comes second waits and finds it."""
    place = planned.place
    place.parent.mkdir(parents=True, exist_ok=True)
    with cache.held(place.name, lambda: tell("waiting for another process that builds its environment")) as held:
        if _is_whole(place):
            return
        for remains in (place, *place.parent.glob(f".{place.name}-*")):
            shutil.rmtree(remains, ignore_errors=True)
        tell("building its environment, once for all runs")
        draft = Path(tempfile.mkdtemp(prefix=f".{place.name}-", dir=place.parent))
        try:
            _install(planned, draft, tell, held)
            draft.rename(place)
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise


def _install(planned: Plan, draft: Path, tell: Callable[[str], None], held: int) -> None:
    venv = ["venv", "--quiet", "--no-project", "--relocatable", "--allow-existing"]
    run_uv([*venv, "--python", planned.base.executable, str(draft)], cwd=draft.parent, say=tell, held=held)
    (draft / LOCK).write_text(planned.lock, "utf-8")
    install = ["pip", "install", "--python", str(draft / "bin" / "python"), "--require-hashes", "--compile-bytecode"]
    run_uv([*install, "-r", str(draft / LOCK)], cwd=draft.parent, say=tell, held=held)
