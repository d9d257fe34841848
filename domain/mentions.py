"""Mentions: where else a person is spoken of: a referee, a client's contact, an interviewer.

Facts, then state, then evolve, then decide. A fact of another's stream never holds this person's
values. They are sealed here, under her own key, beside the id of the fact that speaks of her:
this is her fence and her footprint there. Both facts belong in one transaction.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from domain.decisions import Decision, unless_standing
from domain.fact import NOTHING_SEALED, Mark, Stamp, mark_of
from domain.values import FactId, SealedPart


class Role(StrEnum):
    """As what the person is mentioned."""

    REFEREE = "referee"
    CLIENT_CONTACT = "client_contact"
    INTERVIEWER = "interviewer"
    AUTHOR = "author"
    ATTENDEE = "attendee"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class MentionedIn:
    """The person is spoken of in a fact of another stream; sealed: her own values in it."""

    TOPIC: ClassVar[str] = "subject.mentioned-in"
    CLEAR: ClassVar[Mapping[str, str]] = {"role": "one of six roles: which duties follow"}
    mentioning_fact_id: FactId
    role: Role
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


MentionFact = MentionedIn

Mentions = Mapping[Role, tuple[int, Mark]]
"""By role, how often the person was mentioned so and the mark of the latest mention."""

EMPTY: Mentions = {}


def evolve(state: Mentions, stamp: Stamp, fact: MentionFact) -> Mentions:
    """Count one mention."""
    mark = mark_of(stamp)
    known = state.get(fact.role)
    if known is None:
        return {**state, fact.role: (1, mark)}
    return {**state, fact.role: (known[0] + 1, max(known[1], mark))}


def decide(state: Mentions, stamp: Stamp, claim: MentionFact) -> Decision:
    """Record the claim unless it is the very mention that is the latest in its role."""
    known = state.get(claim.role)
    return unless_standing(None if known is None else known[1], stamp, claim)
