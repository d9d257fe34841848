"""The access audit: who saw which person, in which view, for which purpose, when.

Append-only and hash-chained within each controller, one row a person. It is committed before the
plaintext is returned, so an opening that is not in the audit did not happen; one that is may have
failed afterwards. It holds no personal data: the reader is a user id, the person a subject id.

``chain = SHA256(previous chain ‖ frame(sequence, subject, who, purpose, view, opened, at))``, with
numbers as 8 bytes, big-endian.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import LiteralString

from psycopg import Cursor
from psycopg.rows import TupleRow

from domain.framing import frame
from domain.values import ControllerId, Instant, SubjectId
from infra.store.arrays import bigints, byteas, uuids
from infra.store.database import Database
from infra.store.records import GENESIS, ChainHead, LogTampered

AUDIT = "access_audit"

SUBJECTS_MAX = 10_000
"""People in one opening: a page of results, or one controller's export."""

VERIFY_PAGE = 5_000
"""Rows held in memory while the chain is checked."""

_NAME = re.compile(r"[a-z0-9._-]{1,64}")
_LOCK_SPACE = 0x676C
"""The first half of the advisory lock's key; the second is the controller's."""


class BadOpening(ValueError):  # noqa: N818 - names what was given
    """An opening names its reader, purpose or view in a form that could hide a person's name."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What is about to be opened: ``counts`` tokens of each of the ``subjects``, in order.

    ``who`` is a user's id, ``purpose`` and ``view`` names of the house: all of
    ``[a-z0-9._-]{1,64}``.

    Raises:
        BadOpening: they are not, or counts and subjects do not pair.
    """

    who: str
    purpose: str
    controller: ControllerId
    view: str
    subjects: Sequence[SubjectId]
    counts: Sequence[int]

    def __post_init__(self) -> None:
        """Check the form; the refused text is not repeated."""
        if not all(_NAME.fullmatch(name) for name in (self.who, self.purpose, self.view)):
            message = "reader, purpose and view are names of the form [a-z0-9._-]{1,64}"
            raise BadOpening(message)
        if len(self.subjects) != len(self.counts) or len(self.subjects) > SUBJECTS_MAX:
            message = f"an opening has one count a person and at most {SUBJECTS_MAX} people"
            raise BadOpening(message)


@dataclass(frozen=True, slots=True)
class Access:
    """One row of the audit."""

    sequence: int
    subject: SubjectId
    who: str
    purpose: str
    view: str
    opened: int
    at: Instant


_INSERT: LiteralString = """
INSERT INTO access_audit
    (controller, who, purpose, view, at, sequence, subject, opened, chain)
SELECT %b::uuid, %b::text, %b::text, %b::text, %b::bigint,
    row.sequence, row.subject, row.opened, row.chain
FROM unnest(%b::bigint[], %b::uuid[], %b::bigint[], %b::bytea[])
    AS row (sequence, subject, opened, chain)
"""
_OF: LiteralString = """
SELECT sequence, subject, who, purpose, view, opened, at FROM access_audit
WHERE subject = %b ORDER BY at DESC, sequence DESC LIMIT %b
"""
_PAGE: LiteralString = """
SELECT sequence, subject, who, purpose, view, opened, at, chain FROM access_audit
WHERE controller = %b AND sequence > %b ORDER BY sequence LIMIT %b
"""
_LAST: LiteralString = """
SELECT sequence, chain FROM access_audit WHERE controller = %b ORDER BY sequence DESC LIMIT 1
"""
_AT: LiteralString = "SELECT chain FROM access_audit WHERE controller = %b AND sequence = %b"


class AccessAudit:
    """Records openings and answers about them; raises ``LogUnavailable`` when away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, opening: Opening, at: Instant) -> None:
        """Commit one row a person; call it before the plaintext leaves.

        After a lost acknowledgement the rows may be there twice: rather that than not at all.
        """
        if not opening.subjects:
            return
        self._database.write(lambda cursor: _record(cursor, opening, at))

    def of(self, subject: SubjectId, limit: int = SUBJECTS_MAX) -> list[Access]:
        """Return who saw a person, latest first: GDPR Art. 15(1)(c) asks for the recipients."""
        rows = self._database.rows(_OF, (subject, limit))
        return [Access(*row) for row in rows]

    def head(self, controller: ControllerId) -> ChainHead:
        """Return the end of a controller's audit, as it is stated."""
        rows = self._database.rows(_LAST, (controller,))
        return ChainHead(*rows[0]) if rows else ChainHead(0, GENESIS)

    def chain_at(self, controller: ControllerId, sequence: int) -> bytes | None:
        """Return the chain's hash after a row; None where there is no such row."""
        rows = self._database.rows(_AT, (controller, sequence))
        return rows[0][0] if rows else None

    def verify(self, controller: ControllerId) -> ChainHead:
        """Check a controller's audit against its chain; return the chain's end.

        Rows cut off the end leave a chain that follows: compare the head with one kept elsewhere.

        Raises:
            LogTampered: a row was edited, removed or moved.
        """
        head = ChainHead(0, GENESIS)
        while rows := self._database.rows(_PAGE, (controller, head.position, VERIFY_PAGE)):
            for *columns, chain in rows:
                access = Access(*columns)
                if _chain(head.chain, access) != chain:
                    raise LogTampered(AUDIT, head.position + 1, access.sequence)
                head = ChainHead(access.sequence, chain)
        return head


def _record(cursor: Cursor[TupleRow], opening: Opening, at: Instant) -> None:
    head = _lock(cursor, opening.controller)
    accesses = _accesses(opening, head.position, at)
    columns = (
        bigints([access.sequence for access in accesses]),
        uuids(opening.subjects),
        bigints(opening.counts),
        byteas(_chains(head.chain, accesses)),
    )
    names = (opening.who, opening.purpose, opening.view)
    cursor.execute(_INSERT, (opening.controller, *names, at, *columns))


def _lock(cursor: Cursor[TupleRow], controller: ControllerId) -> ChainHead:
    """Wait for the controller's turn; return the end of its chain."""
    cursor.execute(
        "SELECT pg_advisory_xact_lock(%b::integer, hashtext(%b::text))",
        (_LOCK_SPACE, str(controller)),
    )
    row = cursor.execute(_LAST, (controller,)).fetchone()
    return ChainHead(0, GENESIS) if row is None else ChainHead(*row)


def _accesses(opening: Opening, last: int, at: Instant) -> list[Access]:
    pairs = zip(opening.subjects, opening.counts, strict=True)
    return [
        Access(sequence, subject, opening.who, opening.purpose, opening.view, count, at)
        for sequence, (subject, count) in enumerate(pairs, last + 1)
    ]


def _chains(previous: bytes, accesses: Sequence[Access]) -> list[bytes]:
    chains: list[bytes] = []
    for access in accesses:
        previous = _chain(previous, access)
        chains.append(previous)
    return chains


def _chain(previous: bytes, access: Access) -> bytes:
    return sha256(
        previous
        + frame(
            access.sequence.to_bytes(8, "big"),
            access.subject.bytes,
            access.who.encode(),
            access.purpose.encode(),
            access.view.encode(),
            access.opened.to_bytes(8, "big"),
            access.at.to_bytes(8, "big"),
        )
    ).digest()
