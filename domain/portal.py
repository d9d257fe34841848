"""The person's own page: signing in, what she looked at there, and whether the account is open.

Facts, then state, then evolve, then decide. Addresses and devices are telemetry, with a short life
and one purpose, security. An account blocked for breach of its terms is not a person who set
herself inactive (:mod:`domain.profile`): the two look alike and mean opposite things.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, NamedTuple
from uuid import UUID

from domain.decisions import Decision
from domain.fact import NOTHING_CLEAR, NOTHING_SEALED, Stamp
from domain.standing import Course, Marks, Thing, happened, status_of, unless_latest
from domain.values import SealedPart


class Signal(StrEnum):
    """What looked wrong."""

    MANY_ATTEMPTS = "many_attempts"
    NEW_PLACE = "new_place"
    AUTOMATED_USE = "automated_use"
    REPORTED = "reported"


class Conclusion(StrEnum):
    """What a human made of it."""

    HARMLESS = "harmless"
    CONFIRMED = "confirmed"


class BlockGround(StrEnum):
    """Why an account was blocked."""

    TERMS_BREACHED = "terms_breached"
    SECURITY = "security"


class AccountStatus(StrEnum):
    """Whether the account is open."""

    OPEN = "open"
    BLOCKED = "blocked"


class FlagStatus(StrEnum):
    """Whether a human has looked."""

    FLAGGED = "flagged"
    REVIEWED = "reviewed"


@dataclass(frozen=True, slots=True)
class CandidatePortalLoggedIn:
    """The person signed in to her own page; sealed: address and device."""

    TOPIC: ClassVar[str] = "candidate.portal-logged-in"
    CLEAR: ClassVar[Mapping[str, str]] = NOTHING_CLEAR
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class JobAdViewed:
    """The person looked at an advertisement; sealed: which, and from where."""

    TOPIC: ClassVar[str] = "candidate.job-ad-viewed"
    CLEAR: ClassVar[Mapping[str, str]] = NOTHING_CLEAR
    assignment_id: UUID | None
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class SuspiciousActivityFlagged:
    """Something about the account looked wrong; sealed: what was seen."""

    TOPIC: ClassVar[str] = "candidate.suspicious-activity-flagged"
    CLEAR: ClassVar[Mapping[str, str]] = {
        "signal": "one of four signals",
        "automated": "Art. 22: whether a human was asked",
    }
    flag_id: UUID
    signal: Signal
    automated: bool
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class SuspiciousActivityReviewed:
    """A human looked at what was flagged."""

    TOPIC: ClassVar[str] = "candidate.suspicious-activity-reviewed"
    CLEAR: ClassVar[Mapping[str, str]] = {"conclusion": "one of two conclusions"}
    flag_id: UUID
    conclusion: Conclusion
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class AccountBlocked:
    """The account was closed for breach of its terms; not the person's own wish."""

    TOPIC: ClassVar[str] = "candidate.account-blocked"
    CLEAR: ClassVar[Mapping[str, str]] = {"blocked_for": "one of two grounds"}
    blocked_for: BlockGround
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class AccountUnblocked:
    """The account is open again."""

    TOPIC: ClassVar[str] = "candidate.account-unblocked"
    CLEAR: ClassVar[Mapping[str, str]] = NOTHING_CLEAR
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


PortalFact = (
    CandidatePortalLoggedIn
    | JobAdViewed
    | SuspiciousActivityFlagged
    | SuspiciousActivityReviewed
    | AccountBlocked
    | AccountUnblocked
)


class PortalState(NamedTuple):
    """The account, what was flagged, and the latest mark of what only happens."""

    account: Mapping[str, Thing[AccountStatus]]
    flags: Mapping[UUID, Thing[FlagStatus]]
    latest: Marks


EMPTY = PortalState({}, {}, {})

_ACCOUNT = "account"
_ACCOUNTS: Course[AccountStatus] = Course(
    {AccountBlocked: AccountStatus.BLOCKED, AccountUnblocked: AccountStatus.OPEN},
    begins=frozenset({AccountBlocked, AccountUnblocked}),
)
_FLAGS: Course[FlagStatus] = Course(
    {
        SuspiciousActivityFlagged: FlagStatus.FLAGGED,
        SuspiciousActivityReviewed: FlagStatus.REVIEWED,
    },
    begins=frozenset({SuspiciousActivityFlagged}),
)


def evolve(state: PortalState, stamp: Stamp, fact: PortalFact) -> PortalState:
    """Fold one fact."""
    match fact:
        case CandidatePortalLoggedIn() | JobAdViewed():
            return PortalState(state.account, state.flags, happened(state.latest, stamp, fact))
        case AccountBlocked() | AccountUnblocked():
            account = _ACCOUNTS.moved(state.account, _ACCOUNT, stamp, fact)
            return PortalState(account, state.flags, state.latest)
        case SuspiciousActivityFlagged() | SuspiciousActivityReviewed():
            flags = _FLAGS.moved(state.flags, fact.flag_id, stamp, fact)
            return PortalState(state.account, flags, state.latest)


def decide(state: PortalState, stamp: Stamp, claim: PortalFact) -> Decision:
    """Record the claim unless it is the very fact that stands or happened last."""
    match claim:
        case CandidatePortalLoggedIn() | JobAdViewed():
            return unless_latest(state.latest, stamp, claim)
        case AccountBlocked() | AccountUnblocked():
            return _ACCOUNTS.unless_standing(state.account, _ACCOUNT, stamp, claim)
        case SuspiciousActivityFlagged() | SuspiciousActivityReviewed():
            return _FLAGS.unless_standing(state.flags, claim.flag_id, stamp, claim)


def blocked(state: PortalState) -> bool:
    """Say whether the account is blocked."""
    return status_of(state.account, _ACCOUNT) is AccountStatus.BLOCKED
