"""Consents as staff register them: asked, given, refused, renewed, taken back.

A consent keeps its id from the question to its end; a new question, or a new consent after one
that ended, has an id of its own. Taking one back ends its purpose in every stream of hers where it
stands, erases nothing, and each source is told which purpose it was (GDPR Art. 7(3)).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from consumers.ports import Log, NoticeKind
from consumers.recipients import Recipients
from consumers.rights import Act, Recorded, Rights, Sealing
from domain.consent import (
    Consent,
    ConsentFact,
    ConsentGiven,
    ConsentRefused,
    ConsentRenewed,
    ConsentRequested,
    ConsentStatus,
    ConsentWithdrawn,
    scope_of,
)
from domain.fact import Fact
from domain.purposes import Purpose
from domain.subject import SubjectState
from domain.values import ControllerId, FactId, Instant, SealedPart, SubjectId

TELEMETRY = "telemetry"
"""The category of a consent's evidence: an address, a form, a browser."""

_OPEN = frozenset({ConsentStatus.REQUESTED, ConsentStatus.GIVEN})
"""A consent that stands so goes on under its id."""


class Answer(StrEnum):
    """What became of a consent."""

    REQUESTED = "requested"
    GIVEN = "given"
    REFUSED = "refused"
    RENEWED = "renewed"


@dataclass(frozen=True, slots=True)
class Scope:
    """What a consent covers: a purpose, at large or narrowed to a client or an assignment."""

    purpose: Purpose
    client_id: UUID | None = None
    assignment_id: UUID | None = None

    @property
    def name(self) -> str:
        """The scope as a state knows it."""
        return scope_of(self.purpose, self.client_id, self.assignment_id)


@dataclass(frozen=True, slots=True)
class Text:
    """What she was shown, and for how long what she says to it lasts."""

    notice_version: int
    expires_at: Instant | None = None


@dataclass(frozen=True, slots=True)
class Proof:
    """How she said it: sealed with the fact. ``at`` is when, now when not given."""

    channel: str | None = None
    evidence: str | None = None
    at: Instant | None = None


@dataclass(frozen=True, slots=True)
class Consenting:
    """Records what a person says to one purpose."""

    log: Log
    rights: Rights
    sealing: Callable[[ControllerId], Sealing]
    recipients: Recipients

    def record(
        self,
        controller: ControllerId,
        person: SubjectId,
        scope: Scope,
        answer: Answer,
        text: Text,
        proof: Proof,
    ) -> Recorded:
        """Record a question or an answer.

        Refused as NO_CONSENT when what is to be renewed is not given or does not last.

        Raises:
            SubjectErased: she is erased.
            KeyUnavailable, LogUnavailable: a database is away.
        """
        fact_id, fresh = FactId(self.rights.new_id()), self.rights.new_id()
        topic = _CLASSES[answer].TOPIC

        def claim(state: SubjectState) -> Fact:
            sealed = self._sealed(controller, (person, fact_id, topic), proof)
            consent_id = _id_of(known_consent(state, scope), answer, fresh)
            return _fact(answer, (consent_id, scope, text), sealed)

        act = Act(person, claim, fact_id, at=proof.at)
        return self.rights.record_together(controller, [act])

    def withdraw(
        self, controller: ControllerId, streams: Sequence[SubjectId], scope: Scope, proof: Proof
    ) -> Recorded:
        """Take a consent back wherever it stands; in the first stream when it stands in none.

        Raises:
            SubjectErased: she is erased.
            KeyUnavailable, LogUnavailable: a database is away.
        """
        heads = self.log.load(controller, streams, []).heads
        states = {one: heads[one].state for one in streams}
        standing = [one for one in streams if known_consent(states[one], scope) is not None]
        ended = {one: states[one] for one in standing or streams[:1]}
        told = self.recipients.notices(
            controller,
            NoticeKind.CONSENT_WITHDRAWN,
            ended,
            self.rights.now(),
            {"purpose": scope.purpose.value},
        )
        acts = [
            Act(
                one,
                self._withdrawal(controller, (one, fact_id), scope, proof),
                fact_id,
                at=proof.at,
                notices=told[one],
            )
            for one in ended
            for fact_id in (FactId(self.rights.new_id()),)
        ]
        return self.rights.record_together(controller, acts)

    def _withdrawal(
        self,
        controller: ControllerId,
        what: tuple[SubjectId, FactId],
        scope: Scope,
        proof: Proof,
    ) -> Callable[[SubjectState], Fact]:
        fresh = self.rights.new_id()

        def claim(state: SubjectState) -> Fact:
            sealed = self._sealed(controller, (*what, ConsentWithdrawn.TOPIC), proof)
            known = known_consent(state, scope)
            consent_id = fresh if known is None or known.consent_id is None else known.consent_id
            return ConsentWithdrawn(
                consent_id, scope.purpose, scope.client_id, scope.assignment_id, sealed
            )

        return claim

    def _sealed(
        self, controller: ControllerId, what: tuple[SubjectId, FactId, str], proof: Proof
    ) -> tuple[SealedPart, ...]:
        values: dict[str, object] = {"channel": proof.channel, "evidence": proof.evidence}
        return self.sealing(controller).part(*what, TELEMETRY, values)


def known_consent(state: SubjectState, scope: Scope) -> Consent | None:
    """Return how a consent stands in a stream; None when nobody ever asked or answered."""
    known = None if state.life is None else state.life.consent
    return (known or {}).get(scope.name)


_CLASSES: dict[Answer, type[ConsentFact]] = {
    Answer.REQUESTED: ConsentRequested,
    Answer.GIVEN: ConsentGiven,
    Answer.REFUSED: ConsentRefused,
    Answer.RENEWED: ConsentRenewed,
}


def _id_of(known: Consent | None, answer: Answer, fresh: UUID) -> UUID:
    goes_on = known is not None and known.status in _OPEN and answer is not Answer.REQUESTED
    return known.consent_id or fresh if goes_on and known is not None else fresh


def _fact(
    answer: Answer, what: tuple[UUID, Scope, Text], sealed: tuple[SealedPart, ...]
) -> ConsentFact:
    consent_id, scope, text = what
    where = (consent_id, scope.purpose, scope.client_id, scope.assignment_id)
    match answer:
        case Answer.REQUESTED:
            return ConsentRequested(*where, text.notice_version, sealed)
        case Answer.GIVEN:
            return ConsentGiven(*where, text.notice_version, text.expires_at, sealed)
        case Answer.REFUSED:
            return ConsentRefused(*where, sealed)
        case Answer.RENEWED:
            return ConsentRenewed(*where, text.notice_version, text.expires_at, sealed)
