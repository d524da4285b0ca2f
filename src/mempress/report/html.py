"""The report as one self-contained page: nothing is loaded, and its policy forbids that anything ever is.

The style sheet and the small script stand in the page, allowed by their hashes; everything else is text, escaped by
the template engine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mempress.report.page import page
from mempress.report.pages import fill_page, page_environment
from mempress.report.palette import LOOKS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jinja2 import Environment

    from mempress.model import Result
    from mempress.report.blocks import Document

_TEMPLATE = "report.html.j2"
_DOCUMENT = "document.html.j2"
_STYLE = "report.css"
_SCRIPT = "report.js"


def html(result: Result) -> str:
    """Give the text of ``memory_pressure_report.html``."""
    environment = page_environment()
    content = page(result)
    style = style_sheet(environment, len(content.badges))
    return fill_page(environment, _TEMPLATE, style, environment.get_template(_SCRIPT).render(), page=content)


def html_document(shown: Document) -> str:
    """Give a document of points, tables and literal lines as a page."""
    environment = page_environment()
    return fill_page(environment, _DOCUMENT, style_sheet(environment, 0), document=shown)


def style_sheet(environment: Environment, systems: int) -> str:
    """Give the style sheet, with the looks of the palette and the switches of so many systems."""
    return environment.get_template(_STYLE).render(palette="\n".join((*_palette(), *_switches(systems))))


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
