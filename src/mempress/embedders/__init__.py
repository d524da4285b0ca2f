"""The harness's embedders by name: the same vectors for every system, made before the timed windows."""

from mempress.embedders.find import Embedder, find_embedder

__all__ = ["Embedder", "find_embedder"]
