"""Which suppression pointers a person's facts leave, lift, and hand on at her erasure. Pure.

Rules. Wishes are read off the state, not the facts: whichever order an opt-out and an opt-in came
in, the latter of them stands. Opting in is her will to be approached and lifts what her earlier
opt-out or deletion left; registering and applying lift nothing. An erasure she asked for leaves
pointers; one that time or the law asks for leaves none of its own, but a person who wants no
approaches stays one at every address.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from domain.calendar import after, day_begins
from domain.erasure import ErasureReason
from domain.fact import Fact
from domain.outreach import (
    CandidateReplied,
    OutreachOptedIn,
    OutreachOptedOut,
    Sentiment,
    opted_out,
)
from domain.pointing import Pointing
from domain.policy import Policy
from domain.portal import AccountBlocked, AccountUnblocked, blocked
from domain.subject import SubjectState
from domain.suppression import SuppressionReason

POINTING: frozenset[type[Fact]] = frozenset(
    {CandidateReplied, OutreachOptedOut, OutreachOptedIn, AccountBlocked, AccountUnblocked}
)
"""The kinds of facts that may leave or lift pointers."""

DIALOGUE = frozenset({Sentiment.INTERESTED, Sentiment.LATER, Sentiment.QUESTION})
"""Answers after which a person is spoken with and not approached anew."""

LIFTED_BY_OPT_IN = frozenset({SuppressionReason.OPTED_OUT, SuppressionReason.SELF_DELETED})

WELCOME = LIFTED_BY_OPT_IN | {SuppressionReason.IN_DIALOGUE}
"""What an erasure lifts of a person who wants to be welcome again: all but abuse."""

_OF_ERASURE: Mapping[ErasureReason, SuppressionReason] = {
    ErasureReason.REQUEST: SuppressionReason.SELF_DELETED,
    ErasureReason.CONSENT_WITHDRAWN: SuppressionReason.SELF_DELETED,
    ErasureReason.OBJECTION: SuppressionReason.OPTED_OUT,
    ErasureReason.OPT_OUT: SuppressionReason.OPTED_OUT,
}


class Pointed(NamedTuple):
    """The reasons whose pointers are to be left, and those whose are to be lifted."""

    leave: frozenset[SuppressionReason]
    lift: frozenset[SuppressionReason]


def pointed_by(state: SubjectState, facts: Iterable[Fact]) -> Pointed:
    """Read off what facts just recorded leave and lift; ``state`` is the one they led to."""
    leave: set[SuppressionReason] = set()
    lift: set[SuppressionReason] = set()
    life = state.life
    for fact in facts:
        if isinstance(fact, CandidateReplied) and fact.sentiment in DIALOGUE:
            leave.add(SuppressionReason.IN_DIALOGUE)
        elif isinstance(fact, OutreachOptedOut | OutreachOptedIn):
            if life is not None and life.outreach is not None and opted_out(life.outreach):
                leave.add(SuppressionReason.OPTED_OUT)
            else:
                lift |= LIFTED_BY_OPT_IN
        elif isinstance(fact, AccountBlocked | AccountUnblocked):
            barred = life is not None and life.portal is not None and blocked(life.portal)
            (leave if barred else lift).add(SuppressionReason.ABUSE)
    return Pointed(frozenset(leave), frozenset(lift))


def left_by_erasure(reason: ErasureReason | None, state: SubjectState) -> SuppressionReason | None:
    """Say what the erasure of a whole person leaves, or None: what stands is left as it is."""
    asked = None if reason is None else _OF_ERASURE.get(reason)
    outreach = None if state.life is None else state.life.outreach
    wants_none = outreach is not None and opted_out(outreach)
    return asked or (SuppressionReason.OPTED_OUT if wants_none else None)


def pointing_of(reason: SuppressionReason, policy: Policy | None, day: date) -> Pointing:
    """Say how long pointers stand that are left on a day."""
    period = None if policy is None else policy.suppressed_for(reason)
    return Pointing(reason, None if period is None else day_begins(after(day, period)))
