"""Objections (GDPR Art. 21): raised, weighed, and either upheld or rejected.

Facts, then state, then evolve, then decide. An objection closes its purpose from the moment it is
raised: to advertising for good, to anything else until it is rejected on compelling grounds
(Art. 18(1)(d), 21(1), 21(3)). Which claims a purpose stands for is :mod:`domain.permission`'s to
say.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, NamedTuple
from uuid import UUID

from domain.decisions import Decision, RefusalReason, Refused, unless_standing
from domain.fact import NOTHING_CLEAR, NOTHING_SEALED, Mark, Stamp, mark_of
from domain.purposes import ADVERTISING, Purpose
from domain.values import SealedPart


class Verdict(StrEnum):
    """What became of an objection."""

    UPHELD = "upheld"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class ObjectionRaised:
    """The person objected (Art. 21); sealed: her reasons, which marketing never asks for."""

    TOPIC: ClassVar[str] = "subject.objection-raised"
    CLEAR: ClassVar[Mapping[str, str]] = {
        "purpose": "one of fourteen purposes: rights are held against it"
    }
    objection_id: UUID
    purpose: Purpose
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class ObjectionUpheld:
    """The objection was found right: the purpose is closed."""

    TOPIC: ClassVar[str] = "subject.objection-upheld"
    CLEAR: ClassVar[Mapping[str, str]] = NOTHING_CLEAR
    objection_id: UUID
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class ObjectionRejected:
    """Compelling grounds were found; sealed: which, as the person was told."""

    TOPIC: ClassVar[str] = "subject.objection-rejected"
    CLEAR: ClassVar[Mapping[str, str]] = NOTHING_CLEAR
    objection_id: UUID
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


ObjectionFact = ObjectionRaised | ObjectionUpheld | ObjectionRejected


class Objection(NamedTuple):
    """One objection: to what, once that is known, and the latest verdict."""

    purpose: Purpose | None
    raised: Mark | None
    verdict: Verdict | None
    decided: Mark | None


Objections = Mapping[UUID, Objection]
"""A person's objections by objection id."""

EMPTY: Objections = {}
_UNSEEN = Objection(None, None, None, None)


def evolve(state: Objections, stamp: Stamp, fact: ObjectionFact) -> Objections:
    """Fold one fact into its objection; the latest raising and the latest verdict stand."""
    known, mark = state.get(fact.objection_id, _UNSEEN), mark_of(stamp)
    if isinstance(fact, ObjectionRaised):
        if known.raised is not None and mark <= known.raised:
            return state
        moved = Objection(fact.purpose, mark, known.verdict, known.decided)
    else:
        if known.decided is not None and mark <= known.decided:
            return state
        upheld = isinstance(fact, ObjectionUpheld)
        verdict = Verdict.UPHELD if upheld else Verdict.REJECTED
        moved = Objection(known.purpose, known.raised, verdict, mark)
    return {**state, fact.objection_id: moved}


def decide(state: Objections, stamp: Stamp, claim: ObjectionFact) -> Decision:
    """Record the claim unless it is the very fact that stands.

    An objection to advertising is not weighed, so it cannot be rejected (Art. 21(3)).
    """
    known = state.get(claim.objection_id, _UNSEEN)
    if isinstance(claim, ObjectionRaised):
        return unless_standing(known.raised, stamp, claim)
    if isinstance(claim, ObjectionRejected) and known.purpose in ADVERTISING:
        return Refused(RefusalReason.NOT_WEIGHED)
    return unless_standing(known.decided, stamp, claim)


def objected(state: Objections, purpose: Purpose) -> bool:
    """Say whether a purpose is closed by an objection that is not rejected."""
    return any(
        known.verdict is not Verdict.REJECTED and known.purpose in (purpose, Purpose.EVERYTHING)
        for known in state.values()
    )
