"""The checks, in the order of their modules and of their definition; a check that is written is a check that runs."""

from __future__ import annotations

import importlib
import pkgutil

from mempress.testing.conformance.check import Check


def all_checks() -> tuple[Check, ...]:
    """Give every Check that is defined in a module of this package."""
    modules = [importlib.import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__)]
    return tuple(value for module in modules for value in vars(module).values() if isinstance(value, Check))
