"""The default workload: seeded notes about people, with updates, retellings and chatter, and questions about them.

A world of people, each with the same topics (topics.py). A record tells a topic's value for the first time (some 60%),
changes it (12%; then the newest record alone is the answer), tells it again in other words (10%; then both are), or is
chatter that mentions somebody and answers nothing (15%, from the least important records).

Demand, the law of what is asked at a load of n records: of four probes one is about a record drawn uniformly, three
about a record drawn with weight importance^2 / sqrt(age), age counted in records from the newest. A record that answers
nothing (chatter, a superseded value) or whose fact was asked in this draw already is drawn again; after 400 draws in
vain uniformly, and after 800 the draw is over. The power law of age is that of need in human memory (Anderson and
Schooler, 1991). So importance means something: what is important and recent is missed more often once it is forgotten.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from math import gcd
from struct import Struct
from typing import TYPE_CHECKING

from mempress.errors import UsageError
from mempress.systems.protocol import Record
from mempress.workload.chance import shuffled, stream, words
from mempress.workload.history import TELLINGS, History
from mempress.workload.importance import CHOICES, SCALE, laws_of
from mempress.workload.model import Probe
from mempress.workload.phrases import CHANGED, CHATTER, CLOSINGS, OPENINGS, SOURCES
from mempress.workload.topics import TOPICS, Topic
from mempress.workload.vocabulary import FIRST_NAMES, LAST_NAMES, LETTERS

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping
    from random import Random

    from mempress.systems.protocol import JSON

_COHORT = 64
"""So many people come up together; all their topics are told, in mixed order, before the next come."""
_NAMES = len(FIRST_NAMES) * len(LAST_NAMES)
_MINUTES_PER_RECORD = 5
_FIRST_DAY = date(2015, 1, 1).toordinal()
_CLOCK = tuple(f"T{minute // 60:02}:{minute % 60:02}:00+00:00" for minute in range(1440))
_STYLE = Struct("<I")
_CHUNK = 4_096
_UNIFORM_SHARE = 0.25
_WEIGHTED_DRAWS = 400
_DRAWS = 800


def _scatter(size: int, source: Random) -> tuple[int, int]:
    """Give (stride, start) such that (n * stride + start) % size visits all of 0..size-1, neighbours far apart."""
    stride = size // 4 + int(source.random() * (size // 2))
    while gcd(stride, size) != 1:
        stride += 1
    return stride, int(source.random() * size)


@dataclass(frozen=True, slots=True)
class _Slot:
    """A place in a cohort: one person's one topic, and how value numbers follow from person and revision."""

    person: int
    topic: Topic
    stride: int
    start: int
    size: int


def _initials(number: int) -> str:
    """Give the middle initials of those who come once the names are used up: A., B. and on, then A. B."""
    number, letter = divmod(number - 1, len(LETTERS))
    return f"{_initials(number)} {LETTERS[letter]}." if number else f"{LETTERS[letter]}."


