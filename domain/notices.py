"""Privacy notices as they reached one person: delivered, returned, read, commented on.

Facts, then state, then evolve, then decide. The notices themselves, and when each takes effect,
are the controller's; here is only what happened to a version of them with this person.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from domain.communication import Medium
from domain.decisions import Decision, unless_standing
from domain.fact import NOTHING_SEALED, Mark, Stamp, mark_of
from domain.values import SealedPart


@dataclass(frozen=True, slots=True)
class NoticeDelivered:
    """A privacy notice reached the person."""

    TOPIC: ClassVar[str] = "candidate.notice-delivered"
    CLEAR: ClassVar[Mapping[str, str]] = {
        "notice_version": "numbers a published text",
        "medium": "one of seven ways to reach a person, for statistics",
    }
    notice_version: int
    medium: Medium
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class NoticeBounced:
    """A privacy notice did not reach the person."""

    TOPIC: ClassVar[str] = "candidate.notice-bounced"
    CLEAR: ClassVar[Mapping[str, str]] = {
        "notice_version": "numbers a published text",
        "medium": "one of seven ways to reach a person, for statistics",
    }
    notice_version: int
    medium: Medium
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class NoticeReviewed:
    """The person read a privacy notice before it took effect."""

    TOPIC: ClassVar[str] = "candidate.notice-reviewed"
    CLEAR: ClassVar[Mapping[str, str]] = {"notice_version": "numbers a published text"}
    notice_version: int
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class NoticeCommented:
    """The person commented on a privacy notice; sealed: what she said."""

    TOPIC: ClassVar[str] = "candidate.notice-commented"
    CLEAR: ClassVar[Mapping[str, str]] = {"notice_version": "numbers a published text"}
    notice_version: int
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


NoticeFact = NoticeDelivered | NoticeBounced | NoticeReviewed | NoticeCommented

Notices = Mapping[str, tuple[int, Mark]]
"""By stored name, the version of the latest fact of the kind, and its mark."""

EMPTY: Notices = {}


def evolve(state: Notices, stamp: Stamp, fact: NoticeFact) -> Notices:
    """Fold one fact; an older one leaves what stands as it is."""
    mark = mark_of(stamp)
    known = state.get(fact.TOPIC)
    if known is not None and mark <= known[1]:
        return state
    return {**state, fact.TOPIC: (fact.notice_version, mark)}


def decide(state: Notices, stamp: Stamp, claim: NoticeFact) -> Decision:
    """Record the claim unless it is the very fact that happened last."""
    known = state.get(claim.TOPIC)
    return unless_standing(None if known is None else known[1], stamp, claim)
