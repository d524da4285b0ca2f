"""The conditions of ``--fail-if``: comparisons of a result's figures, such as ``agno.status == 'crashed'``.

The grammar is a small part of Python's, read by its parser and never executed: ``SYSTEM.METRIC`` names, numbers,
texts in quotes and ``null``; the comparisons ``< <= > >= == !=``, which may be chained; ``and``, ``or``, ``not`` and
brackets. A system whose name is no Python name stands in quotes: ``'plain-list'.recall_at_k < 0.8``.

What was not measured is unknown, and so is each comparison with it, except ``== null`` and ``!= null``. Unknown
follows Kleene's logic: ``false and unknown`` is false, ``true or unknown`` is true, ``not unknown`` is unknown.
"""

from __future__ import annotations

import ast
import operator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, get_args

from mempress.comparison.metrics import METRICS
from mempress.errors import UsageError
from mempress.format import figure, plain
from mempress.journal import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from mempress.comparison.metrics import Metric
    from mempress.model import Result, Summary

Value = float | str | None

_LONGEST = 1_000
_FAULTS = ("lost", "corrupt", "came_back")
_UNITS = {metric.key: metric.unit for metric in METRICS} | {f"faults.{name}": "records" for name in _FAULTS}


def _metric(metric: Metric) -> Callable[[Summary], float | None]:
    return lambda summary: metric.read(summary.metrics)


def _of_faults(name: str) -> Callable[[Summary], float | None]:
    """Give what adds a count up over a system's faults; unknown where no fault has it."""

    def total(summary: Summary) -> float | None:
        known = [count for found in summary.faults if (count := getattr(found, name)) is not None]
        return float(sum(known)) if known else None

    return total


