"""The journal of finalisations: one record a controller and run, chained like the erasure journal.

Rules. Records of a controller are numbered from 1 without gaps. ``h = HMAC("finalised" | prev |
record)`` under the controller's journal secret, the parts length-prefixed; the first ``prev`` is 32
zero bytes. A record is MessagePack of its fields by name: never edited, new fields only at the end
with a default. It holds numbers, times and names of the house's own: nothing personal.

``covers`` is the highest sequence of the erasure journal for which T2 holds: ``final_at`` is the
time from which no key that survives anywhere unwraps what those erasures destroyed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import msgspec

from domain.answers import KeyringError
from domain.framing import frame
from domain.values import ControllerId, Instant
from infra.keys.database import Connection
from infra.keys.ring import JOURNAL
from infra.keys.vault import Vault
from infra.keys.wrapping import KeyedHash

RECORDS_PAGE = 1_000
"""Records a read, at most: a daily finalisation makes that many in three years."""

_LABEL = b"finalised"
_GENESIS = bytes(32)

_LAST = (
    "SELECT number, chain FROM finalised WHERE controller = %b ORDER BY number DESC LIMIT 1"
    " FOR UPDATE"
)
_APPEND = "INSERT INTO finalised VALUES (%b, %b, %b, %b, %b, %b)"
_DONE = "SELECT 1 FROM finalised WHERE controller = %b AND run = %b"
_RECORDS = (
    "SELECT number, encoded, chain FROM finalised WHERE controller = %b AND number > %b"
    " ORDER BY number LIMIT %b"
)
_COVERING = (
    "SELECT number, encoded, chain FROM finalised WHERE controller = %b AND covers >= %b"
    " ORDER BY number LIMIT 1"
)
_LOCK = "SELECT 1 FROM journal_head WHERE controller = %b FOR UPDATE"


class FinalisedBroken(KeyringError):  # noqa: N818 - pairs with JournalBroken
    """The journal of finalisations was edited, cut or reordered."""

    def __init__(self, controller: ControllerId | None, number: int) -> None:
        whose = "" if controller is None else f" of controller {controller}"
        where = f" at {number}" if number else ""
        super().__init__(f"journal of finalisations{whose} breaks{where}")
        self.controller = controller
        self.number = number


@dataclass(frozen=True, slots=True)
class Ended:
    """A copy of the old root and how it was destroyed; ``at`` is when that is final."""

    where: str
    kind: str
    at: Instant


@dataclass(frozen=True, slots=True)
class FinalisedRecord:
    """One finalisation of one controller. ``destroyed`` names the provider and each escrow copy."""

    number: int
    controller: UUID
    run: int
    from_version: int
    to_version: int
    covers: int
    started_at: Instant
    rekeyed_at: Instant
    final_at: Instant
    destroyed: tuple[Ended, ...]
    backup: str | None


@dataclass(frozen=True, slots=True)
class ChainedFinalised:
    """A record as stored: its bytes, and the chain's hash after it."""

    number: int
    encoded: bytes
    chain: bytes

    def decoded(self) -> FinalisedRecord:
        """Decode the bytes."""
        return decode_finalised(self.encoded, self.number)


_DECODER = msgspec.msgpack.Decoder(FinalisedRecord)


def decode_finalised(encoded: bytes, number: int = 0) -> FinalisedRecord:
    """Decode a stored record; ``number`` is its own, where it is known.

    Raises:
        FinalisedBroken: it is none; whose it was is not known.
    """
    try:
        return _DECODER.decode(encoded)
    except msgspec.DecodeError:
        raise FinalisedBroken(None, number) from None


def next_number(connection: Connection, controller: ControllerId, run: int) -> int | None:
    """Lock a controller's journals and return its next number; None when the run is recorded."""
    connection.execute(_LOCK, (controller,))
    if connection.execute(_DONE, (controller, run)).fetchone() is not None:
        return None
    rows = connection.execute(_LAST, (controller,), binary=True).fetchall()
    return 1 + (rows[0][0] if rows else 0)


