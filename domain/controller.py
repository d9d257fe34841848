"""A controller's own stream: policies adopted, notices announced and published, user accounts.

Facts, then state, then evolve, then decide. The stream's id is the controller's. A policy is never
edited: of each version the first adoption stands, and another text under the same number is
refused. A notice is announced before it binds, and its readers may comment until a day; the
first notice of all binds nobody to a change and needs no announcement.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, NamedTuple

from domain import users
from domain.calendar import civil_date, day_begins
from domain.decisions import Decision, RefusalReason, Refused
from domain.fact import NOTHING_SEALED, Mark, Stamp, mark_of
from domain.purposes import Purpose
from domain.users import UserDeactivated, UserFact, UserRegistered, Users
from domain.values import ControllerId, Instant, SealedPart, SubjectId

_DIGEST = "a hash of a published text"
_VERSION = "numbers a published text"
_EFFECTIVE = "whom a text binds from when must be told for all"
_PURPOSES = "purposes out of fourteen: whose consents are to be asked for anew"


@dataclass(frozen=True, slots=True)
class PolicyAdopted:
    """A version of the controller's policy was taken from its file."""

    TOPIC: ClassVar[str] = "controller.policy-adopted"
    CLEAR: ClassVar[Mapping[str, str]] = {
        "version": _VERSION,
        "effective_at": _EFFECTIVE,
        "digest": _DIGEST,
    }
    version: int
    effective_at: Instant
    digest: bytes
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class NoticeAnnounced:
    """A privacy notice was announced before it binds: it may be commented on until a day."""

    TOPIC: ClassVar[str] = "controller.notice-announced"
    CLEAR: ClassVar[Mapping[str, str]] = {
        "notice_version": _VERSION,
        "effective_at": _EFFECTIVE,
        "comment_until_at": "the end of a comment period must be told for all",
        "purposes_changed": _PURPOSES,
        "digest": _DIGEST,
    }
    notice_version: int
    effective_at: Instant
    comment_until_at: Instant
    purposes_changed: tuple[Purpose, ...]
    digest: bytes | None
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class NoticePublished:
    """A privacy notice was published; it binds from a day."""

    TOPIC: ClassVar[str] = "controller.notice-published"
    CLEAR: ClassVar[Mapping[str, str]] = {
        "notice_version": _VERSION,
        "effective_at": _EFFECTIVE,
        "comment_days": "the rule it was decided under",
        "purposes_changed": _PURPOSES,
        "digest": _DIGEST,
    }
    notice_version: int
    effective_at: Instant
    comment_days: int
    purposes_changed: tuple[Purpose, ...]
    digest: bytes | None
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


NoticeTextFact = NoticeAnnounced | NoticePublished
ControllerFact = PolicyAdopted | NoticeAnnounced | NoticePublished | UserFact


class Adopted(NamedTuple):
    """A version that was adopted: by which fact, in force from when, and its text's hash."""

    mark: Mark
    effective_at: Instant
    digest: bytes


class NoticeText(NamedTuple):
    """A notice as it was announced or published; ``comment_until_at`` of an announcement alone."""

    mark: Mark
    effective_at: Instant
    purposes_changed: tuple[Purpose, ...]
    digest: bytes | None
    comment_until_at: Instant | None = None


class ControllerState(NamedTuple):
    """Adopted policies, announced and published notices, each by its version; user accounts.

    ``users`` is None until one is registered.
    """

    policies: Mapping[int, Adopted]
    announced: Mapping[int, NoticeText]
    published: Mapping[int, NoticeText]
    users: Users | None = None


EMPTY = ControllerState({}, {}, {})


def stream_of(controller: ControllerId) -> SubjectId:
    """Name a controller's own stream: by its own id, which is nobody's."""
    return SubjectId(controller)


def comments_end(announced_at: Instant, comment_days: int) -> Instant:
    """Return when comments are no longer awaited: after so many whole days in Norway."""
    if comment_days == 0:
        return announced_at
    return day_begins(civil_date(announced_at) + timedelta(days=comment_days + 1))


