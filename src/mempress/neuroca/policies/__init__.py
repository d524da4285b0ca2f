"""The rules of memory, each a named policy as data; another one is a small file and a line here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mempress.neuroca.errors import SettingsError
from mempress.neuroca.policies.classic import CLASSIC
from mempress.neuroca.policies.density import DENSITY

if TYPE_CHECKING:
    from mempress.neuroca.policies.view import WorthPolicy

WORTH: dict[str, WorthPolicy] = {policy.name: policy for policy in (DENSITY, *CLASSIC)}
"""Every policy of eviction by name."""


def worth_policy(name: str) -> WorthPolicy:
    """Give the policy of that name.

    Raises:
        SettingsError: there is none; the text names all.
    """
    if name not in WORTH:
        raise SettingsError(f"worth is {name!r}: use one of {', '.join(WORTH)}.")
    return WORTH[name]
