"""A process that works on a store until it is killed, and says on stdout what was acknowledged.

    python neuroca_child.py DIRECTORY FIRST CAPACITY

It stores records FIRST, FIRST + 1, ... in batches of changing size, with searches, deletions and maintenance between, and
after each acknowledged call prints a line: ``+ first last`` or ``- number``.
"""

from __future__ import annotations

import random
import sys
from pathlib import Path

from neuroca_kit import engine, records, unit


def main(directory: str, first: str, capacity: str) -> None:
    chance = random.Random(int(first))
    number = int(first)
    print("opening", flush=True)
    with engine(Path(directory), capacity_records=int(capacity) or None) as memory:
        print("open", flush=True)
        while True:
            batch = chance.choice([1, 3, 40, 150])
            memory.store(records(range(number, number + batch)))
            print("+", number, number + batch - 1, flush=True)
            memory.search("Where?", vector=unit(number), limit=5)
            if chance.random() < 0.2:
                memory.delete([f"r{number}"])
                print("-", number, flush=True)
            if chance.random() < 0.1:
                memory.maintain()
            number += batch


if __name__ == "__main__":
    main(*sys.argv[1:])
