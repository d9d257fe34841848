"""The append, statement by statement, in the order in which they are sent.

All parameters are made before the log is locked.
"""

from collections.abc import Sequence
from typing import LiteralString

from eventsourcing.persistence import StoredEvent

from consumers.ports import Advance, Batch, Recording
from domain.streams import StreamState, kind_of
from domain.subject import STATE_VERSION
from infra.store.arrays import Array, bigints, byteas, uuids
from infra.store.beside import beside
from infra.store.chain import columns_of, digest, row_of
from infra.store.heads import HeadCodec
from infra.store.records import GENESIS
from infra.store.statement import Statement


def appending(batch: Batch, events: Sequence[StoredEvent], heads: HeadCodec) -> list[Statement]:
    """Return everything a batch writes; ``events`` are its facts in order, as stored events."""
    made: list[Statement] = []
    if batch.advance is not None:
        made.append(_advance(batch.advance))
    made.extend(chained(events))
    made.extend(_heads(batch.recordings, heads))
    if batch.inbox:
        made.append(_inbox(batch))
    made.extend(beside(batch))
    return made


def chained(events: Sequence[StoredEvent]) -> list[Statement]:
    """Return the statements that add facts to the log, the link of the chain first."""
    if not events:
        return []
    count = len(events)
    columns = columns_of([row_of(event) for event in events])
    return [
        Statement(_LINK, (GENESIS, count, count, digest(columns)), 1),
        Statement(_FACTS, (count, *columns), count),
    ]


# Under READ COMMITTED each statement after the lock sees what was committed before it was taken.
_LINK: LiteralString = """
WITH tail AS (
    SELECT last_position, chain FROM log_chain ORDER BY last_position DESC LIMIT 1
), next AS (
    SELECT coalesce(max(last_position), 0) + 1 AS first,
        coalesce((SELECT chain FROM tail), %b::bytea) AS chain
    FROM tail
)
INSERT INTO log_chain (first_position, last_position, chain)
SELECT first, first + %b::bigint - 1, sha256(
    chain || int8send(first) || int8send(first + %b::bigint - 1) || %b::bytea)
FROM next
RETURNING first_position, last_position
"""
_FACTS: LiteralString = """
INSERT INTO fact_log (originator_id, originator_version, topic, state, notification_id)
SELECT fact.id, fact.version, fact.topic, fact.state, tail.last - %b::bigint + fact.place
FROM (SELECT max(last_position) AS last FROM log_chain) AS tail,
    unnest(%b::uuid[], %b::bigint[], %b::text[], %b::bytea[])
    WITH ORDINALITY AS fact (id, version, topic, state, place)
"""

# A name that was never used starts at 0 and has no row; any other start needs its row.
_ADVANCE: LiteralString = """
INSERT INTO position AS held (name, pos, batch)
SELECT %b::text, %b::bigint, %b::uuid
WHERE %b::bigint = 0 OR EXISTS (SELECT FROM position WHERE name = %b::text)
ON CONFLICT (name) DO UPDATE SET pos = excluded.pos, batch = excluded.batch
WHERE held.pos = %b::bigint
"""


def _advance(advance: Advance) -> Statement:
    name, start, end, batch = advance.name, advance.start, advance.end, advance.batch
    return Statement(_ADVANCE, (name, end, batch, start, name, start), 1)


_NEW_HEADS: LiteralString = """
INSERT INTO subject_head (subject, controller, version, kind, state_version, state)
SELECT head.subject, head.controller, head.version, %b::text, %b::integer, head.state
FROM unnest(%b::uuid[], %b::uuid[], %b::bigint[], %b::bytea[])
    AS head (subject, controller, version, state)
"""
_MOVED_HEADS: LiteralString = """
UPDATE subject_head AS held
SET version = head.version, state_version = %b::integer, state = head.state
FROM unnest(%b::uuid[], %b::uuid[], %b::bigint[], %b::bytea[], %b::bigint[])
    AS head (subject, controller, version, state, expected)
WHERE held.subject = head.subject AND held.controller = head.controller
    AND held.version = head.expected AND held.kind = %b::text
"""


def _heads(recordings: Sequence[Recording], heads: HeadCodec) -> list[Statement]:
    """Write heads, a statement or two for each kind of stream: nearly always for people alone."""
    kinds: dict[type[StreamState], list[Recording]] = {}
    for recording in recordings:
        kinds.setdefault(type(recording.state), []).append(recording)
    return [
        statement
        for of_kind in kinds.values()
        for statement in _heads_of_kind(of_kind, kind_of(of_kind[0].state).value, heads)
    ]


def _heads_of_kind(recordings: Sequence[Recording], kind: str, heads: HeadCodec) -> list[Statement]:
    begun = [recording for recording in recordings if recording.expected_version == 0]
    moved = [recording for recording in recordings if recording.expected_version > 0]
    made: list[Statement] = []
    if begun:
        params = (kind, STATE_VERSION, *_head_columns(begun, heads))
        made.append(Statement(_NEW_HEADS, params, len(begun)))
    if moved:
        expected = bigints([recording.expected_version for recording in moved])
        columns = (*_head_columns(moved, heads), expected)
        made.append(Statement(_MOVED_HEADS, (STATE_VERSION, *columns, kind), len(moved)))
    return made


def _head_columns(recordings: Sequence[Recording], heads: HeadCodec) -> tuple[Array, ...]:
    return (
        uuids([recording.subject for recording in recordings]),
        uuids([recording.controller for recording in recordings]),
        bigints([recording.expected_version + len(recording.facts) for recording in recordings]),
        byteas([heads.encode(recording.state) for recording in recordings]),
    )


_INBOX: LiteralString = """
INSERT INTO inbox (controller, fact_id) SELECT * FROM unnest(%b::uuid[], %b::uuid[])
"""


def _inbox(batch: Batch) -> Statement:
    controllers = uuids([controller for controller, _ in batch.inbox])
    facts = uuids([fact for _, fact in batch.inbox])
    return Statement(_INBOX, (controllers, facts), len(batch.inbox))
