"""Reading the log: what is in it, in its order, and what is kept beside it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import LiteralString
from uuid import UUID

from eventsourcing.persistence import Notification
from psycopg.rows import TupleRow

from consumers.ports import Head, OtherHead
from domain.fact import Entry
from domain.keyring import JournalHead, OpenRequest
from domain.legal_holds import LegalHoldPlaced
from domain.restriction import ProcessingRestricted
from domain.subject import STATE_VERSION
from domain.values import ControllerId, ErasureId, SubjectId
from infra.codec.facts import FactCodec
from infra.store.arrays import uuids
from infra.store.chain import BEGINNING, LOG, Link, Row, follow
from infra.store.database import Database
from infra.store.heads import HeadCodec, fold, others_of, people_of
from infra.store.records import ChainHead, LogTampered, PendingErasure

STREAM_MAX = 100_000
"""Facts of one stream read at a time: a person followed daily for a lifetime has fewer."""

VERIFY_PAGE = 5_000
"""Rows of the log held in memory while its chain is checked: a few megabytes."""

Binding = LegalHoldPlaced | ProcessingRestricted
"""What binds for as long as nobody ends it."""

_BEFORE_ALL = UUID(int=0)
"""The nil id, which is nobody's."""

_ENTRY: LiteralString = """
SELECT notification_id, originator_id, originator_version, topic, state FROM fact_log
"""
_AFTER: LiteralString = f"{_ENTRY} WHERE notification_id > %b ORDER BY notification_id LIMIT %b"
_OF_TOPICS: LiteralString = (
    f"{_ENTRY} WHERE notification_id > %b AND topic = ANY(%b) ORDER BY notification_id LIMIT %b"
)
_STREAM: LiteralString = (
    f"{_ENTRY} WHERE originator_id = %b AND originator_version > %b"
    " ORDER BY originator_version LIMIT %b"
)
_LINKS: LiteralString = """
SELECT first_position, last_position, chain FROM log_chain
WHERE last_position > %b ORDER BY last_position LIMIT %b
"""
# One snapshot: a fact and its link are committed together.
_STRAY: LiteralString = """
SELECT notification_id FROM fact_log
WHERE notification_id < 1
    OR notification_id > (SELECT coalesce(max(last_position), 0) FROM log_chain)
LIMIT 1
"""
_NEWEST: LiteralString = f"""
SELECT newest.* FROM unnest(%b::uuid[]) AS wanted (subject) CROSS JOIN LATERAL (
    {_ENTRY} WHERE originator_id = wanted.subject ORDER BY originator_version DESC LIMIT %b
) AS newest
"""  # noqa: S608 - constants
_HEADS: LiteralString = """
SELECT subject, version, kind, state_version, state FROM subject_head
"""
_PEOPLE_AFTER: LiteralString = (
    f"{_HEADS} WHERE controller = %b AND kind = 'person' AND subject > %b ORDER BY subject LIMIT %b"
)
# The names are constants: from those alone the planner proves the index's condition.
_BINDING: Mapping[type[Binding], LiteralString] = {
    LegalHoldPlaced: f"""
{_ENTRY} WHERE topic = 'subject.legal-hold-placed' AND notification_id > %b
ORDER BY notification_id LIMIT %b
""",
    ProcessingRestricted: f"""
{_ENTRY} WHERE topic = 'subject.processing-restricted' AND notification_id > %b
ORDER BY notification_id LIMIT %b
""",
}
_PROCESS: LiteralString = """
SELECT controller, subject, erasure_id, category, ordered_at, ended_at FROM erasure_process
"""


