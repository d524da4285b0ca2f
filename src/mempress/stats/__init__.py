"""Statistics of repeated runs: pure functions of numbers, which know nothing of journals or systems."""

from mempress.stats.bootstrap import Difference, Statistic, Verdict, difference

__all__ = ["Difference", "Statistic", "Verdict", "difference"]
