"""From a system's name on the command line to its adapter class, without importing it before it is asked for."""

from __future__ import annotations

import importlib
import importlib.util
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mempress.errors import AdapterError, UsageError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

    from mempress.systems.protocol import SystemConfig

ENTRY_POINT_GROUP = "mempress.systems"
Factory = Callable[[Path, "SystemConfig"], Any]
_REFERENCE = re.compile(r"(?P<module>[^\W\d]\w*(\.[^\W\d]\w*)*):(?P<attribute>[^\W\d]\w*)")


@dataclass(frozen=True, slots=True)
class SystemReference:
    """Where an adapter is found: an entry point's name, ``package.module:Class`` or ``path/to/file.py:Class``.

    ``spec`` is what the user wrote, a path made absolute, so that a worker in another directory finds the same.
    """

    spec: str
    label: str
    """The entry point's name, else the class's name in lower case, until the loaded class gives its own ``name``."""
    named: bool
    """Whether the label is an entry point's name, which the class's own ``name`` does not replace."""


def installed_systems() -> Mapping[str, EntryPoint]:
    """Give the entry points of the group by name, sorted.

    Raises:
        UsageError: two distributions claim one name.
    """
    from importlib.metadata import entry_points  # noqa: PLC0415 - costs as much as all else that a worker imports

    found: dict[str, EntryPoint] = {}
    for point in sorted(entry_points(group=ENTRY_POINT_GROUP), key=lambda point: point.name):
        other = found.setdefault(point.name, point)
        if other.value != point.value or _distribution(other) != _distribution(point):
            raise UsageError(
                f"The system name {point.name!r} is claimed by {_distribution(other)} ({other.value}) and by "
                f"{_distribution(point)} ({point.value}): uninstall one, or name the class as package.module:Class."
            )
    return found


def find_system(spec: str) -> SystemReference:
    """Find where ``spec`` points, importing nothing.

    Raises:
        UsageError: there is no such entry point, file or module; the text names the nearest or the remedy.
    """
    location, separator, attribute = spec.rpartition(":")
    if separator and location.endswith(".py"):
        path = Path(location).expanduser().resolve()
        if not path.is_file():
            raise UsageError(f"{spec}: there is no file {path}. Give the path of a file that defines the class.")
        if not attribute.isidentifier():
            raise UsageError(f"{spec}: {attribute!r} is no class name. Write path/to/file.py:ClassName.")
        return SystemReference(f"{path}:{attribute}", attribute.lower(), named=False)
    if match := _REFERENCE.fullmatch(spec):
        return SystemReference(spec, match["attribute"].lower(), named=False)
    installed = installed_systems()
    if spec in installed:
        return SystemReference(spec, spec, named=True)
    from difflib import get_close_matches  # noqa: PLC0415 - for an error alone

    near = get_close_matches(spec, installed, n=1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    raise UsageError(
        f"There is no system {spec!r}.{hint} Known: {', '.join(installed)}; or give path/to/file.py:Class or "
        "package.module:Class."
    )


def load_system(spec: str) -> Factory:
    """Import the adapter class that ``spec`` names: an entry point, ``package.module:Class`` or ``file.py:Class``.

    Raises:
        UsageError: nothing is found there.
        AdapterError: the class cannot be imported or is no class.
    """
    reference = find_system(spec)
    try:
        cls = _import(reference)
    except UsageError:
        raise
    except Exception as error:  # an adapter's module may raise anything while it is imported
        raise AdapterError(f"{spec} cannot be loaded: {type(error).__name__}: {error}{_place(error)}.") from error
    if not isinstance(cls, type):
        raise AdapterError(f"{spec} is {cls!r}, not a class: name the adapter's class.")
    return cls


def _import(reference: SystemReference) -> Any:
    if reference.named:
        return installed_systems()[reference.spec].load()
    location, _, attribute = reference.spec.rpartition(":")
    module = _import_file(Path(location)) if location.endswith(".py") else importlib.import_module(location)
    return getattr(module, attribute)


def _import_file(path: Path) -> Any:
    """Import a file as a module of its own name, its directory on the path as a script's would be."""
    name = path.stem if path.stem not in sys.modules else f"mempress_adapter_{path.stem}"
    sys.path.insert(0, str(path.parent))
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        sys.modules.pop(name, None)
        raise
    return module


def _place(error: BaseException) -> str:
    """Give the file and line at which an import failed, where that is not the search for the module itself."""
    import traceback  # noqa: PLC0415 - for an error alone

    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if not frame.filename.startswith("<")]
    return f" ({frames[-1].filename}:{frames[-1].lineno})" if frames and frames[-1].filename != __file__ else ""


def _distribution(point: EntryPoint) -> str:
    return point.dist.name if point.dist is not None else "an unknown distribution"
