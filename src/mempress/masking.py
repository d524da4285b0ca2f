"""What must not stand in a file: passwords, tokens, secrets and keys among the options of a system."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

MASK = "***"
_NAMES = r"(?:password|passwd|token|secret|api[_-]?key)"
_NAME = re.compile(_NAMES, re.IGNORECASE)
_URL_PASSWORD = re.compile(r"(?<=://)([^\s:@/]*):\S*@")
"""Up to the last @, since a password may hold anything: to hide too much is the lesser evil."""
_ASSIGNMENT = re.compile(rf"({_NAMES}\w*)=(\"[^\"]*\"|'[^']*'|[^\s&;,]+)", re.IGNORECASE)


def masked(value: Any, name: str = "") -> Any:
    """Give a copy of a JSON value without its secrets.

    Hidden are values whose name contains password, passwd, token, secret or api_key, passwords in URLs
    (``scheme://user:password@host``), and ``password=...`` and its like within a text.
    """
    if value is not None and _NAME.search(name):
        return MASK
    if isinstance(value, Mapping):
        return {key: masked(item, key) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [masked(item) for item in value]
    if isinstance(value, str):
        return _ASSIGNMENT.sub(rf"\1={MASK}", _URL_PASSWORD.sub(rf"\1:{MASK}@", value))
    return value
