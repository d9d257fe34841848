"""Consents: one state machine a purpose and scope.

Facts, then state, then evolve, then decide. Requested, then given or refused; what is given may be
renewed, withdrawn, expire, or be outdated by a change of its purpose; and be given again.

A request changes nothing that stands: asking for a renewal does not end what was given. Withdrawal
is as easy as giving (GDPR Art. 7(3)), ends one purpose and erases nothing by itself. A consent may
be limited to a client or an assignment; the narrowest that stands decides.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, NamedTuple
from uuid import UUID

from domain.decisions import Decision, RefusalReason, Refused, unless_standing
from domain.fact import NOTHING_SEALED, Fact, Mark, Stamp, mark_of
from domain.purposes import Purpose
from domain.values import Instant, SealedPart


class ConsentStatus(StrEnum):
    """Where a consent stands."""

    REQUESTED = "requested"
    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    OUTDATED = "outdated"


@dataclass(frozen=True, slots=True)
class ConsentRequested:
    """The person was asked for a consent."""

    TOPIC: ClassVar[str] = "candidate.consent-requested"
    CLEAR: ClassVar[Mapping[str, str]] = {
        "purpose": "one of fourteen purposes: rights are held against it",
        "notice_version": "numbers a published text",
    }
    consent_id: UUID
    purpose: Purpose
    client_id: UUID | None
    assignment_id: UUID | None
    notice_version: int
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class ConsentGiven:
    """The person consented (Art. 7); sealed: the evidence."""

    TOPIC: ClassVar[str] = "candidate.consent-given"
    CLEAR: ClassVar[Mapping[str, str]] = {
        "purpose": "one of fourteen purposes: rights are held against it",
        "notice_version": "numbers a published text",
        "expires_at": "an expiry must be told for all",
    }
    consent_id: UUID
    purpose: Purpose
    client_id: UUID | None
    assignment_id: UUID | None
    notice_version: int
    expires_at: Instant | None
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class ConsentRefused:
    """The person was asked and would not consent."""

    TOPIC: ClassVar[str] = "candidate.consent-refused"
    CLEAR: ClassVar[Mapping[str, str]] = {
        "purpose": "one of fourteen purposes: rights are held against it"
    }
    consent_id: UUID
    purpose: Purpose
    client_id: UUID | None
    assignment_id: UUID | None
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class ConsentRenewed:
    """The person consented anew; sealed: the evidence."""

    TOPIC: ClassVar[str] = "candidate.consent-renewed"
    CLEAR: ClassVar[Mapping[str, str]] = {
        "purpose": "one of fourteen purposes: rights are held against it",
        "notice_version": "numbers a published text",
        "expires_at": "an expiry must be told for all",
    }
    consent_id: UUID
    purpose: Purpose
    client_id: UUID | None
    assignment_id: UUID | None
    notice_version: int
    expires_at: Instant | None
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class ConsentWithdrawn:
    """The person took a consent back, as easily as she gave it (Art. 7(3))."""

    TOPIC: ClassVar[str] = "candidate.consent-withdrawn"
    CLEAR: ClassVar[Mapping[str, str]] = {
        "purpose": "one of fourteen purposes: rights are held against it"
    }
    consent_id: UUID
    purpose: Purpose
    client_id: UUID | None
    assignment_id: UUID | None
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class ConsentExpired:
    """A consent's time ran out."""

    TOPIC: ClassVar[str] = "candidate.consent-expired"
    CLEAR: ClassVar[Mapping[str, str]] = {
        "purpose": "one of fourteen purposes: rights are held against it"
    }
    consent_id: UUID
    purpose: Purpose
    client_id: UUID | None
    assignment_id: UUID | None
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class ConsentOutdated:
    """The purpose or its notice changed: the consent must be asked for anew."""

    TOPIC: ClassVar[str] = "candidate.consent-outdated"
    CLEAR: ClassVar[Mapping[str, str]] = {
        "purpose": "one of fourteen purposes: rights are held against it",
        "notice_version": "numbers a published text",
    }
    consent_id: UUID
    purpose: Purpose
    client_id: UUID | None
    assignment_id: UUID | None
    notice_version: int
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


