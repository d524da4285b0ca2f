"""Workloads: what is stored, what is asked, and what is known of the answers."""

from mempress.workload.catalogue import open_source

__all__ = ["open_source"]