def evolve(state: ControllerState, stamp: Stamp, fact: ControllerFact) -> ControllerState:
    """Fold one fact: the first adoption and publication of a version, its latest announcement."""
    mark = mark_of(stamp)
    match fact:
        case PolicyAdopted():
            adopted = Adopted(mark, fact.effective_at, fact.digest)
            known = state.policies.get(fact.version)
            first = adopted if known is None else min(known, adopted)
            return state._replace(policies={**state.policies, fact.version: first})
        case NoticeAnnounced():
            text = _text(mark, fact)
            standing = state.announced.get(fact.notice_version)
            latest = text if standing is None or standing.mark < mark else standing
            return state._replace(announced={**state.announced, fact.notice_version: latest})
        case NoticePublished():
            text = _text(mark, fact)
            standing = state.published.get(fact.notice_version)
            earliest = text if standing is None or mark < standing.mark else standing
            return state._replace(published={**state.published, fact.notice_version: earliest})
        case UserRegistered() | UserDeactivated():
            return state._replace(users=users.evolve(state.users or {}, stamp, fact))


def decide(state: ControllerState, stamp: Stamp, claim: ControllerFact) -> Decision:
    """Record what is new and in order; what stands already decides nothing."""
    match claim:
        case PolicyAdopted():
            return _decide_policy(state, claim)
        case NoticeAnnounced():
            return _decide_announcement(state, stamp, claim)
        case NoticePublished():
            return _decide_publication(state, stamp, claim)
        case UserRegistered() | UserDeactivated():
            return users.decide(state.users or {}, claim)


def outdated_by(state: ControllerState, at: Instant) -> Mapping[Purpose, int]:
    """Name, by purpose, the newest notice in force that changed it.

    A consent in the words of an older notice no longer covers that purpose.
    """
    return {
        purpose: version
        for version, notice in sorted(state.published.items())
        if notice.effective_at <= at
        for purpose in notice.purposes_changed
    }


def _decide_policy(state: ControllerState, claim: PolicyAdopted) -> Decision:
    known = state.policies.get(claim.version)
    if known is not None:
        same = (known.effective_at, known.digest) == (claim.effective_at, claim.digest)
        return () if same else Refused(RefusalReason.POLICY_CHANGED)
    followed = any(
        version > claim.version or adopted.effective_at >= claim.effective_at
        for version, adopted in state.policies.items()
    )
    if followed:
        return Refused(RefusalReason.SUPERSEDED)
    return (claim,)


def _decide_announcement(state: ControllerState, stamp: Stamp, claim: NoticeAnnounced) -> Decision:
    if _stands(state.announced.get(claim.notice_version), stamp, claim):
        return ()
    if claim.notice_version <= max(state.published, default=0):
        return Refused(RefusalReason.SUPERSEDED)
    if claim.effective_at < claim.comment_until_at:
        return Refused(RefusalReason.COMMENT_PERIOD)
    return (claim,)


def _decide_publication(state: ControllerState, stamp: Stamp, claim: NoticePublished) -> Decision:
    if _stands(state.published.get(claim.notice_version), stamp, claim):
        return ()
    if claim.notice_version <= max(state.published, default=0):
        return Refused(RefusalReason.SUPERSEDED)
    if not state.published:
        return (claim,)
    announced = state.announced.get(claim.notice_version)
    if announced is None:
        unheard = Refused(RefusalReason.UNANNOUNCED)
        return unheard if claim.comment_days else (claim,)
    return _against(announced, claim) or (claim,)


def _against(announced: NoticeText, claim: NoticePublished) -> Refused | None:
    """Say why what was announced forbids a publication: too early, or not what was announced."""
    promised = comments_end(announced.mark[0], claim.comment_days)
    if claim.effective_at < max(promised, announced.comment_until_at or promised):
        return Refused(RefusalReason.COMMENT_PERIOD)
    earlier = claim.effective_at < announced.effective_at
    more = not set(claim.purposes_changed) <= set(announced.purposes_changed)
    other = announced.digest is not None and claim.digest != announced.digest
    return Refused(RefusalReason.UNANNOUNCED) if earlier or more or other else None


def _text(mark: Mark, fact: NoticeTextFact) -> NoticeText:
    until = fact.comment_until_at if isinstance(fact, NoticeAnnounced) else None
    return NoticeText(mark, fact.effective_at, fact.purposes_changed, fact.digest, until)


def _stands(known: NoticeText | None, stamp: Stamp, claim: NoticeTextFact) -> bool:
    """Say whether a notice stands as claimed, whenever it was told.

    How long comments are awaited follows from the day of the announcement, so it is not compared.
    """
    if known is None:
        return False
    told = (claim.effective_at, claim.purposes_changed, claim.digest)
    same = (known.effective_at, known.purposes_changed, known.digest) == told
    return same or known.mark[1] == stamp.fact_id.bytes
