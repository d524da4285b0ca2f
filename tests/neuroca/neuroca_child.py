"""A process that works on a store until it is killed, and says on stdout what was acknowledged.

    python -m tests.neuroca.neuroca_child DIRECTORY FIRST CAPACITY

It stores records FIRST, FIRST + 1, ... in batches of changing size, with searches, deletions and maintenance between,
and after each acknowledged call says so in a line: ``+ first last`` or ``- number``.
"""

from __future__ import annotations

import random
import sys
from pathlib import Path

from tests.neuroca.neuroca_kit import engine, records, unit


def _say(*words: object) -> None:
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


def main(directory: str, first: str, capacity: str) -> None:
    chance = random.Random(int(first))  # noqa: S311 - chance in a test
    number = int(first)
    _say("opening")
    with engine(Path(directory), capacity_records=int(capacity) or None) as memory:
        _say("open")
        while True:
            batch = chance.choice([1, 3, 40, 150])
            memory.store(records(range(number, number + batch)))
            _say("+", number, number + batch - 1)
            memory.search("Where?", vector=unit(number), limit=5)
            if chance.random() < 0.2:
                memory.delete([f"r{number}"])
                _say("-", number)
            if chance.random() < 0.1:
                memory.maintain()
            number += batch


if __name__ == "__main__":
    main(*sys.argv[1:])
