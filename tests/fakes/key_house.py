"""Everything one controller has in the keyring in memory: people, their keys, and who is found."""

from collections import Counter
from dataclasses import dataclass, field
from uuid import UUID

from domain.answers import (
    Answer,
    KeyUnavailable,
    Present,
    SealBroken,
    Shredded,
    SubjectErased,
    Withheld,
)
from domain.framing import frame
from domain.keyring import (
    Barred,
    Claim,
    ContactKind,
    Destruction,
    JournalHead,
    LateFact,
    OpenRequest,
)
from domain.pointing import Bar
from domain.suppression import SuppressionReason
from domain.values import Category, ControllerId, ErasureId, Instant, SubjectId
from infra.clock import Clock
from infra.keys import record as journal
from infra.keys.folding import folded_of
from infra.keys.lateness import Guard, is_late
from infra.keys.normalise import (
    KIND_NAMES,
    SOURCE_KIND,
    contact_identity,
    normal_of,
    source_identity,
)
from infra.keys.shapes import KeyFootprint, outlives
from infra.keys.token import DEK_BYTES, DataKey, commitment_of, key_id_of
from infra.keys.wrapping import KEY_BYTES, KeyedHash
from infra.random_ids import random_bytes, random_id

Pointer = tuple[ContactKind, bytes]
"""A folded address's kind and keyed hash."""


@dataclass
class LiveKey:
    """A key that opens."""

    key: DataKey
    epoch: int
    created_at: Instant


@dataclass
class Grave:
    """What is left of a destroyed key; the commitment is empty when the key was never seen."""

    subject: SubjectId
    category: Category
    commitment: bytes


@dataclass
class Person:
    """One person and her keys by category."""

    subject: SubjectId
    created_at: Instant
    confirmed: bool = False
    erased: bool = False
    restricted: bool = False
    keys: dict[Category, LiveKey] = field(default_factory=dict)
    epochs: Counter[Category] = field(default_factory=Counter)


@dataclass
class KeyHouse:
    """Everything of one controller."""

    controller: ControllerId
    slug: str
    clock: Clock
    secret: KeyedHash = field(default_factory=lambda: KeyedHash(random_bytes(KEY_BYTES)))
    people: dict[SubjectId, Person] = field(default_factory=dict)
    live: dict[bytes, SubjectId] = field(default_factory=dict)
    graves: dict[bytes, Grave] = field(default_factory=dict)
    lookups: dict[tuple[int, bytes], list[SubjectId]] = field(default_factory=dict)
    guards: dict[bytes, Guard] = field(default_factory=dict)
    records: list[journal.ChainedRecord] = field(default_factory=list)
    destructions: dict[ErasureId, Destruction] = field(default_factory=dict)
    addresses: dict[SubjectId, set[Pointer]] = field(default_factory=dict)
    pointers: dict[tuple[Pointer, SuppressionReason], tuple[Instant, Instant | None]] = field(
        default_factory=dict
    )

    def head(self) -> JournalHead:
        if not self.records:
            return journal.GENESIS
        return JournalHead(self.records[-1].sequence, self.records[-1].chain)

    def keyed(self, *parts: str) -> UUID:
        framed = frame(*(part.encode() for part in parts))
        return UUID(bytes=self.secret(framed)[:16])

    def person(self, subject: SubjectId) -> Person:
        if subject not in self.people:
            message = f"subject {subject} is unknown"
            raise KeyUnavailable(message)
        return self.people[subject]

    def resolve(self, identity: bytes) -> SubjectId | None:
        return next(iter(self.lookups.get((SOURCE_KIND, self.secret(identity)), [])), None)

    def admit(self, claim: Claim) -> SubjectId | LateFact | Barred:
        """Find or create the claim's person."""
        identity = source_identity(claim.ref)
        found = self.resolve(identity)
        guard = self.guards.get(self.secret(identity))
        if is_late(claim, guard, self.clock.now(), known=found is not None):
            return LateFact()
        if claim.bar is Bar.EVERYBODY or (claim.bar and found is None):
            return Barred()
        person = self.people[found] if found else self._create(identity)
        for contact in claim.contacts:
            kind, written = contact_identity(contact)
            held = self.lookups.setdefault((kind, self.secret(written)), [])
            if person.subject not in held:
                held.append(person.subject)
            folded = folded_of(contact, normal_of(contact))
            if folded is not None:
                pointer = contact.kind, self.secret(folded.encode())
                self.addresses.setdefault(person.subject, set()).add(pointer)
        for category in claim.categories:
            self.key(person, category)
        return person.subject

    def _create(self, identity: bytes) -> Person:
        person = Person(SubjectId(random_id()), self.clock.now())
        self.people[person.subject] = person
        self.lookups[SOURCE_KIND, self.secret(identity)] = [person.subject]
        return person

    def key(self, person: Person, category: Category) -> LiveKey:
        """Return the category's key, made now if there is none."""
        found = person.keys.get(category)
        if found:
            return found
        if person.erased and not outlives(category):
            raise SubjectErased(person.subject)
        key_id = random_id().bytes
        key = DataKey(random_bytes(DEK_BYTES), key_id, self.controller, person.subject, category)
        person.epochs[category] += 1
        live = LiveKey(key, person.epochs[category], self.clock.now())
        person.keys[category] = live
        self.live[key_id] = person.subject
        return live

    def open(self, request: OpenRequest) -> Answer:
        """Open one token of a key this house has or had."""
        key_id = key_id_of(request.token, request.fact_id)
        if key_id in self.graves:
            return _shredded(self.graves[key_id], request)
        if key_id not in self.live:
            message = f"key {key_id.hex()} is missing"
            raise KeyUnavailable(message)
        person = self.people[self.live[key_id]]
        live = person.keys.get(request.category)
        if person.subject != request.subject or live is None or live.key.key_id != key_id:
            raise _moved(request)
        plaintext = live.key.open(request.fact_id, request.slot, request.token)
        withheld = person.restricted and not outlives(request.category)
        return Withheld() if withheld else Present(plaintext)

    def knows(self, key_id: bytes) -> bool:
        return key_id in self.live or key_id in self.graves

    def footprint(self, subject: SubjectId) -> KeyFootprint:
        person = self.person(subject)
        lookups = Counter(
            KIND_NAMES[kind] for (kind, _), held in self.lookups.items() if subject in held
        )
        return KeyFootprint(dict.fromkeys(person.keys, 1), dict(lookups))


def _shredded(grave: Grave, request: OpenRequest) -> Shredded:
    ours = (grave.subject, grave.category) == (request.subject, request.category)
    if not ours or grave.commitment not in {b"", commitment_of(request.token)}:
        raise _moved(request)
    return Shredded()


def _moved(request: OpenRequest) -> SealBroken:
    return SealBroken(f"token of fact {request.fact_id}: another person's or category's key")
