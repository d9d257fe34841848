"""The erasure journal's record, and the chain that makes an edited journal show.

Rules. Records of a controller are numbered from 1 without gaps. ``h = HMAC(prev | record)`` under
the controller's journal secret, both parts length-prefixed; the first ``prev`` is 32 zero bytes. A
record's bytes are MessagePack of its fields by name in the order below: never edited, new fields
only at the end with a default. A record holds ids, times and key fingerprints: nothing personal.

The one lawful gap. A journal that was put back, and whose lost records nobody kept, goes on behind
the last head that was witnessed: its next record is a :class:`Restoration`, chained to that head,
which names the record it stands after and thereby the gap.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

import msgspec

from domain.answers import KeyringError
from domain.framing import frame
from domain.keyring import Destruction, JournalHead, KeyEpoch
from domain.values import Category, ControllerId, ErasureId, Instant, SubjectId
from infra.keys.wrapping import KeyedHash

GENESIS = JournalHead(sequence=0, chain=bytes(32))
"""The head of a journal without records."""


class JournalBroken(KeyringError):  # noqa: N818 - pairs with SealBroken
    """The erasure journal was edited, cut or reordered: at which record, and whose if known."""

    def __init__(self, controller: ControllerId | None, sequence: int) -> None:
        whose = "" if controller is None else f" of controller {controller}"
        super().__init__(f"erasure journal{whose} breaks at {sequence}")
        self.controller = controller
        self.sequence = sequence


@dataclass(frozen=True, slots=True)
class Restoration:
    """That a journal was put back to ``restored_to`` and goes on.

    ``present`` is the record this one stands after, ``continues`` the head it is chained to. They
    are the same unless records between them are lost.
    """

    restored_to: int
    present: JournalHead
    continues: JournalHead


@dataclass(frozen=True, slots=True)
class JournalRecord:
    """One destruction. ``whole_person`` is true when ``category`` was None.

    ``guarded`` is false for a person who never began. A ``restoration`` destroys nothing: its
    erasure id is its own, and its subject is the nil id.
    """

    sequence: int
    erasure_id: UUID
    controller: UUID
    subject: UUID
    whole_person: bool
    epochs: tuple[KeyEpoch, ...]
    fingerprints: tuple[bytes, ...]
    lookups_cleared: int
    destroyed_at: Instant
    category: Category | None = None
    guarded: bool = True
    restoration: Restoration | None = None

    @property
    def scope(self) -> Category | None:
        """The category destroyed, or None for a person; "" when it is not known and held no key."""
        if self.whole_person:
            return None
        return self.category or (self.epochs[0].category if self.epochs else "")

    def destruction(self, chain: bytes) -> Destruction:
        """Say the same as the keyring's answer, ``chain`` being the hash after this record."""
        return Destruction(
            erasure_id=ErasureId(self.erasure_id),
            subject=SubjectId(self.subject),
            epochs=self.epochs,
            fingerprints=self.fingerprints,
            lookups_cleared=self.lookups_cleared,
            destroyed_at=self.destroyed_at,
            head=JournalHead(self.sequence, chain),
        )


@dataclass(frozen=True, slots=True)
class ChainedRecord:
    """A record as stored: its bytes, and the chain's hash after it."""

    sequence: int
    encoded: bytes
    chain: bytes

    def decoded(self) -> JournalRecord:
        """Decode the bytes.

        Raises:
            JournalBroken: they are no record; whose it was is not known.
        """
        try:
            return _DECODER.decode(self.encoded)
        except msgspec.DecodeError:
            raise JournalBroken(None, self.sequence) from None


_DECODER = msgspec.msgpack.Decoder(JournalRecord)


def extend(secret: KeyedHash, head: JournalHead, record: JournalRecord) -> ChainedRecord:
    """Chain ``record`` after ``head``; its sequence must be the next."""
    assert record.sequence == head.sequence + 1, "journal records are numbered without gaps"
    encoded = msgspec.msgpack.encode(record)
    return ChainedRecord(record.sequence, encoded, secret(frame(head.chain, encoded)))


def verify(
    secret: KeyedHash,
    controller: ControllerId,
    start: JournalHead,
    records: Iterable[ChainedRecord],
) -> JournalHead:
    """Walk the records that follow ``start`` and return where they end.

    Raises:
        JournalBroken: a record was edited, is missing, or stands out of its place.
    """
    head = start
    for record in records:
        before = _goes_on_from(controller, head, record)
        if record.chain != secret(frame(before.chain, record.encoded)):
            raise JournalBroken(controller, head.sequence + 1)
        if record.decoded().sequence != record.sequence:
            raise JournalBroken(controller, head.sequence + 1)
        head = JournalHead(record.sequence, record.chain)
    return head


def _goes_on_from(
    controller: ControllerId, head: JournalHead, record: ChainedRecord
) -> JournalHead:
    """Return the head a record must be chained to: the one before it, or over a declared gap.

    Raises:
        JournalBroken: there is a gap that the record does not declare.
    """
    if record.sequence == head.sequence + 1:
        return head
    told = restoration_of(record)
    if told is None or told.present != head or told.continues.sequence + 1 != record.sequence:
        raise JournalBroken(controller, head.sequence + 1)
    return told.continues


def restoration_of(record: ChainedRecord) -> Restoration | None:
    """Return what a record declares of a restoration; None for a destruction, or unreadable."""
    try:
        return record.decoded().restoration
    except JournalBroken:
        return None
