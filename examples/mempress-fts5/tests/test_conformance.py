"""The adapter keeps the protocol: each check of mempress is a test."""

from mempress.testing.pytest_plugin import ConformanceSuite


class TestFts5(ConformanceSuite):
    target = "fts5"
