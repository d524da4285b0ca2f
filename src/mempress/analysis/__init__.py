"""From a journal to what is concluded of it: pure functions, so an old run is judged anew and gets the same answer."""

from mempress.analysis.summary import analyse, summarise

__all__ = ["analyse", "summarise"]
