"""Records for the checks: distinct in nearly every word, so that no sound system takes two of them for one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import blake2b

from mempress.systems.protocol import Record

_CONSONANTS = "bdfgklmnprstvwyz"
_VOWELS = "aeio"
_FIRST_DAY = datetime(2025, 1, 1, tzinfo=UTC)


def make_records(number: int, series: str = "note") -> list[Record]:
    """Give ``number`` records, the same at each call; ids are unique over all series."""
    return [_record(series, index) for index in range(number)]


def token_of(record: Record) -> str:
    """Give the word that stands in this record's text and in no other's."""
    return record.text.rstrip(".").rpartition(" ")[2]


def _record(series: str, index: int) -> Record:
    digest = blake2b(f"{series}-{index}".encode(), digest_size=32).digest()
    syllables = [_CONSONANTS[byte >> 4] + _VOWELS[byte & 3] for byte in digest]
    words = ["".join(syllables[start : start + 3]) for start in range(0, 24, 3)]
    token = "".join(syllables[24:])
    metadata = {
        "timestamp": (_FIRST_DAY + timedelta(minutes=index)).isoformat(),
        "category": "fact",
        "tags": ["conformance", series],
        "source": "conformance",
    }
    text = f"{' '.join(words).capitalize()} {token}."
    return Record(f"{series}-{index}", text, importance=(index * 37 % 100) / 100, metadata=metadata)
