"""What people and officers do besides what the feeds tell, drawn day by day from a seed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

from consumers.erasure_order import Request
from consumers.erasure_ports import ErasureRefused
from consumers.restricting import standing
from consumers.upstream import Envelope
from domain.calendar import civil_date, day_begins
from domain.consent import ConsentGiven
from domain.erasure import ErasureReason
from domain.fact import Actor, Fact
from domain.keyring import Contact, ContactKind, SourceRef
from domain.legal_holds import HoldGround, LegalHoldPlaced, LegalHoldReleased
from domain.objection import ObjectionRaised
from domain.purposes import Purpose
from domain.restriction import (
    ProcessingRestricted,
    RestrictionGround,
    RestrictionLiftAnnounced,
    RestrictionLifted,
)
from domain.values import Instant, SubjectId
from infra.codec.upstream import UpstreamCodec
from infra.random_ids import random_id
from tests.codec.messages import MESSAGES
from tests.year.house import YearHouse
from tests.year.invariants import Watch

Known = dict[SourceRef, tuple[Contact, ...]]
"""Whom the sources told of, with the addresses they told; an erased person stays in it."""

_KEPT_DAYS = 90
_MEDIA = {
    ContactKind.EMAIL: "email",
    ContactKind.PHONE: "sms",
    ContactKind.LINKEDIN: "linkedin",
}
_CODEC = UpstreamCodec()


@dataclass
class Acts:
    """Draws acts. ``known`` grows as the sources tell; ``open`` are holds and restrictions."""

    house: YearHouse
    watch: Watch
    draw: Random
    known: Known = field(default_factory=dict)
    refs: list[SourceRef] = field(default_factory=list)
    open: list[Callable[[], object]] = field(default_factory=list)
    told: int = 0

    def learn(self, envelope: Envelope) -> None:
        """Remember whom an envelope is about, and her addresses."""
        if envelope.source not in self.house.sources or not envelope.remote_candidate_id:
            return
        ref = SourceRef(envelope.source, envelope.remote_candidate_id)
        if ref not in self.known:
            self.refs.append(ref)
        self.known[ref] = (*self.known.get(ref, ()), *envelope.contacts)

    def note_addresses(self, envelopes: Sequence[Envelope]) -> None:
        """Tell the watch which plain addresses the people told of have."""
        for envelope in envelopes:
            if envelope.contacts and envelope.source in self.house.sources:
                subject = self.house.find(SourceRef(envelope.source, envelope.remote_candidate_id))
                if subject is not None:
                    hers = self.watch.addresses.setdefault(subject, set())
                    hers.update(map(plain, envelope.contacts))

    def some(self, count: int, at: Instant) -> list[Envelope]:
        """Do so many acts at a time; return what the sources tell of them."""
        self.house.clock.instant = at
        told: list[Envelope] = []
        for _ in range(count):
            if self.refs:
                act = self.draw.choice(_ACTS)
                told += act(self, self.draw.choice(self.refs), at)
        if self.open and self.draw.random() < 0.3:
            self.open.pop(self.draw.randrange(len(self.open)))()
        return told

    def record(self, ref: SourceRef, fact: Fact, actor: Actor = Actor.USER) -> SubjectId | None:
        subject = self.house.find(ref)
        if subject is not None and subject in self.house.log.streams:
            self.house.rights.record(self.house.sources[ref.source], subject, fact, actor)
            return subject
        return None

    def restricted(self, asked: Sequence[SubjectId]) -> list[SubjectId]:
        """Say who is restricted by the log's own words."""
        heads = self.house.log.heads_of(asked)
        return [s for s in asked if s in heads and standing(heads[s].state)]

    def envelope(
        self,
        ref: SourceRef,
        topic: str,
        at: Instant,
        values: Mapping[str, object],
        contacts: tuple[Contact, ...] = (),
    ) -> Envelope:
        self.told += 1
        fact = _CODEC.encode_fact(topic, {**MESSAGES[topic], **values})
        return Envelope(ref.source, f"act-{self.told}", ref.remote_id, at, contacts, fact)


def plain(contact: Contact) -> str:
    """Write an address as nobody could mistake it."""
    if contact.kind is ContactKind.PHONE:
        return "".join(c for c in contact.value if c.isdigit())
    return contact.value.strip().casefold().rstrip("/")


def _hold(acts: Acts, ref: SourceRef, at: Instant) -> list[Envelope]:
    """Keep something, for a while or until it is released."""
    hold_id, ends = random_id(), None
    if acts.draw.random() < 0.5:
        ends = day_begins(civil_date(at) + timedelta(days=acts.draw.randrange(1, _KEPT_DAYS)))
    category = acts.draw.choice([None, None, "profile", "communications", "telemetry"])
    acts.record(ref, LegalHoldPlaced(hold_id, category, HoldGround.CLAIM, ends))
    if ends is None:
        acts.open.append(lambda: acts.record(ref, LegalHoldReleased(hold_id)))
    return []