class LogReader:
    """The reading half of the event store.

    Every method raises ``LogUnavailable`` when the event database is away; ``limit`` is a number
    of facts.
    """

    def __init__(self, database: Database, codec: FactCodec) -> None:
        self.database = database
        self._codec = codec
        self._heads = HeadCodec()

    def entries(self, after: int, limit: int, topics: Sequence[str] = ()) -> list[Entry]:
        """Return facts behind a position in the log's order, of some stored names or of all."""
        if topics:
            rows = self.database.rows(_OF_TOPICS, (after, list(topics), limit))
        else:
            rows = self.database.rows(_AFTER, (after, limit))
        return self._decoded(rows)

    def notifications(self, after: int, limit: int) -> list[Notification]:
        """Return the stored bytes of facts behind a position, not decoded."""
        rows = self.database.rows(_AFTER, (after, limit))
        return [
            Notification(subject, version, topic, state, position)
            for position, subject, version, topic, state in rows
        ]

    def stream(
        self, subject: SubjectId, after_version: int = 0, limit: int = STREAM_MAX
    ) -> list[Entry]:
        """Return a person's facts behind a version, oldest first."""
        return self._decoded(self.database.rows(_STREAM, (subject, after_version, limit)))

    def told_of(self, binding: type[Binding]) -> Iterator[Entry]:
        """Yield every fact of a kind that binds until it is ended, in the log's order.

        Which of them still bind, the heads say; those of the erased are among them.
        """
        after = 0
        while page := self._decoded(self.database.rows(_BINDING[binding], (after, VERIFY_PAGE))):
            yield from page
            after = page[-1].position

    def newest_tokens(self, subjects: Iterable[SubjectId], limit: int) -> list[OpenRequest]:
        """Return the tokens of the last ``limit`` facts of each person, in no order."""
        rows = self.database.rows(_NEWEST, (uuids(tuple(subjects)), limit))
        found: list[OpenRequest] = []
        for _, subject, _, topic, state in rows:
            fact_id, parts = self._codec.tokens(topic, state)
            found += [OpenRequest(subject, fact_id, name, topic, token) for name, token in parts]
        return found

    def last_position(self) -> int:
        """Return the position of the last fact; 0 for an empty log."""
        return self.chain_head().position

    def chain_head(self) -> ChainHead:
        """Return the end of the log's hash chain, as an anchor stores it."""
        rows = self.database.rows(
            "SELECT last_position, chain FROM log_chain ORDER BY last_position DESC LIMIT 1"
        )
        return ChainHead(*rows[0]) if rows else BEGINNING

    def verify_chain(self, after: int = 0, anchored: ChainHead | None = None) -> ChainHead:
        """Check the log against its chain; return the chain's end.

        ``after`` is the last position of a batch checked before (0: the whole log);
        ``anchored`` an earlier head kept elsewhere, which must be on the chain.

        Raises:
            LogTampered: a row was edited, removed, added or moved, or the chain does not pass
                through ``anchored``: the log was rolled back or rewritten.
        """
        start = self.link_at(after)
        if anchored is not None and self.link_at(anchored.position) != anchored:
            raise LogTampered(LOG, 0, anchored.position)
        self._refuse_stray_rows()
        return follow(start, self._links(after), self._rows(after))

    def heads_of(self, subjects: Iterable[SubjectId]) -> dict[SubjectId, Head]:
        """Return the heads of those of the people who have a stream, whatever their controller."""
        return people_of(self._heads_of(subjects))

    def other_heads_of(self, streams: Iterable[SubjectId]) -> dict[SubjectId, OtherHead]:
        """Return the heads of those of the streams that are there and are no person's."""
        return others_of(self._heads_of(streams))

    def heads_after(
        self, controller: ControllerId, after: SubjectId | None, limit: int
    ) -> list[tuple[SubjectId, Head]]:
        """Return a page of a controller's people in the order of their ids; None begins."""
        params = (controller, after or _BEFORE_ALL, limit)
        rows = self.database.rows(_PEOPLE_AFTER, params)
        return list(people_of({row[0]: self._head(row) for row in rows}).items())

    def with_stream(self, subjects: Iterable[SubjectId]) -> frozenset[SubjectId]:
        """Return those of the people who have a stream: whose first fact came."""
        rows = self.database.rows(
            "SELECT subject FROM subject_head WHERE subject = ANY(%b)", (uuids(tuple(subjects)),)
        )
        return frozenset([subject for (subject,) in rows])

    def erasure_head(self, controller: ControllerId) -> JournalHead | None:
        """Return the last erasure-journal head the log has seen (E of the restore gate)."""
        rows = self.database.rows(
            "SELECT sequence, chain FROM erasure_head WHERE controller = %b", (controller,)
        )
        return JournalHead(*rows[0]) if rows else None

    def pending_erasures(self, controller: ControllerId | None = None) -> list[PendingErasure]:
        """Return erasures ordered and not ended, oldest first; of one controller or of all."""
        rows = self.database.rows(
            f"{_PROCESS} WHERE ended_at IS NULL AND coalesce(controller = %b, true)"
            " ORDER BY ordered_at, erasure_id",
            (controller,),
        )
        return [PendingErasure(*row) for row in rows]

    def erasures(
        self, controller: ControllerId, erasure_ids: Iterable[ErasureId]
    ) -> list[PendingErasure]:
        """Return those of the erasures that the log knows, pending or ended."""
        rows = self.database.rows(
            f"{_PROCESS} WHERE controller = %b AND erasure_id = ANY(%b) ORDER BY ordered_at",
            (controller, uuids(tuple(erasure_ids))),
        )
        return [PendingErasure(*row) for row in rows]

    def _heads_of(self, streams: Iterable[SubjectId]) -> dict[SubjectId, Head | OtherHead]:
        rows = self.database.rows(f"{_HEADS} WHERE subject = ANY(%b)", (uuids(tuple(streams)),))
        return {row[0]: self._head(row) for row in rows}

    def _head(self, row: TupleRow) -> Head | OtherHead:
        subject, version, kind, state_version, state = row
        if state_version != STATE_VERSION:
            return fold(self.stream(subject))
        return self._heads.decode(version, kind, state)

    def _decoded(self, rows: Sequence[TupleRow]) -> list[Entry]:
        decode = self._codec.decode
        return [
            Entry(position, subject, version, *decode(topic, state))
            for position, subject, version, topic, state in rows
        ]

    def link_at(self, position: int) -> ChainHead:
        """Return the chain's hash after the batch that ends at a position.

        Raises:
            LogTampered: no batch ends there.
        """
        if position == 0:
            return BEGINNING
        rows = self.database.rows(
            "SELECT last_position, chain FROM log_chain WHERE last_position = %b", (position,)
        )
        if not rows:
            raise LogTampered(LOG, 0, position)
        return ChainHead(*rows[0])

    def _refuse_stray_rows(self) -> None:
        rows = self.database.rows(_STRAY)
        if rows:
            raise LogTampered(LOG, rows[0][0], rows[0][0])

    def _links(self, after: int) -> Iterator[Link]:
        while rows := self.database.rows(_LINKS, (after, VERIFY_PAGE)):
            yield from rows
            after = rows[-1][1]

    def _rows(self, after: int) -> Iterator[Row]:
        while rows := self.database.rows(_AFTER, (after, VERIFY_PAGE)):
            yield from [row[1:] for row in rows]
            after = rows[-1][0]
