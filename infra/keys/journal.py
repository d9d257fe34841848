"""The erasure journal in the key database: one chain a controller, one record a destruction.

Rules. A record is appended in the transaction that destroys, under the head's row lock, which is
the last lock taken. ``erasure_id`` is unique over all: a repeated destruction finds its record.
"""

from collections.abc import Sequence
from uuid import UUID

from domain.answers import KeyringError, KeyUnavailable
from domain.keyring import Destruction, JournalHead
from domain.values import ControllerId, ErasureId, SubjectId
from infra.keys.database import Connection
from infra.keys.record import GENESIS, ChainedRecord, JournalBroken, JournalRecord, extend, verify
from infra.keys.ring import JOURNAL
from infra.keys.vault import Vault

RECORDS_PAGE = 5_000
"""Records a read, at most, when a whole journal is walked."""

_HEAD = "SELECT sequence, chain FROM journal_head WHERE controller = %b"
_RECORDS = (
    "SELECT sequence, encoded, chain FROM journal WHERE controller = %b AND sequence > %b"
    " ORDER BY sequence LIMIT %b"
)
_FIND = "SELECT sequence, encoded, chain FROM journal WHERE erasure_id = ANY(%b)"
_FIND_PLACE = "SELECT controller, sequence, encoded, chain FROM journal WHERE erasure_id = %b"
_APPEND = (
    "INSERT INTO journal (controller, sequence, erasure_id, encoded, chain)"
    " SELECT %b, * FROM unnest(%b::bigint[], %b::uuid[], %b::bytea[], %b::bytea[])"
)
_MOVE = "UPDATE journal_head SET sequence = %b, chain = %b WHERE controller = %b"


def lock_head(connection: Connection, controller: ControllerId) -> JournalHead:
    """Lock a controller's journal for appending until the transaction ends."""
    rows = connection.execute(_HEAD + " FOR UPDATE", (controller,), binary=True).fetchall()
    if not rows:
        message = f"controller {controller} has no journal"
        raise KeyUnavailable(message)
    return JournalHead(*rows[0])


def append(
    vault: Vault, connection: Connection, controller: ControllerId, records: Sequence[JournalRecord]
) -> list[Destruction]:
    """Chain records after the locked head and return what each destruction answers."""
    head = lock_head(connection, controller)
    assert records[0].sequence == head.sequence + 1, "the head was read under its lock"
    secret = vault.tree.ring(controller).secrets[JOURNAL]
    chained = []
    for record in records:
        link = extend(secret, head, record)
        head = JournalHead(link.sequence, link.chain)
        chained.append(link)
    store(connection, controller, [record.erasure_id for record in records], chained)
    return [r.destruction(link.chain) for r, link in zip(records, chained, strict=True)]


def store(
    connection: Connection,
    controller: ControllerId,
    erasure_ids: Sequence[UUID],
    chained: Sequence[ChainedRecord],
) -> None:
    """Write records behind the locked head and move it to the last of them."""
    columns = [
        [link.sequence for link in chained],
        list(erasure_ids),
        [link.encoded for link in chained],
        [link.chain for link in chained],
    ]
    with connection.pipeline():
        connection.execute(_APPEND, (controller, *columns))
        connection.execute(_MOVE, (chained[-1].sequence, chained[-1].chain, controller))


def recorded(
    connection: Connection,
    controller: ControllerId,
    asked: Sequence[tuple[ErasureId, SubjectId]],
) -> dict[ErasureId, Destruction]:
    """Find the destructions already recorded under these erasure ids.

    Raises:
        KeyringError: an erasure id was used for another person.
    """
    whose = dict(asked)
    found = {}
    for row in connection.execute(_FIND, (list(whose),), binary=True).fetchall():
        link = ChainedRecord(*row)
        answer = link.decoded().destruction(link.chain)
        if link.decoded().controller != controller or whose[answer.erasure_id] != answer.subject:
            message = f"erasure {answer.erasure_id} was recorded for another person"
            raise KeyringError(message)
        found[answer.erasure_id] = answer
    return found


def journal_head(vault: Vault, controller: ControllerId) -> JournalHead:
    """Read a controller's head, as the database states it.

    Raises:
        KeyUnavailable: no such controller, or the key database is away.
    """
    with vault.database.reading() as connection:
        rows = connection.execute(_HEAD, (controller,), binary=True).fetchall()
    if not rows:
        message = f"controller {controller} has no journal"
        raise KeyUnavailable(message)
    return JournalHead(*rows[0])


def record_of(vault: Vault, erasure_id: ErasureId) -> tuple[ControllerId, ChainedRecord] | None:
    """Find the record of an erasure and whose it is, unverified; None when it destroyed nothing.

    Raises:
        KeyUnavailable: the key database is away.
    """
    with vault.database.reading() as connection:
        rows = connection.execute(_FIND_PLACE, (erasure_id,), binary=True).fetchall()
    return (ControllerId(rows[0][0]), ChainedRecord(*rows[0][1:])) if rows else None


def journal_records(
    vault: Vault, controller: ControllerId, after: int, limit: int
) -> list[ChainedRecord]:
    """Read at most ``limit`` records (5,000 at most) that follow ``after``, in order.

    Raises:
        KeyUnavailable: the key database is away.
    """
    asked = (controller, after, min(limit, RECORDS_PAGE))
    with vault.database.reading() as connection:
        rows = connection.execute(_RECORDS, asked, binary=True).fetchall()
    return [ChainedRecord(*row) for row in rows]


def verify_journal(
    vault: Vault, controller: ControllerId, start: JournalHead = GENESIS
) -> JournalHead:
    """Walk the chain after ``start`` to the head the database states, and return that head.

    Raises:
        JournalBroken: a record was edited, cut out or put in, or the head is not the chain's end.
        KeyUnavailable: the key database is away.
    """
    stated = journal_head(vault, controller)
    secret = vault.tree.ring(controller).secrets[JOURNAL]
    head = start
    while head.sequence < stated.sequence:
        page = journal_records(vault, controller, head.sequence, RECORDS_PAGE)
        page = [record for record in page if record.sequence <= stated.sequence]
        if not page:
            raise JournalBroken(controller, head.sequence + 1)
        head = verify(secret, controller, head, page)
    if head != stated:
        raise JournalBroken(controller, head.sequence)
    return head
