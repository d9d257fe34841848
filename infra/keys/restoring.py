"""Doing again, in a key database that was put back, what the backup had undone.

Rules. A lost journal record is put back byte for byte, and what it tells is done in the same
transaction: keys, look-ups, tombstones and guards stand as they stood, at the time they had. So
the chain goes on as it was, and what was certified stays true. Records that nobody kept leave a
gap, which a :class:`~infra.keys.record.Restoration` declares; erasures that the log tells of are
then destroyed anew, their guards dated by the log. Each step may be done twice.
"""

from collections.abc import Iterable, Sequence
from uuid import UUID

from domain.answers import KeyringError
from domain.keyring import DestroyOrder, Destruction, JournalHead
from domain.values import ControllerId, ErasureId, Instant, SubjectId
from infra.keys import journal
from infra.keys.anchored import LogHead
from infra.keys.burying import Doomed, bury, find_doomed
from infra.keys.database import Connection
from infra.keys.finalised import ChainedFinalised, follow_finalised, put_back_finalised
from infra.keys.listening import CHANNEL, EVERYTHING
from infra.keys.record import (
    ChainedRecord,
    JournalBroken,
    JournalRecord,
    Restoration,
    extend,
    verify,
)
from infra.keys.ring import JOURNAL
from infra.keys.shredding import forget, lock_people, record_of
from infra.keys.vault import Vault

_NOBODY = UUID(int=0)
_KNOWN_ERASURES = "SELECT erasure_id FROM journal WHERE erasure_id = ANY(%b)"
_KNOWN_PEOPLE = "SELECT subject FROM subject WHERE controller = %b AND subject = ANY(%b)"
_KNOWN_KEYS = (
    "SELECT key_id FROM dek WHERE key_id = ANY(%b)"
    " UNION ALL SELECT key_id FROM tombstone WHERE key_id = ANY(%b)"
)
_LIVING = (
    "SELECT subject FROM subject WHERE controller = %b AND NOT erased AND subject > %b"
    " ORDER BY subject LIMIT %b"
)
_PENDING_AGAIN = (
    "UPDATE subject SET confirmed = false, created_at = %b"
    " WHERE controller = %b AND subject = ANY(%b) AND NOT erased"
)