ConsentFact = (
    ConsentRequested
    | ConsentGiven
    | ConsentRefused
    | ConsentRenewed
    | ConsentWithdrawn
    | ConsentExpired
    | ConsentOutdated
)


class Consent(NamedTuple):
    """How a consent stands: by which fact, in which notice's words, until when, for whom."""

    status: ConsentStatus
    mark: Mark
    notice_version: int | None
    expires_at: Instant | None
    consent_id: UUID | None = None
    client_id: UUID | None = None
    assignment_id: UUID | None = None


Consents = Mapping[str, Consent]
"""A person's consents by scope (:func:`scope_of`)."""

EMPTY: Consents = {}

_STATUS: Mapping[type[Fact], ConsentStatus] = {
    ConsentRequested: ConsentStatus.REQUESTED,
    ConsentGiven: ConsentStatus.GIVEN,
    ConsentRefused: ConsentStatus.REFUSED,
    ConsentRenewed: ConsentStatus.GIVEN,
    ConsentWithdrawn: ConsentStatus.WITHDRAWN,
    ConsentExpired: ConsentStatus.EXPIRED,
    ConsentOutdated: ConsentStatus.OUTDATED,
}


def scope_of(purpose: Purpose, client_id: UUID | None, assignment_id: UUID | None) -> str:
    """Name what a consent covers: a purpose, narrowed to an assignment or else to a client."""
    narrowed = assignment_id or client_id
    return purpose.value if narrowed is None else f"{purpose.value}/{narrowed.hex}"


def evolve(state: Consents, stamp: Stamp, fact: ConsentFact) -> Consents:
    """Fold one fact; an older one leaves what stands as it is."""
    mark, scope = mark_of(stamp), _scope(fact)
    if not _yields(state.get(scope), fact, mark):
        return state
    return {**state, scope: _consent(fact, mark)}


def decide(state: Consents, stamp: Stamp, claim: ConsentFact) -> Decision:
    """Record the claim unless it is the very fact that stands.

    What is not given, or lasts no more, is not renewed: it must be asked for and given anew.
    """
    known = state.get(_scope(claim))
    decision = unless_standing(None if known is None else known.mark, stamp, claim)
    if decision and isinstance(claim, ConsentRenewed) and not _lasts(known, stamp.occurred_at):
        return Refused(RefusalReason.NO_CONSENT)
    return decision


def consented(state: Consents, purpose: Purpose, at: Instant, *narrowed: UUID | None) -> bool:
    """Say whether a consent to a purpose is given and lasts at a time.

    ``narrowed`` names clients or assignments, narrowest first: the first of them about which
    anything stands decides, and the purpose at large when none does.
    """
    scopes = [scope_of(purpose, None, one) for one in narrowed if one is not None]
    for scope in [*scopes, purpose.value]:
        known = state.get(scope)
        if known is not None and known.status is not ConsentStatus.REQUESTED:
            return _lasts(known, at)
    return False


def _lasts(known: Consent | None, at: Instant) -> bool:
    if known is None or known.status is not ConsentStatus.GIVEN:
        return False
    return known.expires_at is None or at < known.expires_at


def _scope(fact: ConsentFact) -> str:
    return scope_of(fact.purpose, fact.client_id, fact.assignment_id)


def _yields(known: Consent | None, fact: ConsentFact, mark: Mark) -> bool:
    """Say whether what stands yields: to a later fact, and a mere request to any other."""
    if known is None:
        return True
    asked = (known.status is ConsentStatus.REQUESTED, isinstance(fact, ConsentRequested))
    return mark > known.mark if asked[0] == asked[1] else asked[0]


def _consent(fact: ConsentFact, mark: Mark) -> Consent:
    ids = (fact.consent_id, fact.client_id, fact.assignment_id)
    match fact:
        case ConsentGiven() | ConsentRenewed():
            return Consent(ConsentStatus.GIVEN, mark, fact.notice_version, fact.expires_at, *ids)
        case _:
            return Consent(_STATUS[type(fact)], mark, None, None, *ids)