def _restrict(acts: Acts, ref: SourceRef, _at: Instant) -> list[Envelope]:
    """Keep her data unused until the restriction is lifted, announced before."""
    one = random_id()
    controller, keyring = acts.house.sources[ref.source], acts.house.keyring
    ground = RestrictionGround.ACCURACY_CONTESTED
    subject = acts.record(ref, ProcessingRestricted(one, ground))
    if subject is None or acts.house.find(ref) is None:
        return []
    keyring.suspend(controller, [subject])

    def lift() -> None:
        if acts.record(ref, RestrictionLiftAnnounced(one)):
            acts.record(ref, RestrictionLifted(one))
            acts.house.keyring.settle(controller, [subject], acts.restricted)

    acts.open.append(lift)
    return []


def _object(acts: Acts, ref: SourceRef, _at: Instant) -> list[Envelope]:
    purpose = acts.draw.choice([Purpose.SOURCING, Purpose.MARKETING, Purpose.EVERYTHING])
    acts.record(ref, ObjectionRaised(random_id(), purpose), Actor.SUBJECT)
    return []


def _opt_out(acts: Acts, ref: SourceRef, at: Instant) -> list[Envelope]:
    """Want no approaches for good; half of these people are erased at their wish as well."""
    controller, subject = acts.house.sources[ref.source], acts.house.find(ref)
    if subject is None or subject not in acts.house.log.streams:
        return []
    acts.house.outreach.opt_out(controller, [subject], ())
    suppressed = acts.watch.suppressed.setdefault(controller, {})
    for contact in acts.known[ref]:
        suppressed.setdefault(plain(contact), at)
    if acts.draw.random() < 0.5:
        _erase(acts, ref, at)
    return []


def _erase(acts: Acts, ref: SourceRef, _at: Instant) -> list[Envelope]:
    """Erase her at her request; a hold may forbid it."""
    subject = acts.house.find(ref)
    if subject is not None and subject in acts.house.log.streams:
        request = Request(subject, None, ErasureReason.REQUEST, random_id())
        try:
            acts.house.erasure.erase(acts.house.sources[ref.source], [request])
        except ErasureRefused:
            acts.watch.counts["erasure refused"] += 1
    return []


def _longer(acts: Acts, ref: SourceRef, at: Instant) -> list[Envelope]:
    ends = day_begins(civil_date(at) + timedelta(days=acts.draw.randrange(1, _KEPT_DAYS)))
    longer = Purpose.LONGER_STORAGE
    given = ConsentGiven(random_id(), longer, None, None, 1, acts.draw.choice([None, ends]))
    acts.record(ref, given, Actor.SUBJECT)
    return []


def _approach(acts: Acts, ref: SourceRef, at: Instant) -> list[Envelope]:
    """Try to reach her at an address of hers, whatever she said."""
    if acts.draw.random() < 0.5 or not acts.known[ref]:
        purpose = acts.draw.choice(["marketing", "recruitment"])
        return [acts.envelope(ref, "candidate.message-sent", at, {"purpose": purpose})]
    contact = acts.draw.choice(acts.known[ref])
    if contact.kind is not ContactKind.LINKEDIN and acts.draw.random() < 0.3:
        found = {"asked_for": contact.kind.value, "value": respelt(contact).value}
        return [acts.envelope(ref, "candidate.contact-enriched", at, found)]
    sent = {"medium": _MEDIA[contact.kind], "address": respelt(contact).value}
    return [acts.envelope(ref, "candidate.outreach-sent", at, sent)]


def _find_again(acts: Acts, ref: SourceRef, at: Instant) -> list[Envelope]:
    """Let another system of the controller find the same address, written otherwise."""
    owner = acts.house.sources[ref.source]
    others = [source for source, controller in acts.house.sources.items() if controller == owner]
    again = SourceRef(acts.draw.choice(others), f"again-{acts.told}")
    contacts = tuple([respelt(contact) for contact in acts.known[ref]])
    wish = acts.draw.random()
    topic = "candidate.sourced" if wish < 0.7 else "candidate.registered"
    url = {"url": f"https://example.com/{again.remote_id}"} if wish < 0.7 else {}
    told = acts.envelope(again, topic, at, url, contacts)
    acts.learn(told)
    return [told]


def respelt(contact: Contact) -> Contact:
    """Write an address as somebody else would."""
    if contact.kind is ContactKind.PHONE:
        return Contact(contact.kind, contact.value.replace(" ", "").replace("+47", "0047"))
    return Contact(contact.kind, contact.value.upper())


_ACTS = (
    _hold,
    _restrict,
    _object,
    _opt_out,
    _erase,
    _longer,
    _approach,
    _approach,
    _find_again,
    _find_again,
)
