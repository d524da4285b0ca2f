"""An embedder as a user would write one: letters counted, in a list of lists that are no unit vectors."""

from __future__ import annotations


def embed(texts: list[str]) -> list[list[float]]:
    """Give eight counts for each text, never all 0."""
    return [[1.0 + text.count(letter) for letter in "aeiounst"] for text in texts]


def raises(texts: list[str]) -> list[list[float]]:
    """Fail."""
    raise RuntimeError(f"no model for {len(texts)} texts")


def one_too_few(texts: list[str]) -> list[list[float]]:
    """Forget the last text."""
    return embed(texts)[:-1]


def of_two_lengths(texts: list[str]) -> list[list[float]]:
    """Give vectors that do not match."""
    return [[1.0] * (1 + number) for number, _ in enumerate(texts)]


def without_direction(texts: list[str]) -> list[list[float]]:
    """Give nothing but zeros."""
    return [[0.0, 0.0] for _ in texts]


def not_numbers(texts: list[str]) -> list[str]:
    """Give the texts back."""
    return texts


NOT_A_FUNCTION = 7