class FactsSource:
    """An endless Source of notes; ids are ``fact-00000000`` and on.

    ``importance`` is one of importance.CHOICES; ``cycle`` takes normal, bimodal and uniform in turn, a batch each.
    """

    def __init__(self, seed: int, *, batch_size: int = 1_000, importance: str = "cycle") -> None:
        if importance not in CHOICES:
            raise UsageError(f"importance={importance!r} is unknown to facts: use one of {', '.join(CHOICES)}.")
        if batch_size < 1:
            raise UsageError(f"batch_size={batch_size} cannot be: use 1 or more.")
        self.name = "facts" if importance == "cycle" else f"facts:importance={importance}"
        self._seed, self._batch_size, self._importance = seed, batch_size, importance
        self._laws = laws_of(importance)
        self._history = History(seed, self._laws, batch_size)
        world = stream("facts", seed, "world")
        self._names = _scatter(_NAMES, world)
        self._slots = self._arrange(world)
        self._name = lru_cache(maxsize=4_096)(self._spell_name)

    @staticmethod
    def _arrange(world: Random) -> list[_Slot]:
        scattered = [(topic, *_scatter(topic.values.size, world), topic.values.size) for topic in TOPICS]
        return shuffled([_Slot(person, *values) for person in range(_COHORT) for values in scattered], world)

    def describe(self) -> Mapping[str, JSON]:
        """Give kind, seed, batch size, the laws of importance in turn and the law of demand."""
        return {
            "kind": "facts",
            "seed": self._seed,
            "batch_size": self._batch_size,
            "importance": [law.name for law in self._laws],
            "demand": "1/4 uniform, 3/4 importance^2 / sqrt(age)",
        }

    def id_of(self, ordinal: int) -> str:
        """Give the id of the record at that place."""
        return f"fact-{ordinal:08}"

    def ordinal(self, record_id: str) -> int | None:
        """Give the place of an id, or None where no record bears it."""
        digits = record_id.removeprefix("fact-")
        if not (digits.isascii() and digits.isdigit() and len(digits) < 20):
            return None
        return int(digits) if self.id_of(int(digits)) == record_id else None

    def records(self) -> Iterator[Record]:
        """Give the notes without end."""
        styles = stream("facts", self._seed, "style")
        first = 0
        while True:
            self._history.reach(first + _CHUNK)
            yield from self._render(first, [style for (style,) in words(styles, _STYLE, _CHUNK)])
            first += _CHUNK

    def _render(self, first: int, styles: list[int]) -> Iterator[Record]:
        history, id_of = self._history, self.id_of
        today, day_text = -1, ""
        for ordinal, style in enumerate(styles, first):
            day, minute = divmod(ordinal * _MINUTES_PER_RECORD + style % _MINUTES_PER_RECORD, 1440)
            if day != today:
                today, day_text = day, date.fromordinal(_FIRST_DAY + day).isoformat()
            text, category, tag = self._note(ordinal, style >> 8)
            metadata = {
                "timestamp": day_text + _CLOCK[minute],
                "category": category,
                "tags": [tag],
                "source": SOURCES[(style >> 24) % len(SOURCES)],
            }
            yield Record(id_of(ordinal), text, history.level[ordinal] / SCALE, metadata)

    def _note(self, ordinal: int, style: int) -> tuple[str, str, str]:
        """Give (text, category, tag) of a record."""
        history = self._history
        fact = history.fact[ordinal]
        closing = CLOSINGS[style & 15]
        if fact < 0:
            name = self._person_of(~fact)
            return (
                OPENINGS[style >> 4 & 15] + CHATTER[(style >> 8) % len(CHATTER)] % name + closing,
                "chatter",
                "small talk",
            )
        topic, name, value = self._fact(fact, history.revision[ordinal])
        telling = history.telling[ordinal]
        openings = CHANGED if history.revision[ordinal] and not telling else OPENINGS
        said = topic.tellings[(fact + telling) % TELLINGS] % (name, value)
        return openings[style >> 4 & 15] + said + closing, topic.category, topic.name

    def _fact(self, fact: int, revision: int) -> tuple[Topic, str, str]:
        """Give (topic, person's name, value) of a fact after so many changes; values of a fact never come back."""
        cohort, place = divmod(fact, len(self._slots))
        slot = self._slots[place]
        person = cohort * _COHORT + slot.person
        value = ((person + revision * 7_919) * slot.stride + slot.start) % slot.size
        return slot.topic, self._name(person), slot.topic.values.text(value)

    def _person_of(self, fact: int) -> str:
        cohort, place = divmod(fact, len(self._slots))
        return self._name(cohort * _COHORT + self._slots[place].person)

    def _spell_name(self, person: int) -> str:
        stride, start = self._names
        last, first = divmod((person * stride + start) % _NAMES, len(FIRST_NAMES))
        if person < _NAMES:
            return f"{FIRST_NAMES[first]} {LAST_NAMES[last]}"
        return f"{FIRST_NAMES[first]} {_initials(person // _NAMES)} {LAST_NAMES[last]}"

    def probes(self, stored: int, count: int) -> list[Probe]:
        """Draw by the law of demand (see the module); fewer than ``count`` where so many do not turn up."""
        self._history.reach(stored)
        draw = stream("facts", self._seed, "demand", stored)
        probes: dict[int, Probe] = {}
        while stored and len(probes) < count and (told := self._demanded(stored, probes, draw)):
            fact = self._history.fact[told[0]]
            probes[fact] = self._probe(fact, told, draw)
        return list(probes.values())

    def _demanded(self, stored: int, asked: Container[int], draw: Random) -> list[int] | None:
        """Draw what is asked next and give all records that answer it; None where nothing new turns up."""
        weighted_draws = _WEIGHTED_DRAWS if draw.random() >= _UNIFORM_SHARE else 0
        for attempt in range(_DRAWS):
            ordinal = self._weighted(stored, draw) if attempt < weighted_draws else int(draw.random() * stored)
            fact = self._history.fact[ordinal] if ordinal >= 0 else -1
            if fact >= 0 and fact not in asked and ordinal in (told := self._history.truth(fact, stored)):
                return told
        return None

    def _weighted(self, stored: int, draw: Random) -> int:
        """Draw a record with weight importance^2 / sqrt(age) by rejection; -1: rejected."""
        share = draw.random()
        ordinal = stored - 1 - int(share * share * stored)
        importance = self._history.level[ordinal] / SCALE
        return ordinal if draw.random() < importance * importance else -1

    def _probe(self, fact: int, told: list[int], draw: Random) -> Probe:
        topic, name, value = self._fact(fact, self._history.revision[told[0]])
        question = topic.questions[int(draw.random() * len(topic.questions))] % name
        return Probe(question, tuple(self.id_of(ordinal) for ordinal in told), value, any_suffices=True)
