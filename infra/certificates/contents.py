"""What a certificate of erasure says: ids, counts, times and hashes, and nothing of the person.

Rules. Her id is not in it, nor the id of a document: a category is named by its kind. Instants are
RFC 3339 in UTC, to the second. Written as JSON with the fields in the order below; a new field goes
to the end, with a default. What :class:`Erased` says is the content of a leaf of the hash tree, so
its bytes never change.
"""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

import msgspec

from domain.framing import frame
from domain.keyring import KeyEpoch
from domain.values import Category, iso_of
from infra.certificates.tree import leaf_of
from infra.keys.record import JournalRecord

FORM = "glemmebok/1"
KIND = "glemmebok-erasure-certificate"
"""The ``typ`` of its JWS."""

STATEMENT = "erased by key destruction"
PERSON = "person"


class Remains(StrEnum):
    """What is left after an erasure, and is to be named whether or not anybody asks."""

    LOG_TOKENS = "log_tokens"
    CLEAR_FACTS = "clear_facts"
    JOURNAL_RECORD = "journal_record"
    LATE_FACT_GUARD = "late_fact_guard"
    SUPPRESSION_POINTERS = "suppression_pointers"
    NOTICE_KEYS = "notice_keys"
    LETTER_ADDRESS = "letter_address"
    UNATTRIBUTED_ITEMS = "unattributed_items"
    OTHERS_TEXT = "others_text"
    LEASES = "leases"
    KEY_BACKUPS = "key_backups"
    UNLISTED_COPIES = "unlisted_copies"
    BACKUP_LOOKUPS = "backup_lookups"


@dataclass(frozen=True, slots=True)
class Key:
    """A destroyed key; ``fingerprint`` is empty where it was absent already."""

    category: str
    epoch: int
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Erased:
    """What may be told of a record of the erasure journal. ``scope`` is a category's kind."""

    sequence: int
    erasure_id: UUID
    scope: str
    keys: tuple[Key, ...]
    lookups_cleared: int
    destroyed_at: str

    def leaf(self, chain: str) -> bytes:
        """Hash it as a leaf, bound to the journal's own chain."""
        return leaf_of(frame(bytes.fromhex(chain), msgspec.json.encode(self)))


@dataclass(frozen=True, slots=True)
class Head:
    """The journal's end when the certificate was made; ``root`` is over all its records."""

    sequence: int
    chain: str
    root: str


@dataclass(frozen=True, slots=True)
class Inclusion:
    """Where the record stands: the journal's hash after it, and its way to the root."""

    chain: str
    path: tuple[str, ...]
    head: Head


@dataclass(frozen=True, slots=True)
class Controller:
    """Who erased, and signs."""

    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class RootCopy:
    """A copy of the root key from before: how it was destroyed, and when that is final."""

    where: str
    kind: str
    at: str


@dataclass(frozen=True, slots=True)
class Backups:
    """Whether backups are dead too. ``promise`` is what the provider can promise until then."""

    final: bool
    final_at: str | None
    promise: str
    destroyed: tuple[RootCopy, ...]


@dataclass(frozen=True, slots=True)
class Recipient:
    """An upstream system that is told of the erasure."""

    name: str
    acknowledged: bool


@dataclass(frozen=True, slots=True)
class Residual:
    """Something that is left: how many where that is counted, until when where that is known."""

    what: Remains
    count: int | None = None
    until: str | None = None


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate of erasure."""

    form: str
    statement: str
    issued_at: str
    controller: Controller
    erasure: Erased
    unreadable_since: str
    unreadable_everywhere_since: str
    tokens_tried: int
    tokens_opened: int
    journal: Inclusion
    applied_again_at: tuple[str, ...]
    backups: Backups
    recipients: tuple[Recipient, ...]
    residuals: tuple[Residual, ...]

    def encoded(self) -> bytes:
        """Write it as JSON."""
        return msgspec.json.encode(self)


_DECODER = msgspec.json.Decoder(Certificate)


def read_certificate(encoded: bytes) -> Certificate:
    """Read what :meth:`Certificate.encoded` wrote.

    Raises:
        ValueError: it is something else, or of a form that is not known here.
    """
    found = _DECODER.decode(encoded)
    if found.form != FORM:
        message = "a form of certificate that is not known"
        raise ValueError(message)
    return found


def erased_of(record: JournalRecord) -> Erased:
    """Tell of a record what may be told."""
    keys = zip(record.epochs, record.fingerprints, strict=True)
    scope = record.scope
    return Erased(
        sequence=record.sequence,
        erasure_id=record.erasure_id,
        scope=PERSON if scope is None else _kind(scope),
        keys=tuple([_key(epoch, fingerprint) for epoch, fingerprint in keys]),
        lookups_cleared=record.lookups_cleared,
        destroyed_at=iso_of(record.destroyed_at),
    )


def _key(epoch: KeyEpoch, fingerprint: bytes) -> Key:
    return Key(_kind(epoch.category), epoch.epoch, fingerprint.hex())


def _kind(category: Category) -> str:
    """Name a category without the thing's id: ``documents/<id>`` is ``documents``."""
    return category.partition("/")[0]
