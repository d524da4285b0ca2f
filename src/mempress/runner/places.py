"""Where each system of a benchmark runs, found or built once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mempress.environments import EnvironmentFailedError, Interpreter, prepare
from mempress.runner.supervisor import Launch

if TYPE_CHECKING:
    from collections.abc import Callable

    from mempress.runner.client import WorkerSettings
    from mempress.systems.registry import SystemReference


@dataclass(frozen=True, slots=True)
class Place:
    """The interpreter of a system's worker; None where its environment could not be built, ``refusal`` says why."""

    interpreter: Interpreter | None
    refusal: str | None = None

    def settings(self, common: WorkerSettings) -> WorkerSettings:
        """Give the settings of its worker: those of all workers, in its own interpreter."""
        if self.interpreter is None:
            return common
        environment = self.interpreter.environment(common.launch.environment)
        return replace(common, launch=Launch(tuple(self.interpreter.command()), environment))


class Places:
    """The places of a benchmark's systems: what could not be built once is not tried again."""

    def __init__(self) -> None:
        self._known: dict[str, Place] = {}

    def of(self, reference: SystemReference, say: Callable[[str], None]) -> Place:
        """Give a system's place; ``say`` is told how its environment is built, where it is."""
        if reference.spec not in self._known:
            try:
                self._known[reference.spec] = Place(prepare(reference, say))
            except EnvironmentFailedError as error:
                self._known[reference.spec] = Place(None, str(error))
        return self._known[reference.spec]
