"""Self-contained pages from templates: nothing is loaded, a policy forbids that anything is, every text is escaped."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from mempress.report.blocks import Literal, Picture, Points, Table

if TYPE_CHECKING:
    from mempress.report.blocks import Block

_STYLE = "compare_style.css"
_SCRIPT = "index_sort.js"


def render_page(template: str, **values: Any) -> str:
    """Give the text of a page with the style and the script that tables of several results share."""
    environment = page_environment()
    style, script = (environment.get_template(name).render() for name in (_STYLE, _SCRIPT))
    return fill_page(environment, template, style, script, **values)


def fill_page(environment: Environment, template: str, style: str, script: str = "", **values: Any) -> str:
    """Give the text of a page; style and script stand in it, and its policy allows them alone, by their hashes."""
    style, script = _tidy(style), _tidy(script)
    parts = {"style": style, "style_hash": _hash(style), "script": script, "script_hash": _hash(script)}
    return _tidy(environment.get_template(template).render(**parts, **values))


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