def append(vault: Vault, connection: Connection, record: FinalisedRecord) -> ChainedFinalised:
    """Chain a record after the last; the caller holds the lock of :func:`next_number`."""
    controller = ControllerId(record.controller)
    rows = connection.execute(_LAST, (controller,), binary=True).fetchall()
    previous = rows[0][1] if rows else _GENESIS
    encoded = msgspec.msgpack.encode(record)
    chain = _link(vault.tree.ring(controller).secrets[JOURNAL], previous, encoded)
    row = (controller, record.number, record.run, record.covers, encoded, chain)
    connection.execute(_APPEND, row)
    return ChainedFinalised(record.number, encoded, chain)


def finalised_records(
    vault: Vault, controller: ControllerId, after: int = 0, limit: int = RECORDS_PAGE
) -> list[ChainedFinalised]:
    """Read at most ``limit`` records (1,000 at most) that follow number ``after``, in order.

    Raises:
        KeyUnavailable: the key database is away.
    """
    asked = (controller, after, min(limit, RECORDS_PAGE))
    with vault.database.reading() as connection:
        rows = connection.execute(_RECORDS, asked, binary=True).fetchall()
    return [ChainedFinalised(*row) for row in rows]


def finalisation_of(
    vault: Vault, controller: ControllerId, sequence: int
) -> ChainedFinalised | None:
    """Return the first record that covers an erasure's sequence; None while it is not finalised.

    Raises:
        KeyUnavailable: the key database is away.
    """
    with vault.database.reading() as connection:
        rows = connection.execute(_COVERING, (controller, sequence), binary=True).fetchall()
    return ChainedFinalised(*rows[0]) if rows else None


def verify_finalised(vault: Vault, controller: ControllerId) -> int:
    """Walk a controller's journal of finalisations and return how many records it has.

    Raises:
        FinalisedBroken: a record was edited, cut out or reordered.
        KeyUnavailable: the key database or the provider is away.
    """
    return finalised_end(vault, controller)[0]


def finalised_end(vault: Vault, controller: ControllerId) -> tuple[int, bytes]:
    """Walk a controller's journal of finalisations; return its last number and the chain there.

    Raises:
        FinalisedBroken: a record was edited, cut out or reordered.
        KeyUnavailable: the key database or the provider is away.
    """
    secret = vault.tree.ring(controller).secrets[JOURNAL]
    number, previous = 0, _GENESIS
    while page := finalised_records(vault, controller, number):
        number, previous = _walk(secret, controller, (number, previous), page)
    return number, previous


def follow_finalised(
    vault: Vault,
    controller: ControllerId,
    end: tuple[int, bytes],
    records: Sequence[ChainedFinalised],
) -> tuple[int, bytes]:
    """Walk records that somebody kept behind ``end`` and return where they end.

    Raises:
        FinalisedBroken: they are not this house's records behind ``end``.
    """
    secret = vault.tree.ring(controller).secrets[JOURNAL]
    return _walk(secret, controller, end, records)


def put_back_finalised(vault: Vault, controller: ControllerId, record: ChainedFinalised) -> None:
    """Put a lost record back, byte for byte; one that is there is left.

    Raises:
        FinalisedBroken: it is not the next record.
        KeyUnavailable: the key database or the provider is away.
    """
    told = record.decoded()
    with vault.database.transaction() as connection:
        connection.execute(_LOCK, (controller,))
        rows = connection.execute(_LAST, (controller,), binary=True).fetchall()
        end = rows[0] if rows else (0, _GENESIS)
        if end[0] < record.number:
            follow_finalised(vault, controller, end, [record])
            row = (controller, record.number, told.run, told.covers, record.encoded, record.chain)
            connection.execute(_APPEND, row)


def _walk(
    secret: KeyedHash,
    controller: ControllerId,
    head: tuple[int, bytes],
    page: Sequence[ChainedFinalised],
) -> tuple[int, bytes]:
    number, previous = head
    for link in page:
        number += 1
        told = link.number == number and link.chain == _link(secret, previous, link.encoded)
        if not told or link.decoded().number != number:
            raise FinalisedBroken(controller, number)
        previous = link.chain
    return number, previous


def _link(secret: KeyedHash, previous: bytes, encoded: bytes) -> bytes:
    return secret(frame(_LABEL, previous, encoded))
