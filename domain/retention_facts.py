"""Retention: the day something is to be erased, moved, overridden, come.

Facts, then state, then evolve, then decide. The rules, and the reckoning of a day from the
:mod:`domain.anchors`, are the retention engine's; here is what was decided, so that a day that
was moved can be explained to whoever asks. An expiry is final: it is followed by an erasure, or by
an override with a date.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, NamedTuple
from uuid import UUID

from domain.decisions import Decision, unless_standing
from domain.fact import NOTHING_CLEAR, NOTHING_SEALED, Mark, Stamp, mark_of
from domain.values import Category, Instant, SealedPart


class MovedBy(StrEnum):
    """Why a day was moved."""

    USED = "used"
    SIGNED_IN = "signed_in"
    CONSENT = "consent"
    HOLD = "hold"
    RESTRICTION = "restriction"
    RULE_CHANGED = "rule_changed"


class ExpiryStatus(StrEnum):
    """Where an expiry stands."""

    DUE = "due"
    OVERRIDDEN = "overridden"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class RetentionExpiryScheduled:
    """A retention rule set the day something is to be erased."""

    TOPIC: ClassVar[str] = "subject.retention-expiry-scheduled"
    CLEAR: ClassVar[Mapping[str, str]] = {
        "category": "names a class of data, or a document by its random id",
        "due_at": "a duty's date must be told for all",
    }
    expiry_id: UUID
    rule_id: UUID
    category: Category | None
    due_at: Instant
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class RetentionExpiryMoved:
    """The day was moved by what happened since."""

    TOPIC: ClassVar[str] = "subject.retention-expiry-moved"
    CLEAR: ClassVar[Mapping[str, str]] = {
        "due_at": "a duty's date must be told for all",
        "moved_by": "one of six causes",
    }
    expiry_id: UUID
    due_at: Instant
    moved_by: MovedBy
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class RetentionExpired:
    """The day came."""

    TOPIC: ClassVar[str] = "subject.retention-expired"
    CLEAR: ClassVar[Mapping[str, str]] = NOTHING_CLEAR
    expiry_id: UUID
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class RetentionOverridden:
    """An officer kept something longer; sealed: why."""

    TOPIC: ClassVar[str] = "subject.retention-overridden"
    CLEAR: ClassVar[Mapping[str, str]] = {"until_at": "a hold's end must be told for all"}
    expiry_id: UUID
    until_at: Instant
    approver: UUID
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


RetentionFact = (
    RetentionExpiryScheduled | RetentionExpiryMoved | RetentionExpired | RetentionOverridden
)


class Expiry(NamedTuple):
    """One expiry: the day that stands, by which fact, of which category, under which rule.

    ``rule_id`` is None where another rule than the one that set the day has moved it.
    """

    status: ExpiryStatus
    mark: Mark
    due_at: Instant
    category: Category | None
    rule_id: UUID | None = None


Expiries = Mapping[UUID, Expiry]
"""A person's expiries by expiry id."""

EMPTY: Expiries = {}


def evolve(state: Expiries, stamp: Stamp, fact: RetentionFact) -> Expiries:
    """Fold one fact into its expiry; the latest stands."""
    known, mark = state.get(fact.expiry_id), mark_of(stamp)
    if known is not None and mark <= known.mark:
        return state
    return {**state, fact.expiry_id: _moved(known, mark, fact)}


def decide(state: Expiries, stamp: Stamp, claim: RetentionFact) -> Decision:
    """Record the claim unless it is the very fact that stands, or moves the day to where it is."""
    known = state.get(claim.expiry_id)
    if known is not None and isinstance(claim, RetentionExpiryScheduled | RetentionExpiryMoved):
        stays = known.status is ExpiryStatus.DUE and known.due_at == claim.due_at
        if stays:
            return ()
    return unless_standing(None if known is None else known.mark, stamp, claim)


def category_of(state: Expiries, expiry_id: UUID) -> Category | None:
    """Return what an expiry covers; None for the whole person, and when it is not known."""
    known = state.get(expiry_id)
    return None if known is None else known.category


def _moved(known: Expiry | None, mark: Mark, fact: RetentionFact) -> Expiry:
    category, rule = (None, None) if known is None else (known.category, known.rule_id)
    match fact:
        case RetentionExpiryScheduled():
            return Expiry(ExpiryStatus.DUE, mark, fact.due_at, fact.category, fact.rule_id)
        case RetentionExpiryMoved():
            rule = None if fact.moved_by is MovedBy.RULE_CHANGED else rule
            return Expiry(ExpiryStatus.DUE, mark, fact.due_at, category, rule)
        case RetentionOverridden():
            return Expiry(ExpiryStatus.OVERRIDDEN, mark, fact.until_at, category, rule)
        case RetentionExpired():
            due = mark[0] if known is None else known.due_at
            return Expiry(ExpiryStatus.EXPIRED, mark, due, category, rule)
