"""The report as one self-contained page: nothing is loaded, and its policy forbids that anything ever is.

The style sheet and the small script stand in the page, allowed by their hashes; everything else is text, escaped by
the template engine.
"""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined

from mempress.report.blocks import Literal, Picture, Points, Table
from mempress.report.page import page
from mempress.report.palette import LOOKS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mempress.model import Result
    from mempress.report.blocks import Block, Document

_TEMPLATE = "report.html.j2"
_DOCUMENT = "document.html.j2"
_STYLE = "report.css"
_SCRIPT = "report.js"


def html(result: Result) -> str:
    """Give the text of ``memory_pressure_report.html``."""
    environment = page_environment()
    content = page(result)
    style = style_sheet(environment, len(content.badges))
    script = _tidy(environment.get_template(_SCRIPT).render())
    text = environment.get_template(_TEMPLATE).render(
        page=content, style=style, style_hash=_hash(style), script=script, script_hash=_hash(script)
    )
    return _tidy(text)


def html_document(shown: Document) -> str:
    """Give a document of points, tables and literal lines as a page."""
    environment = page_environment()
    style = style_sheet(environment, 0)
    return _tidy(environment.get_template(_DOCUMENT).render(document=shown, style=style, style_hash=_hash(style)))


def page_environment() -> Environment:
    """Give the engine that fills in the templates of pages; every text is escaped."""
    environment = Environment(
        loader=PackageLoader("mempress.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["kind"] = _kind
    return environment


def style_sheet(environment: Environment, systems: int) -> str:
    """Give the style sheet, with the looks of the palette and the switches of so many systems."""
    return _tidy(environment.get_template(_STYLE).render(palette="\n".join((*_palette(), *_switches(systems)))))


def _palette() -> Iterator[str]:
    for look in LOOKS:
        yield f".c{look.slot} {{ --c: {look.light}; }}"
    yield "@supports (color: light-dark(#000, #fff)) {"
    for look in LOOKS:
        yield f".c{look.slot} {{ --c: light-dark({look.light}, {look.dark}); }}"
    yield "}"
    for look in LOOKS:
        if look.dash:
            lengths = " ".join(f"{2 * length:g}" for length in look.dash)
            yield f".d{look.slot} polyline, .d{look.slot} line {{ stroke-dasharray: {lengths}; }}"


def _switches(systems: int) -> Iterator[str]:
    for at in range(systems):
        yield f".curves:has(#show-{at}:not(:checked)) .s{at} {{ display: none; }}"


def _tidy(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.splitlines() if line.strip()) + "\n"


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


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
