"""A first adapter: words that query and text share decide. Put your own system where `texts` is.

mempress check my_memory.py:MyMemory
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from mempress import Hit, Record, SystemConfig


class MyMemory:
    """Opened on an empty `workdir`; all that it writes belongs there."""

    name = "my-memory"
    capabilities = frozenset({"count", "get", "delete"})

    def __init__(self, workdir: Path, config: SystemConfig) -> None:
        """Open it; `config` holds the capacity to keep within, the embedder, and your own options."""
        self.workdir, self.config = workdir, config
        self.texts: dict[str, str] = {}

    def store(self, records: Sequence[Record]) -> None:
        """Hold these, from this call's return on; an id that is held is replaced."""
        self.texts.update((record.id, record.text) for record in records)

    def search(self, query: str, *, limit: int) -> Sequence[Hit]:
        """Give at most `limit` answers, best first."""
        asked = set(query.casefold().split())
        ranked = sorted(self.texts, key=lambda key: -len(asked & set(self.texts[key].casefold().split())))
        return [Hit(self.texts[key], record_id=key) for key in ranked[:limit]]

    def count(self) -> int:
        """Say how many are held."""
        return len(self.texts)

    def get(self, ids: Sequence[str]) -> Mapping[str, str]:
        """Give the texts of those that are held."""
        return {key: self.texts[key] for key in ids if key in self.texts}

    def delete(self, ids: Sequence[str]) -> int:
        """Forget these; say how many of them were held."""
        return sum(self.texts.pop(key, None) is not None for key in ids)

    def close(self) -> None:
        """Let go of everything."""
        self.texts.clear()
