"""From a system's name on the command line to its adapter class, without importing it before it is asked for."""

from __future__ import annotations

import importlib
import importlib.util
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mempress.errors import AdapterError, UsageError
from mempress.systems.shipped import Offer, Project, shipped_projects

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

    from mempress.systems.protocol import JSON, SystemConfig

ENTRY_POINT_GROUP = "mempress.systems"
Factory = Callable[[Path, "SystemConfig"], Any]
_REFERENCE = re.compile(r"(?P<module>[^\W\d]\w*(\.[^\W\d]\w*)*):(?P<attribute>[^\W\d]\w*)")
_VERSION = re.compile(r"[0-9][0-9A-Za-z.+!]{0,63}")


@dataclass(frozen=True, slots=True)
class SystemReference:
    """Where an adapter is found: ``agno``, ``agno@2.3.26``, ``package.module:Class`` or ``path/to/file.py:Class``.

    ``spec`` is what the user wrote, a path made absolute, so that a worker in another directory finds the same.
    """

    spec: str
    label: str
    """The name as written, else the class's name in lower case, until the loaded class gives its own ``name``."""
    named: bool
    """Whether the label is a name, which the class's own ``name`` does not replace."""
    target: str
    """What a worker loads: the class as module or file, or an entry point's name."""
    project: Project | None = None
    """The folder that it ships in; None: someone else's."""
    offer: Offer | None = None
    version: str | None = None
    """The version asked for; None: the locked one."""

    @property
    def name(self) -> str:
        """The label without a version."""
        return self.label if self.offer is None else self.offer.name

    def options(self, given: Mapping[str, Mapping[str, JSON]]) -> dict[str, JSON]:
        """Give the adapter's options: its offer's own, then those given for its name, then for its version alone."""
        own = {} if self.offer is None else self.offer.options
        return {**own, **given.get(self.name, {}), **given.get(self.label, {})}


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


def shipped_systems() -> dict[str, tuple[Project, Offer]]:
    """Give every system that ships with mempress by name, sorted.

    Raises:
        AdapterError: a project's description is not as it must be, or two offer one name.
    """
    found: dict[str, tuple[Project, Offer]] = {}
    for project in shipped_projects():
        for offer in project.offers:
            other, _ = found.setdefault(offer.name, (project, offer))
            if other is not project:
                raise AdapterError(f"The projects {other.name} and {project.name} both offer {offer.name!r}.")
    return dict(sorted(found.items()))


def known_systems() -> list[SystemReference]:
    """Give every system that has a name here, sorted by it.

    Raises:
        UsageError: a distribution claims a name that is taken.
    """
    shipped = shipped_systems()
    installed = installed_systems()
    for name in shipped.keys() & installed.keys():
        raise UsageError(
            f"The system name {name!r} is claimed by mempress ({shipped[name][1].target}) and by "
            f"{_distribution(installed[name])} ({installed[name].value}): uninstall that, or name its class as "
            "package.module:Class."
        )
    own = [
        SystemReference(name, name, True, offer.target, project, offer) for name, (project, offer) in shipped.items()
    ]
    others = [SystemReference(name, name, True, name) for name in installed]
    return sorted(own + others, key=lambda reference: reference.label)


def find_system(spec: str) -> SystemReference:
    """Find where ``spec`` points, importing nothing of it.

    Raises:
        UsageError: there is no such name, version, file or module; the text names the nearest or the remedy.
    """
    location, separator, attribute = spec.rpartition(":")
    if separator and location.endswith(".py"):
        path = Path(location).expanduser().resolve()
        if not path.is_file():
            raise UsageError(f"{spec}: there is no file {path}. Give the path of a file that defines the class.")
        if not attribute.isidentifier():
            raise UsageError(f"{spec}: {attribute!r} is no class name. Write path/to/file.py:ClassName.")
        return SystemReference(f"{path}:{attribute}", attribute.lower(), named=False, target=f"{path}:{attribute}")
    if match := _REFERENCE.fullmatch(spec):
        return SystemReference(spec, match["attribute"].lower(), named=False, target=spec)
    return _find_named(spec)


def _find_named(spec: str) -> SystemReference:
    name, at, version = spec.partition("@")
    known = {reference.label: reference for reference in known_systems()}
    if name in known:
        return _at_version(known[name], version) if at else known[name]
    from difflib import get_close_matches  # noqa: PLC0415 - for an error alone

    near = get_close_matches(name, known, n=1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    raise UsageError(
        f"There is no system {spec!r}.{hint} Known: {', '.join(known)}; or give path/to/file.py:Class or "
        "package.module:Class."
    )


def _at_version(reference: SystemReference, version: str) -> SystemReference:
    spec = f"{reference.label}@{version}"
    if reference.project is None or not reference.project.requirements:
        raise UsageError(f"{spec}: {reference.label} runs as it is installed here. Leave out @{version}.")
    if not _VERSION.fullmatch(version):
        raise UsageError(f"{spec}: {version!r} is no version. Write NAME@VERSION, such as agno@2.3.26.")
    return replace(reference, spec=spec, label=spec, version=version)


def load_system(spec: str) -> Factory:
    """Import the adapter that ``spec`` names (see ``find_system``) into this interpreter.

    Gives its class; of a name that stands for options of its own, a function that opens the class with them.

    Raises:
        UsageError: nothing is found there.
        AdapterError: the class cannot be imported or is no class.
    """
    reference = find_system(spec)
    cls = load_class(reference.target)
    own = {} if reference.offer is None else reference.offer.options

    def open_with_its_options(workdir: Path, config: SystemConfig) -> Any:
        return cls(workdir, replace(config, options={**own, **config.options}))

    return open_with_its_options if own else cls


def load_class(target: str) -> type:
    """Import the class that a reference's ``target`` names; raises as ``load_system`` does."""
    try:
        cls = _import(target)
    except UsageError:
        raise
    except Exception as error:  # an adapter's module may raise anything while it is imported
        raise AdapterError(f"{target} cannot be loaded: {type(error).__name__}: {error}{_place(error)}.") from error
    if not isinstance(cls, type):
        raise AdapterError(f"{target} is {cls!r}, not a class: name the adapter's class.")
    return cls


def _import(target: str) -> Any:
    location, separator, attribute = target.rpartition(":")
    if not separator:
        return installed_systems()[target].load()
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
