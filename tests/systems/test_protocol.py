"""A class that does not keep to the protocol is refused before it runs, and told what to do."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mempress.errors import AdapterError
from mempress.systems.protocol import METHOD_OF_CAPABILITY, REQUIRED_METHODS, capabilities_of, check_adapter

METHODS = {capability: method for capability, method in METHOD_OF_CAPABILITY.items() if method is not None}
CAPABILITIES = st.frozensets(st.sampled_from(sorted(METHOD_OF_CAPABILITY)))


def adapter(capabilities: Any = frozenset(), *, methods: frozenset[str] | None = None, **attributes: Any) -> type:
    """Make an adapter class with the methods of its capabilities, or with those named."""
    if methods is None:
        methods = frozenset(METHODS[name] for name in capabilities if name in METHODS)
    members = {name: lambda self: None for name in (*REQUIRED_METHODS, *methods)}
    return type("Mine", (), {**members, "capabilities": capabilities, **attributes})


@given(CAPABILITIES)
def test_a_class_whose_capabilities_and_methods_agree_is_accepted(capabilities: frozenset[str]) -> None:
    assert check_adapter(adapter(capabilities)) == capabilities


@given(CAPABILITIES, st.sampled_from(sorted(METHODS)))
def test_a_declared_capability_without_its_method_is_refused(capabilities: frozenset[str], missing: str) -> None:
    cls = adapter(capabilities | {missing}, **{METHODS[missing]: None})
    with pytest.raises(AdapterError) as told:
        check_adapter(cls)
    assert str(told.value) == (
        f"Mine declares the capability {missing!r} but has no method {METHODS[missing]}(): "
        f"add the method or remove {missing!r} from capabilities."
    )


@given(CAPABILITIES, st.sampled_from(sorted(METHODS)))
def test_a_method_of_a_capability_that_is_not_declared_is_refused(capabilities: frozenset[str], extra: str) -> None:
    declared = capabilities - {extra}
    cls = adapter(declared, methods=frozenset(METHODS[name] for name in {*declared, extra} if name in METHODS))
    with pytest.raises(AdapterError) as told:
        check_adapter(cls)
    assert str(told.value) == (
        f"Mine has a method {METHODS[extra]}() but does not declare the capability {extra!r}: "
        f"add {extra!r} to capabilities or rename the method."
    )


@pytest.mark.parametrize("method", REQUIRED_METHODS)
def test_a_class_without_a_required_method_is_refused(method: str) -> None:
    with pytest.raises(AdapterError, match=rf"Mine has no method {method}\(\): add it"):
        check_adapter(adapter(**{method: None}))


@pytest.mark.parametrize("capabilities", ["count", None, 5, [b"count"], {1}, (name for name in ("count",)), property()])
def test_capabilities_that_are_no_set_of_strings_are_refused(capabilities: Any) -> None:
    with pytest.raises(AdapterError, match=r"Mine\.capabilities is .*: make it a frozenset of strings"):
        check_adapter(adapter(methods=frozenset(), capabilities=capabilities))


def test_a_capability_that_is_not_known_is_refused_and_the_known_ones_are_named() -> None:
    with pytest.raises(AdapterError, match="names counts, fly, unknown here: use some of count, get, delete"):
        check_adapter(adapter({"fly", "counts"}))


def test_a_class_that_declares_nothing_has_no_capability() -> None:
    cls = adapter()
    del cls.capabilities  # type: ignore[attr-defined]  # the class is made at run time
    assert check_adapter(cls) == frozenset()


@given(CAPABILITIES, CAPABILITIES)
def test_an_instance_may_take_capabilities_away_and_add_none(of_class: frozenset[str], own: frozenset[str]) -> None:
    system = adapter(of_class)()
    system.capabilities = own
    if own <= of_class:
        assert capabilities_of(system, of_class) == own
        return
    with pytest.raises(AdapterError, match="declare them on the class"):
        capabilities_of(system, of_class)


@pytest.mark.parametrize("own", [None, "count", 3])
def test_an_instance_whose_capabilities_are_no_set_is_refused(own: Any) -> None:
    system = adapter({"count"})()
    system.capabilities = own
    with pytest.raises(AdapterError, match="make it a frozenset of strings"):
        capabilities_of(system, frozenset({"count"}))
