"""Suppression pointers: an address that is not to be sourced, enriched or written to again.

Rules. A pointer is a keyed hash of an address with a reason and an end, and nothing of the person:
it outlives her erasure and leads to nobody. It bars what the house would begin of its own accord
(:class:`Use`); registering and applying are the person's own acts and are never barred. Spellings
meet generously: a false bar only makes somebody look, a missed one breaks a promise.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, Protocol

from domain.keyring import Contact, ContactKind
from domain.pointing import Pointing
from domain.policy_terms import SuppressionReason
from domain.values import ControllerId, Instant, SubjectId

__all__ = [
    "LiftOrder",
    "Pointer",
    "Pointing",
    "Standing",
    "SuppressOrder",
    "SuppressionCount",
    "SuppressionReason",
    "Suppressor",
    "Use",
]


class Use(StrEnum):
    """What a house may begin with an address of its own accord, and a pointer bars."""

    SOURCING = "sourcing"
    ENRICHMENT = "enrichment"
    OUTREACH = "outreach"


@dataclass(frozen=True, slots=True)
class SuppressOrder:
    """Leave pointers to these contacts and, for a ``subject``, to every address she is found by.

    ``until`` None means until somebody lifts them. They stand from the day of ``since``, which is
    when she said so; today when not given.
    """

    subject: SubjectId | None
    contacts: tuple[Contact, ...]
    reason: SuppressionReason
    until: Instant | None
    since: Instant | None = None


@dataclass(frozen=True, slots=True)
class LiftOrder:
    """Remove the pointers of these reasons from contacts and from a ``subject``'s addresses."""

    subject: SubjectId | None
    contacts: tuple[Contact, ...]
    reasons: frozenset[SuppressionReason]


class SuppressionCount(NamedTuple):
    """How many pointers of a reason and kind stand, since when the oldest, and the next to end.

    ``oldest_at`` is the beginning of a day: a pointer's time is kept no finer.
    """

    reason: SuppressionReason
    kind: ContactKind
    pointers: int
    oldest_at: Instant
    next_until: Instant | None


Standing = Mapping[SuppressionReason, Instant]
"""The reasons that stand, each with the beginning of the first day that it stands from."""

DAY: Instant = 86_400_000_000
"""Microseconds of a day: a pointer's time is kept no finer."""


def came_after(standing: Standing, at: Instant) -> bool:
    """Say whether something happened after the day on which a reason began to stand."""
    return any(at >= since + DAY for since in standing.values())


Pointer = bytes
"""A folded address's keyed hash: alike for every spelling, meaningless without the secret."""


class Suppressor(Protocol):
    """Leaves pointers, lifts them, and says which reasons stand; page-wise, one round trip."""

    def suppressed(
        self, controller: ControllerId, pages: Sequence[tuple[Contact, ...]]
    ) -> list[frozenset[SuppressionReason]]:
        """Say, for each group of contacts, which reasons stand for any of them today.

        Raises:
            KeyUnavailable: the key database or the provider is away.
        """
        ...

    def standing(
        self, controller: ControllerId, pages: Sequence[tuple[Contact, ...]]
    ) -> list[Standing]:
        """Say the same with the day each reason stands from.

        Raises:
            KeyUnavailable: the key database or the provider is away.
        """
        ...

    def pointers(
        self, controller: ControllerId, pages: Sequence[tuple[Contact, ...]]
    ) -> list[frozenset[Pointer]]:
        """Name the pointers of each group of contacts, whether they stand or not; asks nothing."""
        ...

    def standing_of_people(
        self, controller: ControllerId, subjects: Sequence[SubjectId]
    ) -> list[Standing]:
        """Say, for each person, which reasons stand for any address she is found by.

        Raises:
            KeyUnavailable: the key database or the provider is away.
        """
        ...

    def suppress(self, controller: ControllerId, orders: Sequence[SuppressOrder]) -> int:
        """Leave the pointers, durable before it returns; return how many were new or changed.

        A pointer is never shortened: it stands from the earliest day to the latest.

        Raises:
            KeyUnavailable: the key database or the provider is away.
        """
        ...

    def lift(self, controller: ControllerId, orders: Sequence[LiftOrder]) -> int:
        """Remove pointers; return how many there were.

        Raises:
            KeyUnavailable: the key database or the provider is away.
        """
        ...

    def suppressions(self, controller: ControllerId) -> list[SuppressionCount]:
        """Count the pointers that stand, by reason and kind; never whose."""
        ...
