"""``--fail-if``: conditions on a result, read before anything starts and judged when it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mempress.expressions import check_systems, evaluate, parse_expression
from mempress.systems.registry import find_system

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mempress.config import RunConfig
    from mempress.expressions import Expression
    from mempress.model import Result


def read_conditions(texts: Sequence[str], config: RunConfig) -> list[Expression]:
    """Read conditions, and hold the systems that they name against those of the run.

    The name that a class gives itself is known only when it is loaded: with such a system in the run, a name that the
    result has not is unknown in the end.

    Raises:
        UsageError: a condition cannot be used.
    """
    conditions = [parse_expression(text) for text in texts]
    references = [find_system(spec) for spec in config.systems] if conditions else []
    if all(reference.named for reference in references):
        check_systems(conditions, [reference.label for reference in references])
    return conditions


def any_holds(conditions: Sequence[Expression], result: Result) -> bool:
    """Tell whether any condition holds; says on standard error which do, which are unknown, and by what values."""
    answers = [evaluate(condition, result) for condition in conditions]
    for answer in answers:
        if answer.holds is not False:
            told = "holds" if answer.holds else "is unknown, so it does not hold"
            click.echo(f"--fail-if {answer.text} {told}: {answer.words}", err=True)
    return any(answer.holds for answer in answers)
