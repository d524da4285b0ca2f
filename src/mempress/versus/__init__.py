"""Two results against each other: what differs, by how much, and whether that is more than noise."""

from mempress.versus.judge import judge
from mempress.versus.model import Row, Ruling, SystemVersus, Versus
from mempress.versus.read import Side, SystemRuns, read_side
from mempress.versus.rules import Rule, apply_rules, parse_rule

__all__ = [
    "Row",
    "Rule",
    "Ruling",
    "Side",
    "SystemRuns",
    "SystemVersus",
    "Versus",
    "apply_rules",
    "judge",
    "parse_rule",
    "read_side",
]
