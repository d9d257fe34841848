"""Legal holds: what must be kept although it would be erased (GDPR Art. 17(3)).

Facts, then state, then evolve, then decide. A hold covers a category, or for None the person; it
ends when it is released or at its date. A release is final. The erasure asks :func:`held` before
it is ordered.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, NamedTuple
from uuid import UUID

from domain.decisions import Decision, unless_standing
from domain.fact import NOTHING_CLEAR, NOTHING_SEALED, Mark, Stamp, mark_of
from domain.values import Category, Instant, SealedPart


class HoldGround(StrEnum):
    """Why something must be kept."""

    ACCOUNTING = "accounting"
    EMPLOYMENT_LAW = "employment_law"
    CLAIM = "claim"
    AUTHORITY = "authority"
    ABUSE = "abuse"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class LegalHoldPlaced:
    """Something must be kept although it would be erased; sealed: the legal reference."""

    TOPIC: ClassVar[str] = "subject.legal-hold-placed"
    CLEAR: ClassVar[Mapping[str, str]] = {
        "category": "names a class of data, or a document by its random id",
        "held_for": "one of six grounds; a hold must be accountable",
        "until_at": "a hold's end must be told for all",
    }
    hold_id: UUID
    category: Category | None
    held_for: HoldGround
    until_at: Instant | None
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class LegalHoldReleased:
    """What had to be kept need not be any more."""

    TOPIC: ClassVar[str] = "subject.legal-hold-released"
    CLEAR: ClassVar[Mapping[str, str]] = NOTHING_CLEAR
    hold_id: UUID
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


HoldFact = LegalHoldPlaced | LegalHoldReleased


class Hold(NamedTuple):
    """One hold; a release may be known before it was placed."""

    placed: Mark | None
    released: Mark | None
    category: Category | None
    until_at: Instant | None


Holds = Mapping[UUID, Hold]
"""A person's holds by hold id."""

EMPTY: Holds = {}
_UNSEEN = Hold(None, None, None, None)


def evolve(state: Holds, stamp: Stamp, fact: HoldFact) -> Holds:
    """Fold one fact into its hold; the latest placing says what and until when."""
    known, mark = state.get(fact.hold_id, _UNSEEN), mark_of(stamp)
    if isinstance(fact, LegalHoldPlaced):
        if known.placed is not None and mark <= known.placed:
            return state
        moved = Hold(mark, known.released, fact.category, fact.until_at)
    else:
        if known.released is not None and mark <= known.released:
            return state
        moved = Hold(known.placed, mark, known.category, known.until_at)
    return {**state, fact.hold_id: moved}


def decide(state: Holds, stamp: Stamp, claim: HoldFact) -> Decision:
    """Record the claim unless it is the very fact that stands."""
    known = state.get(claim.hold_id, _UNSEEN)
    standing = known.placed if isinstance(claim, LegalHoldPlaced) else known.released
    return unless_standing(standing, stamp, claim)


def held(state: Holds, category: Category | None, at: Instant) -> bool:
    """Say whether a hold forbids erasing a category, or for None the person, at a time."""
    return any(_binds(hold, at) and _covers(hold.category, category) for hold in state.values())


def _binds(hold: Hold, at: Instant) -> bool:
    lasts = hold.until_at is None or at < hold.until_at
    return hold.placed is not None and hold.released is None and lasts


def _covers(held_category: Category | None, category: Category | None) -> bool:
    """Say whether two scopes share anything; ``documents`` holds every ``documents/<id>``."""
    if held_category is None or category is None or held_category == category:
        return True
    return category.startswith(f"{held_category}/") or held_category.startswith(f"{category}/")
