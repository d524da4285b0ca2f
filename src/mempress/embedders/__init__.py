"""The harness's embedders by name: the same vectors for every system, made before the timed windows."""

from mempress.embedders.find import find_embedder
from mempress.embedders.model import Embedder

__all__ = ["Embedder", "find_embedder"]
