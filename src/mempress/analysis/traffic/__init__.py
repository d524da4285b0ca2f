"""What the traffic of a load tells: response and service times, whether a rate was sustained, and what hurt."""

from mempress.analysis.traffic.figures import figures, traffic

__all__ = ["figures", "traffic"]
