"""On which basis of GDPR Art. 6 a person's data are used, purpose by purpose.

Facts, then state, then evolve, then decide. A basis is recorded beside the consents and never takes
the place of one that was withdrawn: which of the two a use rests on is said when it is used.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from domain.decisions import Decision, unless_standing
from domain.fact import NOTHING_SEALED, Mark, Stamp, mark_of
from domain.purposes import Purpose
from domain.values import SealedPart


class LawfulBasis(StrEnum):
    """GDPR Art. 6(1) a-f."""

    CONSENT = "consent"
    CONTRACT = "contract"
    LEGAL_OBLIGATION = "legal_obligation"
    VITAL_INTERESTS = "vital_interests"
    PUBLIC_TASK = "public_task"
    LEGITIMATE_INTERESTS = "legitimate_interests"


@dataclass(frozen=True, slots=True)
class LawfulBasisRecorded:
    """On which basis of Art. 6 the person's data are used for a purpose."""

    TOPIC: ClassVar[str] = "candidate.lawful-basis-recorded"
    CLEAR: ClassVar[Mapping[str, str]] = {
        "purpose": "one of fourteen purposes: rights are held against it",
        "basis": "one of the six bases of Art. 6",
    }
    purpose: Purpose
    basis: LawfulBasis
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


BasisFact = LawfulBasisRecorded

Bases = Mapping[Purpose, tuple[LawfulBasis, Mark]]
"""By purpose, the basis recorded last, and the mark of that fact."""

EMPTY: Bases = {}


def evolve(state: Bases, stamp: Stamp, fact: BasisFact) -> Bases:
    """Fold one fact; an older one leaves what stands as it is."""
    known, mark = state.get(fact.purpose), mark_of(stamp)
    if known is not None and mark <= known[1]:
        return state
    return {**state, fact.purpose: (fact.basis, mark)}


def decide(state: Bases, stamp: Stamp, claim: BasisFact) -> Decision:
    """Record the claim unless it is the very fact that stands."""
    known = state.get(claim.purpose)
    return unless_standing(None if known is None else known[1], stamp, claim)
