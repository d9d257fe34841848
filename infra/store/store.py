"""The event store: the one door by which facts enter the log.

A batch is committed in one transaction or not at all. Whoever loses the acknowledgement of a
commit asks again, and his own batch is recognised: by the position's batch id, or, for a batch
that moves no position, by its facts, byte for byte, at the versions it meant for them.
"""

from collections.abc import Callable, Sequence
from types import TracebackType
from typing import LiteralString, Self

from eventsourcing.persistence import IntegrityError, StoredEvent

from consumers.ports import (
    Advance,
    Appended,
    Batch,
    Head,
    Loaded,
    PositionFenced,
    VersionConflict,
)
from domain.subject import EMPTY
from domain.values import ControllerId, FactId, SubjectId
from infra.codec.facts import FactCodec
from infra.store.arrays import uuids
from infra.store.batches import check
from infra.store.chain import columns_of, row_of
from infra.store.database import Database
from infra.store.heads import others_of, people_of
from infra.store.mapper import AvroMapper, Placed
from infra.store.reading import LogReader
from infra.store.recorder import Unmet
from infra.store.statements import appending
from infra.store.subscription import Subscription

# Heads first, then the known facts in the same columns: one statement, one round trip.
_LOAD: LiteralString = """
SELECT subject, version, kind, state_version, state FROM subject_head
WHERE subject = ANY(%b) AND controller = %b
UNION ALL
SELECT fact_id, 0, NULL, 0, NULL FROM inbox WHERE controller = %b AND fact_id = ANY(%b)
"""
_SAME: LiteralString = """
SELECT min(log.notification_id), max(log.notification_id), count(*)
FROM fact_log AS log
JOIN unnest(%b::uuid[], %b::bigint[], %b::text[], %b::bytea[]) AS fact (id, version, topic, state)
    ON log.originator_id = fact.id AND log.originator_version = fact.version
    AND log.topic = fact.topic AND log.state = fact.state
"""


class EventStore(LogReader):
    """The log in PostgreSQL; implements :class:`consumers.ports.Log`. Safe between threads."""

    def __init__(self, dsn: str, codec: FactCodec) -> None:
        super().__init__(Database(dsn), codec)
        self._mapper = AvroMapper(codec)
        self._gate: Callable[[], None] | None = None

    def set_gate(self, gate: Callable[[], None]) -> None:
        """Ask ``gate`` before the next append: it raises ``GateClosed`` or lets pass for good."""
        self._gate = gate

    def load(
        self, controller: ControllerId, subjects: Sequence[SubjectId], fact_ids: Sequence[FactId]
    ) -> Loaded:
        """Load heads and inbox in one round trip; see :meth:`consumers.ports.Log.load`."""
        rows = self.database.rows(_LOAD, (uuids(subjects), controller, controller, uuids(fact_ids)))
        found = dict.fromkeys(subjects, Head(0, EMPTY))
        loaded = {row[0]: self._head(row) for row in rows if row[1]}
        found.update(people_of(loaded))
        known = frozenset([row[0] for row in rows if not row[1]])
        return Loaded(found, known, others_of(loaded))

    def append(self, batch: Batch) -> Appended:
        """Commit the batch, or nothing of it; see :meth:`consumers.ports.Log.append`.

        Raises:
            BadBatch: nobody could commit this batch.
            GateClosed: a log that was put back is reconciled before it goes on.
        """
        if self._gate is not None:
            self._gate()
            self._gate = None
        check(batch)
        events = self._stored(batch)
        statements = appending(batch, events, self._heads)
        try:
            rows = self.database.attempt(lambda: self.database.recorder.commit(statements))
        except (IntegrityError, Unmet):
            return self._recognise(batch, events)
        first, last = rows[0] if rows else (None, None)
        return Appended(first, last, repeated=False)

    def position(self, name: str) -> int:
        """Return where a named reader goes on; 0 for a new name."""
        rows = self.database.rows("SELECT pos FROM position WHERE name = %b::text", (name,))
        return rows[0][0] if rows else 0

    def subscription(self, after: int) -> Subscription:
        """Follow the log behind a position."""
        return Subscription(self, after)

    def controllers(self) -> dict[str, ControllerId]:
        """Return every controller's id by its slug."""
        return dict(self.database.rows("SELECT slug, controller_id FROM controller"))

    def add_controller(self, controller: ControllerId, slug: str) -> None:
        """Enter a controller; one that is there already stays as it is."""
        self.database.rows(
            "INSERT INTO controller (controller_id, slug) VALUES (%b, %b)"
            " ON CONFLICT DO NOTHING RETURNING slug",
            (controller, slug),
        )

    def close(self) -> None:
        """Close the connections."""
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _stored(self, batch: Batch) -> list[StoredEvent]:
        to_stored_event = self._mapper.to_stored_event
        return [
            to_stored_event(Placed(recording.subject, version, stamp, fact))
            for recording in batch.recordings
            for version, (stamp, fact) in enumerate(recording.facts, recording.expected_version + 1)
        ]

    def _recognise(self, batch: Batch, events: Sequence[StoredEvent]) -> Appended:
        """Say whether a batch that could not be committed had been committed before."""
        first, last, same = self._same(events)
        if batch.advance is None:
            if not events or same < len(events):
                message = "a stream moved on, or a fact of the batch is already in the inbox"
                raise VersionConflict(message)
        elif not self._is_at(batch.advance):
            message = f"facts of the batch for {batch.advance.name} conflict"
            raise VersionConflict(message)
        return Appended(first, last, repeated=True)

    def _same(self, events: Sequence[StoredEvent]) -> tuple[int | None, int | None, int]:
        if not events:
            return None, None, 0
        columns = columns_of([row_of(event) for event in events])
        ((first, last, same),) = self.database.rows(_SAME, columns)
        return first, last, same

    def _is_at(self, advance: Advance) -> bool:
        """Say whether this very batch brought the position there; false if it has not moved."""
        rows = self.database.rows(
            "SELECT pos, batch FROM position WHERE name = %b::text", (advance.name,)
        )
        pos, held = rows[0] if rows else (0, None)
        if held == advance.batch:
            return True
        if pos != advance.start:
            message = f"the position {advance.name} was moved by another reader"
            raise PositionFenced(message)
        return False
