"""The report as one self-contained page: no script, no outside resource, everything escaped by the template engine."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined

from mempress.report.blocks import Literal, Picture, Points, Table
from mempress.report.charts import FRAME, charts
from mempress.report.content import document

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mempress.model import Result
    from mempress.report.blocks import Block, Document
    from mempress.report.charts import Chart

_TEMPLATE = "report.html.j2"


def html(result: Result) -> str:
    """Give the text of ``memory_pressure_report.html``."""
    return html_document(document(result), {key: charts(summary) for key, summary in result.systems.items()})


def html_document(shown: Document, drawn: Mapping[str, Sequence[Chart]] = MappingProxyType({})) -> str:
    """Give a document as a page; ``drawn`` has the charts of each picture that stands in it."""
    environment = Environment(
        loader=PackageLoader("mempress.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["kind"] = _kind
    page = environment.get_template(_TEMPLATE).render(
        document=shown,
        charts=drawn,
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
