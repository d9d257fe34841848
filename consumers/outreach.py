"""Before a person is sourced, enriched or written to: the check, the request, and her own word.

Rules. All streams that are hers and every address of hers are held against what forbids it, and all
reasons are told. A pointer is durable before her opting out is recorded; her opting in is recorded
before pointers are lifted: a command cut short and given again ends the same. A request for an
enrichment is recorded before anything leaves, and a refused one is recorded too.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from consumers.ports import Log
from consumers.promises import Promises, recipient_id
from consumers.rights import Act, Recorded, Rights, Sealing
from domain.calendar import civil_date
from domain.decisions import Refused
from domain.fact import Actor, Fact, house_stamp
from domain.keyring import Contact, Identifier, Sealer
from domain.outreach import (
    ContactField,
    EnrichmentRequested,
    OutreachOptedIn,
    OutreachOptedOut,
)
from domain.pointed import LIFTED_BY_OPT_IN, pointing_of
from domain.precontact import Intent, Known, Verdict, precontact
from domain.subject import SubjectState
from domain.suppression import (
    LiftOrder,
    SuppressionReason,
    Suppressor,
    SuppressOrder,
)
from domain.values import ControllerId, FactId, Instant, SubjectId

PROFILE = "profile"

Streams = Sequence[SubjectId]
Contacts = tuple[Contact, ...]


class Whose(NamedTuple):
    """A controller, and its slug, by which its recipients' ids are keyed."""

    controller: ControllerId
    slug: str


class Asked(NamedTuple):
    """An enrichment: of whom, by what profile, from whom, for what."""

    subject: SubjectId
    url: str
    recipient: str
    field: ContactField

    def __repr__(self) -> str:
        """Hide the profile."""
        return f"<Asked {self.subject} {self.field.value}>"


@dataclass(frozen=True, slots=True)
class Outreach:
    """What a house may begin with people, and what it must not."""

    log: Log
    rights: Rights
    suppressor: Suppressor
    identifier: Identifier
    sealer: Sealer
    promises: Promises
    now: Callable[[], Instant]
    new_id: Callable[[], UUID]

    def check(
        self, controller: ControllerId, streams: Streams, contacts: Contacts, intent: Intent
    ) -> Verdict:
        """Hold an intent against all that may forbid it; without ``streams`` nobody here has her.

        Raises:
            KeyUnavailable, LogUnavailable: a database is away.
        """
        pointers = frozenset[SuppressionReason]()
        if contacts:
            pointers = pointers.union(*self.suppressor.suppressed(controller, [contacts]))
        if streams:
            pointers = pointers.union(*self.suppressor.standing_of_people(controller, streams))
        policy = self.promises(controller).on(intent.at)
        heads = self.log.load(controller, list(streams), []).heads if streams else {}
        people = [Known(controller, s, heads[s].state) for s in streams]
        if not people:
            return precontact(intent, policy, pointers, None)
        return _together([precontact(intent, policy, pointers, known) for known in people])

    def enrich(self, whose: Whose, asked: Asked) -> Recorded:
        """Record that a profile is sent to a service; the caller has seen that it may be.

        Raises:
            KeyUnavailable, LogUnavailable: a database is away.
        """
        fact_id = FactId(self.new_id())
        recipient = recipient_id(self.identifier, *whose, asked.recipient)
        sealing = Sealing(self.sealer, whose.controller)

        def claim(_state: SubjectState) -> Fact:
            topic, values = EnrichmentRequested.TOPIC, {"url": asked.url}
            sealed = sealing.part(asked.subject, fact_id, topic, PROFILE, {**values})
            return EnrichmentRequested(recipient, asked.field, sealed)

        return self.rights.record_together(whose.controller, [Act(asked.subject, claim, fact_id)])

    def blocked(
        self, whose: Whose, subject: SubjectId, intent: Intent, verdict: Verdict
    ) -> Recorded:
        """Record that an enrichment was not asked for; nothing where no barrier has that name.

        Raises:
            LogUnavailable: the event database is away.
        """
        controller, promise = whose.controller, self.promises(whose.controller)
        recipient = recipient_id(self.identifier, *whose, intent.recipient or "")
        claim = EnrichmentRequested(recipient, intent.asked_for or ContactField.EMAIL)
        stamp = house_stamp(controller, FactId(self.new_id()), intent.at)
        told = [promise.blocked(stamp, claim, reason) for reason in verdict.reasons]
        facts = [fact for fact in told if fact is not None]
        acts = [Act(subject, facts[0])] if facts else []
        return self.rights.record_together(controller, acts) if acts else []

    def opt_out(self, controller: ControllerId, streams: Streams, contacts: Contacts) -> Recorded:
        """Leave pointers to all of her addresses, then record that she wants no approaches.

        Raises:
            KeyUnavailable, LogUnavailable: a database is away.
        """
        now, reason = self.now(), SuppressionReason.OPTED_OUT
        until = pointing_of(reason, self.promises(controller).on(now), civil_date(now)).until
        people = [*streams, *([None] if contacts else [])]
        self.suppressor.suppress(
            controller, [SuppressOrder(s, contacts, reason, until, now) for s in people]
        )
        return self._record(controller, streams, OutreachOptedOut())

    def opt_in(self, controller: ControllerId, streams: Streams, contacts: Contacts) -> Recorded:
        """Record that she may be approached again, then lift what opting out or deleting left.

        Raises:
            KeyUnavailable, LogUnavailable: a database is away.
        """
        recorded = self._record(controller, streams, OutreachOptedIn())
        if not isinstance(recorded, Refused):
            people = [*streams, *([None] if contacts else [])]
            orders = [LiftOrder(s, contacts, LIFTED_BY_OPT_IN) for s in people]
            self.suppressor.lift(controller, orders)
        return recorded

    def _record(self, controller: ControllerId, streams: Streams, said: Fact) -> Recorded:
        """Record the person's own word in every stream of hers."""
        if not streams:
            return []
        acts = [Act(stream, said, actor=Actor.SUBJECT) for stream in streams]
        return self.rights.record_together(controller, acts)


def _together(verdicts: Sequence[Verdict]) -> Verdict:
    """Bring the verdicts on several streams of one person together: each may forbid it."""
    dues = [one.notice_due_on for one in verdicts if one.notice_due_on is not None]
    contacts = [one.last_contact_at for one in verdicts if one.last_contact_at is not None]
    return Verdict(
        reasons=tuple(dict.fromkeys([reason for one in verdicts for reason in one.reasons])),
        pointers=verdicts[0].pointers,
        notice_due_on=min(dues, default=None),
        last_contact_at=max(contacts, default=None),
        recent=any(one.recent for one in verdicts),
    )
