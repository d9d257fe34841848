"""What the keyring answers beyond the doors of ``domain.keyring``, and the periods it keeps."""

from collections.abc import Mapping
from dataclasses import dataclass

from domain.values import Category, ControllerId, Instant, SubjectId

DAY: Instant = 86_400_000_000
"""A day in microseconds."""

LATE_FACT_PERIOD: Instant = 5 * 365 * DAY
"""How long the late-fact guard stands, in microseconds: five years. Upstream systems replay and
restore years of history, and a source that was told to erase has no lawful reason to be later."""

NOTICE_PERIOD: Instant = 30 * DAY
"""How long ``notice/`` and ``request/`` keys may outlive a person: 30 days (DESIGN "Keys")."""

_SURVIVORS = ("notice/", "request/")


def outlives(category: Category) -> bool:
    """Say whether a category's key survives its person's destruction, for a bounded time."""
    return category.startswith(_SURVIVORS)


@dataclass(frozen=True, slots=True)
class Abandoned:
    """A subject whose keys were made and whose first fact was never confirmed."""

    controller: ControllerId
    subject: SubjectId
    created_at: Instant


@dataclass(frozen=True, slots=True)
class KeyFootprint:
    """What the key database holds of a person: live keys by category, look-ups by kind."""

    keys: Mapping[Category, int]
    lookups: Mapping[str, int]