_NUMBERS: Mapping[str, Callable[[Summary], float | None]] = {
    **{metric.key: _metric(metric) for metric in METRICS},
    **{f"faults.{name}": _of_faults(name) for name in _FAULTS},
}
_TEXTS: Mapping[str, Callable[[Summary], str | None]] = {
    "status": lambda summary: summary.status,
    "recovery.verdict": lambda summary: None if summary.recovery is None else summary.recovery.verdict,
    "version": lambda summary: summary.version,
}
_WORDS: Mapping[str, tuple[str, ...]] = {
    "status": get_args(Status),
    "recovery.verdict": ("recovered", "partly", "not", "unknown"),
}
"""The texts that a name can have, where they are few."""
_EQUALITIES: Mapping[type[ast.cmpop], Callable[[Any, Any], bool]] = {ast.Eq: operator.eq, ast.NotEq: operator.ne}
_COMPARISONS: Mapping[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    **_EQUALITIES,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


@dataclass(frozen=True, slots=True)
class Name:
    """A figure or a word of a system in the result."""

    system: str
    path: str

    def __str__(self) -> str:
        system = self.system if self.system.isidentifier() else repr(self.system)
        return f"{plain(system)}.{self.path}"


@dataclass(frozen=True, slots=True)
class Literal:
    """A number, a text, or null."""

    value: Value


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two terms and what is asked of them."""

    left: Name | Literal
    compare: Callable[[Any, Any], bool]
    right: Name | Literal


@dataclass(frozen=True, slots=True)
class Not:
    """True where its part is false."""

    part: Node


@dataclass(frozen=True, slots=True)
class Every:
    """True where all parts are."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """True where any part is."""

    parts: tuple[Node, ...]


Node = Comparison | Not | Every | Either


@dataclass(frozen=True, slots=True)
class Expression:
    """A condition that was read and found sound; ``names`` are those it asks for, each once."""

    text: str
    root: Node
    names: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a condition came to; ``holds`` None: unknown. ``words`` give the value of each name."""

    text: str
    holds: bool | None
    words: str


def parse_expression(text: str) -> Expression:
    """Read a condition.

    Raises:
        UsageError: it is no condition of this language, or asks for what no result has; says where and what is known.
    """
    try:
        root = _root(text)
    except UsageError as error:
        raise UsageError(f"--fail-if {plain(text)!r}: {error}.") from None
    except (SyntaxError, ValueError, OverflowError, RecursionError, MemoryError):
        raise UsageError(
            f"--fail-if {plain(text)!r} is no condition. Write SYSTEM.METRIC, a comparison and a value, such as "
            "\"neuroca.final_query_latency_ms.p95 > 5 or agno.status == 'crashed'\"; put a name such as agno@2.3.26 in "
            "quotes of its own: \"'agno@2.3.26'.disk_mb > 5\"."
        ) from None
    return Expression(plain(text), root, tuple(dict.fromkeys(_names(root))))


def check_systems(expressions: Iterable[Expression], systems: Iterable[str]) -> None:
    """Hold the systems that conditions name against those of a run.

    Raises:
        UsageError: a condition names another one.
    """
    known = list(systems)
    for expression in expressions:
        for name in expression.names:
            if name.system not in known:
                raise UsageError(
                    f"--fail-if {expression.text!r}: {plain(name.system)!r} is not in this run, which has "
                    f"{', '.join(known)}."
                )


def evaluate(expression: Expression, result: Result) -> Answer:
    """Hold a condition against a result."""
    values = {name: _value(name, result) for name in expression.names}
    words = ", ".join(f"{name} is {_shown(name, value, result)}" for name, value in values.items())
    return Answer(expression.text, _truth(expression.root, values), words)


def _value(name: Name, result: Result) -> Value:
    summary = result.systems.get(name.system)
    if summary is None:
        return None
    return _TEXTS[name.path](summary) if name.path in _TEXTS else _NUMBERS[name.path](summary)


def _shown(name: Name, value: Value, result: Result) -> str:
    if name.system not in result.systems:
        return f"unknown (the result has {', '.join(map(plain, result.systems))})"
    if value is None:
        return "unknown"
    return repr(plain(value)) if isinstance(value, str) else figure(value, _UNITS[name.path])


def _truth(node: Node, values: Mapping[Name, Value]) -> bool | None:
    if isinstance(node, Comparison):
        return _compared(node, values)
    if isinstance(node, Not):
        truth = _truth(node.part, values)
        return None if truth is None else not truth
    deciding = isinstance(node, Either)
    truths = [_truth(part, values) for part in node.parts]
    if deciding in truths:
        return deciding
    return None if None in truths else not deciding


def _compared(node: Comparison, values: Mapping[Name, Value]) -> bool | None:
    sides = (node.left, node.right)
    left, right = (values[side] if isinstance(side, Name) else side.value for side in sides)
    asks_for_null = any(isinstance(side, Literal) and side.value is None for side in sides)
    return None if None in (left, right) and not asks_for_null else node.compare(left, right)


def _names(node: Node) -> Iterator[Name]:
    if isinstance(node, Comparison):
        yield from (side for side in (node.left, node.right) if isinstance(side, Name))
        return
    for part in (node.part,) if isinstance(node, Not) else node.parts:
        yield from _names(part)


def _root(text: str) -> Node:
    if len(text) > _LONGEST:
        raise UsageError(f"it is longer than {_LONGEST:,} characters")
    return _node(ast.parse(text.strip(), mode="eval").body)


def _node(tree: ast.expr) -> Node:
    match tree:
        case ast.BoolOp(op=operation, values=parts):
            nodes = tuple(map(_node, parts))
            return Every(nodes) if isinstance(operation, ast.And) else Either(nodes)
        case ast.UnaryOp(op=ast.Not(), operand=part):
            return Not(_node(part))
        case ast.Compare(left=left, ops=operations, comparators=others):
            terms = [_term(term) for term in (left, *others)]
            pairs = zip(terms, operations, terms[1:], strict=False)
            comparisons = tuple(_comparison(*pair) for pair in pairs)
            return comparisons[0] if len(comparisons) == 1 else Every(comparisons)
    raise UsageError(f"{_source(tree)} is no comparison; compare it with a value, such as > 5")


def _comparison(left: Name | Literal, operation: ast.cmpop, right: Name | Literal) -> Comparison:
    compare = _COMPARISONS.get(type(operation))
    if compare is None:
        raise UsageError("it compares with something other than < <= > >= == !=")
    names = [side for side in (left, right) if isinstance(side, Name)]
    if not names:
        raise UsageError("it compares two values; one of them must be a SYSTEM.METRIC")
    kinds = {_kind(side) for side in (left, right)} - {"null"}
    if len(kinds) > 1:
        raise UsageError(f"{names[0]} is a {_kind(names[0])}; compare it with one")
    ordered = type(operation) not in _EQUALITIES
    if ordered and (kinds == {"text"} or Literal(None) in (left, right)):
        raise UsageError(f"{names[0]} can be compared with == and != alone there")
    for side in (left, right):
        if isinstance(side, Literal) and isinstance(side.value, str):
            _check_word(names[0], side.value)
    return Comparison(left, compare, right)


def _check_word(name: Name, word: str) -> None:
    known = _WORDS.get(name.path)
    if known is not None and word not in known:
        raise UsageError(f"{name} is never {plain(word)!r}.{_nearest(word, known)} It is one of {', '.join(known)}")


def _kind(side: Name | Literal) -> str:
    if isinstance(side, Name):
        return "text" if side.path in _TEXTS else "number"
    return "null" if side.value is None else "text" if isinstance(side.value, str) else "number"


def _term(tree: ast.expr) -> Name | Literal:
    match tree:
        case ast.Name(id="null"):
            return Literal(None)
        case ast.Constant(value=str() | None as value):
            return Literal(value)
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return Literal(float(number))
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as number)):
            return Literal(-float(number))
        case ast.Attribute():
            return _name(tree)
    raise UsageError(f"{_source(tree)} is neither a SYSTEM.METRIC nor a number, a text in quotes or null")


def _name(tree: ast.expr) -> Name:
    parts: list[str] = []
    inner = tree
    while isinstance(inner, ast.Attribute):
        parts.insert(0, inner.attr)
        inner = inner.value
    path = ".".join(parts)
    match inner:
        case ast.Name(id=system) | ast.Constant(value=str() as system):
            if path in _TEXTS or path in _NUMBERS:
                return Name(system, path)
            known = (*_TEXTS, *_NUMBERS)
            raise UsageError(f"there is no {plain(path)!r}.{_nearest(path, known)} Known: {', '.join(known)}")
    raise UsageError(f"{_source(tree)} is no SYSTEM.METRIC")


def _nearest(word: str, known: Iterable[str]) -> str:
    candidates = list(known)
    near = [each for each in candidates if word and word in each] or get_close_matches(word, candidates, n=2)
    return f" Did you mean {' or '.join(near[:4])}?" if near else ""


def _source(tree: ast.expr) -> str:
    return repr(plain(ast.unparse(tree), 60))
