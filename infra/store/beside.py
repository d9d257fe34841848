"""Statements for what a batch sets down beside the log: notices, parked items, erasures.

All of them may be repeated: a row that is there already is left as it is. Only an item that was
parked unread and is refused now learns whose it is, and why it waits.
"""

from collections.abc import Sequence
from typing import LiteralString

from consumers.ports import Batch, Notice, Parked
from domain.keyring import JournalHead
from domain.values import ControllerId, SubjectId
from infra.store.process import steps
from infra.store.records import PendingErasure
from infra.store.statement import Statement


def beside(batch: Batch) -> list[Statement]:
    """Return the statements for everything but facts, heads, inbox and position."""
    made: list[Statement] = []
    if batch.seen:
        made.append(_seen(batch.seen))
    if batch.notices:
        made.append(_notices(batch.notices))
    if batch.parked:
        made.append(_parked(batch.parked))
    touched = steps(batch.recordings)
    if touched:
        made.append(_processes(touched))
    if batch.erasure_head is not None:
        made.append(_erasure_head(*batch.erasure_head))
    return made


_NOTICES: LiteralString = """
INSERT INTO notice
    (notice_id, controller, kind, recipient, subject, erasure_id, token, created_at)
SELECT * FROM unnest(%b::uuid[], %b::uuid[], %b::text[], %b::text[], %b::uuid[], %b::uuid[],
    %b::bytea[], %b::bigint[])
ON CONFLICT (notice_id) DO NOTHING
"""


def _notices(notices: Sequence[Notice]) -> Statement:
    return Statement(
        _NOTICES,
        (
            [notice.notice_id for notice in notices],
            [notice.controller for notice in notices],
            [notice.kind.value for notice in notices],
            [notice.recipient for notice in notices],
            [notice.subject for notice in notices],
            [notice.erasure_id for notice in notices],
            [notice.token for notice in notices],
            [notice.created_at for notice in notices],
        ),
    )


_PARKED: LiteralString = """
INSERT INTO parked AS held
    (parked_id, controller, position_name, position_index, reason, token, parked_at, subject,
    topic)
SELECT * FROM unnest(%b::uuid[], %b::uuid[], %b::text[], %b::bigint[], %b::text[], %b::bytea[],
    %b::bigint[], %b::uuid[], %b::text[])
ON CONFLICT (parked_id) DO UPDATE
SET reason = excluded.reason, subject = excluded.subject, topic = excluded.topic
WHERE held.outcome IS NULL AND excluded.subject IS NOT NULL
"""


def _parked(items: Sequence[Parked]) -> Statement:
    return Statement(
        _PARKED,
        (
            [item.parked_id for item in items],
            [item.controller for item in items],
            [item.position_name for item in items],
            [item.position_index for item in items],
            [item.reason.value for item in items],
            [item.token for item in items],
            [item.parked_at for item in items],
            [item.subject for item in items],
            [item.topic for item in items],
        ),
    )


# In the log's lock, in which every stream moves: nothing moves it between this and the commit.
_SEEN: LiteralString = """
SELECT FROM unnest(%b::uuid[], %b::bigint[]) AS seen (subject, version)
LEFT JOIN subject_head AS head ON head.subject = seen.subject
WHERE coalesce(head.version, 0) = seen.version
"""


def _seen(streams: Sequence[tuple[SubjectId, int]]) -> Statement:
    subjects, versions = zip(*streams, strict=True)
    return Statement(_SEEN, (list(subjects), list(versions)), len(streams))


_PROCESSES: LiteralString = """
INSERT INTO erasure_process AS held
    (subject, erasure_id, controller, category, ordered_at, ended_at)
SELECT * FROM unnest(%b::uuid[], %b::uuid[], %b::uuid[], %b::text[], %b::bigint[], %b::bigint[])
ON CONFLICT (subject, erasure_id) DO UPDATE
SET ended_at = coalesce(held.ended_at, excluded.ended_at)
"""


def _processes(touched: Sequence[PendingErasure]) -> Statement:
    return Statement(
        _PROCESSES,
        (
            [step.subject for step in touched],
            [step.erasure_id for step in touched],
            [step.controller for step in touched],
            [step.category for step in touched],
            [step.ordered_at for step in touched],
            [step.ended_at for step in touched],
        ),
    )


_ERASURE_HEAD: LiteralString = """
INSERT INTO erasure_head AS held (controller, sequence, chain) VALUES (%b, %b, %b)
ON CONFLICT (controller) DO UPDATE SET sequence = excluded.sequence, chain = excluded.chain
WHERE held.sequence < excluded.sequence
"""


def _erasure_head(controller: ControllerId, head: JournalHead) -> Statement:
    return Statement(_ERASURE_HEAD, (controller, head.sequence, head.chain))
