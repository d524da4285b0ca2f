"""Which systems CI can afford to open."""

from __future__ import annotations

import pytest

IN_CI = frozenset({"agno", "langgraph-sqlite", "neuroca", "null", "plain-list", "sqlite-vec"})
"""Small environments, quick imports; among them a file, a database that another wraps, and an engine of our own."""


def cost_of(name: str) -> pytest.MarkDecorator:
    """Give the mark of a test that opens this system."""
    return pytest.mark.long if name in IN_CI else pytest.mark.peers


def patience_seconds(name: str) -> int:
    """Give how long one call may take: one system here needs minutes for a batch of a thousand."""
    return 1_200 if name == "agno-knowledge-lancedb" else 60