class Restorer:
    """The keyring as a reconciliation sees it; the restore gate does not stop it."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def follow(
        self, controller: ControllerId, start: JournalHead, records: Iterable[ChainedRecord]
    ) -> JournalHead:
        """Walk records that somebody kept and return where they end.

        Raises:
            JournalBroken: they are not this house's records behind ``start``.
        """
        secret = self._vault.tree.ring(controller).secrets[JOURNAL]
        return verify(secret, controller, start, records)

    def put_back(self, controller: ControllerId, record: ChainedRecord) -> int:
        """Put the journal's next record back, and do what it tells; return the keys destroyed.

        Raises:
            JournalBroken: it is not the next record.
            KeyUnavailable: the key database or the provider is away.
        """
        told = record.decoded()
        order = DestroyOrder(
            SubjectId(told.subject),
            ErasureId(told.erasure_id),
            told.scope,
            told.epochs,
            guarded=told.guarded,
        )
        with self._vault.database.transaction() as connection:
            doomed: Sequence[Doomed] = ()
            if told.restoration is None:
                doomed, _ = self._shred(connection, controller, order, told.destroyed_at)
            head = journal.lock_head(connection, controller)
            if self.follow(controller, head, [record]).sequence != record.sequence:
                raise JournalBroken(controller, record.sequence)
            journal.store(connection, controller, [told.erasure_id], [record])
            self._tell(connection, order.subject)
        self._vault.cache.evict(order.subject.int)
        return sum(1 for key in doomed if key.fingerprint)

    def follow_finalised(
        self, controller: ControllerId, end: LogHead, records: Sequence[ChainedRecord]
    ) -> int:
        """Walk records of finalisations that somebody kept behind ``end``; return the last number.

        Raises:
            FinalisedBroken: they are not this house's.
        """
        place = (end.position, end.chain)
        return follow_finalised(self._vault, controller, place, _finalised(records))[0]

    def put_back_finalised(self, controller: ControllerId, record: ChainedRecord) -> None:
        """Put back the next record of the journal of finalisations, byte for byte.

        Raises:
            FinalisedBroken: it is not the next record.
            KeyUnavailable: the key database or the provider is away.
        """
        (one,) = _finalised([record])
        put_back_finalised(self._vault, controller, one)

    def destroy_again(
        self, controller: ControllerId, order: DestroyOrder, erased_at: Instant
    ) -> Destruction:
        """Destroy what the log says was destroyed at ``erased_at``, under the same erasure id.

        Raises:
            KeyUnavailable: the key database or the provider is away.
        """
        with self._vault.database.transaction() as connection:
            asked = [(order.erasure_id, order.subject)]
            done = journal.recorded(connection, controller, asked)
            if done:
                return done[order.erasure_id]
            doomed, cleared = self._shred(connection, controller, order, erased_at)
            head = journal.lock_head(connection, controller)
            now = self._vault.clock.now()
            record = record_of(controller, order, head.sequence + 1, doomed, cleared, now)
            (answer,) = journal.append(self._vault, connection, controller, [record])
            self._tell(connection, order.subject)
        self._vault.cache.evict(order.subject.int)
        return answer

    def declare(
        self,
        controller: ControllerId,
        restoration: UUID,
        restored_to: int,
        continues: JournalHead,
    ) -> JournalHead:
        """Record that the journal was put back and goes on from ``continues``; return its head.

        ``restoration`` is the record's own id: declaring twice declares once.

        Raises:
            KeyringError: the journal has grown past what it should continue.
        """
        with self._vault.database.transaction() as connection:
            head = journal.lock_head(connection, controller)
            if connection.execute(_KNOWN_ERASURES, ([restoration],)).fetchall():
                return head
            if head.sequence > continues.sequence:
                message = f"the journal of controller {controller} has grown meanwhile"
                raise KeyringError(message)
            record = JournalRecord(
                sequence=continues.sequence + 1,
                erasure_id=restoration,
                controller=controller,
                subject=_NOBODY,
                whole_person=False,
                epochs=(),
                fingerprints=(),
                lookups_cleared=0,
                destroyed_at=self._vault.clock.now(),
                restoration=Restoration(restored_to, head, continues),
            )
            secret = self._vault.tree.ring(controller).secrets[JOURNAL]
            link = extend(secret, continues, record)
            journal.store(connection, controller, [restoration], [link])
        return JournalHead(link.sequence, link.chain)

    def recorded(self, erasures: Sequence[ErasureId]) -> frozenset[ErasureId]:
        """Return those of the erasures that the journal holds."""
        with self._vault.database.reading() as connection:
            rows = connection.execute(_KNOWN_ERASURES, (list(erasures),), binary=True)
            return frozenset([ErasureId(erasure_id) for (erasure_id,) in rows])

    def without_rows(
        self, controller: ControllerId, subjects: Sequence[SubjectId]
    ) -> list[SubjectId]:
        """Return those of the people whom the key database has never heard of."""
        with self._vault.database.reading() as connection:
            asked = (controller, list(subjects))
            rows = connection.execute(_KNOWN_PEOPLE, asked, binary=True).fetchall()
        known = {subject for (subject,) in rows}
        return [subject for subject in subjects if subject not in known]

    def lost_keys(self, key_ids: Sequence[UUID]) -> frozenset[UUID]:
        """Return those of the keys that have neither a row nor a tombstone."""
        with self._vault.database.reading() as connection:
            asked = (list(key_ids), list(key_ids))
            rows = connection.execute(_KNOWN_KEYS, asked, binary=True).fetchall()
        return frozenset(key_ids) - {key_id for (key_id,) in rows}

    def living(self, controller: ControllerId, after: UUID, limit: int) -> list[SubjectId]:
        """Return a page of the people who have keys, by id."""
        with self._vault.database.reading() as connection:
            rows = connection.execute(_LIVING, (controller, after, limit), binary=True)
            return [SubjectId(subject) for (subject,) in rows]

    def pend_again(
        self, controller: ControllerId, subjects: Sequence[SubjectId], now: Instant
    ) -> None:
        """Take people whose streams were lost for arrived just now: a day, then abandoned."""
        with self._vault.database.transaction() as connection:
            connection.execute(_PENDING_AGAIN, (now, controller, list(subjects)))

    def forget_everywhere(self) -> None:
        """Have every process drop what it remembers of the key database."""
        with self._vault.database.reading() as connection:
            connection.execute("SELECT pg_notify(%b, %b)", (CHANNEL, EVERYTHING))

    def _shred(
        self, connection: Connection, controller: ControllerId, order: DestroyOrder, at: Instant
    ) -> tuple[Sequence[Doomed], dict[SubjectId, int]]:
        cohorts = lock_people(connection, controller, [order])
        doomed = find_doomed(connection, [order])
        bury(connection, controller, doomed, at)
        cleared = forget(self._vault, connection, controller, [order], cohorts, at)
        return doomed[order], dict(cleared)

    def _tell(self, connection: Connection, subject: SubjectId) -> None:
        connection.execute("SELECT pg_notify(%b, %b)", (CHANNEL, subject.hex))


def _finalised(records: Sequence[ChainedRecord]) -> list[ChainedFinalised]:
    return [ChainedFinalised(one.sequence, one.encoded, one.chain) for one in records]
