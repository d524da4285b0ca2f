"""Which systems CI can afford to open."""

from __future__ import annotations

import pytest

IN_CI = frozenset({"agno", "langgraph-sqlite", "neuroca", "null", "plain-list", "sqlite-vec"})
"""Small environments, quick imports; among them a file, a database that another wraps, and an engine of our own."""


def cost_of(name: str) -> pytest.MarkDecorator:
    """Give the mark of a test that opens this system."""
    return pytest.mark.long if name in IN_CI else pytest.mark.peers


_PATIENCE_SECONDS = {"agno-knowledge-lancedb": 1_200, "graphiti-kuzu": 300}
"""Of those that need minutes for a batch of a thousand."""


def patience_seconds(name: str) -> int:
    """Give how long one call may take."""
    return _PATIENCE_SECONDS.get(name, 60)
