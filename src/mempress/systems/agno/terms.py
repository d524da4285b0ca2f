"""The keywords of a question, for a search that knows substrings alone."""

from __future__ import annotations

import re
from itertools import groupby

_WORD = re.compile(r"\w+(?:['-]\w+)*")
_FUNCTION_WORDS = frozenset(
    "a about after all also an and any are as at be been before but by can could did didn do does doesn don during "
    "each ever for from get give had has have he her hers him his how i if in into is isn it its just know list "
    "may me might mine more most my name new no not now of on one or our ours please recall remember s said say "
    "she should show so some still t tell than that the their theirs them then there these they this those to told "
    "too up us use used was we were what when where which while who whom whose why will with would yes you your "
    "yours".split()
)


def search_terms(question: str) -> list[str]:
    """Give the substrings to look for, the most telling first.

    Names come first (runs of words that begin with a capital or a digit), then the single words of names of two
    letters or more, then other words of three or more; the longer first in each. English function words and a
    possessive's ending are left out. Where nothing is left, the whole question is the one term.
    """
    words = [word.removesuffix("'s") for word in _WORD.findall(question)]
    names = [" ".join(run) for named, run in groupby(words, _is_name) if named]
    parts = [word for word in words if _is_name(word)]
    others = [word for word in words if len(word) >= 3 and not _is_name(word) and not _is_function_word(word)]
    ordered = (term for terms in (names, parts, others) for term in sorted(terms, key=len, reverse=True))
    return [term for term in dict.fromkeys(ordered) if len(term) >= 2] or [question]


def _is_name(word: str) -> bool:
    return (word[0].isupper() or word[0].isdigit()) and not _is_function_word(word)


def _is_function_word(word: str) -> bool:
    return word.lower().partition("'")[0] in _FUNCTION_WORDS
