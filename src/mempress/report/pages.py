"""Self-contained pages from templates: nothing is loaded, a policy forbids that anything is, every text is escaped."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

_STYLE = "compare_style.css"
_SCRIPT = "index_sort.js"


def render_page(template: str, **values: Any) -> str:
    """Give the text of a page; style and script stand in it, and its policy allows them alone, by their hashes."""
    environment = Environment(
        loader=PackageLoader("mempress.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style, script = (environment.get_template(name).render() for name in (_STYLE, _SCRIPT))
    values |= {"style": style, "style_hash": _hash(style), "script": script, "script_hash": _hash(script)}
    text = environment.get_template(template).render(**values)
    return "\n".join(line.rstrip() for line in text.splitlines() if line.strip()) + "\n"


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
