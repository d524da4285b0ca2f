"""The report as one self-contained page: no script, no outside resource, everything escaped by the template engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined

from mempress.report.blocks import Literal, Picture, Points, Table
from mempress.report.charts import FRAME, charts
from mempress.report.content import document

if TYPE_CHECKING:
    from mempress.model import Result
    from mempress.report.blocks import Block

_TEMPLATE = "report.html.j2"


def html(result: Result) -> str:
    """Give the text of ``memory_pressure_report.html``."""
    environment = Environment(
        loader=PackageLoader("mempress.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["kind"] = _kind
    page = environment.get_template(_TEMPLATE).render(
        document=document(result),
        charts={key: charts(summary) for key, summary in result.systems.items()},
        frame=FRAME,
    )
    return "\n".join(line.rstrip() for line in page.splitlines() if line.strip()) + "\n"


def _kind(block: Block) -> str:
    match block:
        case Points():
            return "points"
        case Table():
            return "table"
        case Picture():
            return "picture"
        case Literal():
            return "literal"
