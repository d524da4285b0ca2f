"""The clock of all measurements: monotonic, in integer nanoseconds."""

from __future__ import annotations

from time import perf_counter_ns

clock_ns = perf_counter_ns
"""Nanoseconds of a monotonic clock whose zero means nothing."""
