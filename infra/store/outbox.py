"""Notices to recipients: written with the facts, sent later, acknowledged once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import LiteralString
from uuid import UUID

from consumers.ports import Notice, NoticeKind
from domain.values import ControllerId, Instant
from infra.store.arrays import uuids
from infra.store.database import Database

_NOTICE: LiteralString = """
SELECT notice_id, controller, kind, recipient, subject, erasure_id, token, created_at FROM notice
"""
_BEHIND: LiteralString = """ AS told WHERE acknowledged_at IS NULL
    AND ordinal > coalesce((SELECT ordinal FROM notice WHERE notice_id = %b), 0)
"""
_NOT_OVERTAKEN: LiteralString = """NOT EXISTS (
    SELECT FROM notice AS later
    WHERE later.subject = told.subject AND later.ordinal > told.ordinal
        AND later.recipient = told.recipient AND later.controller = told.controller
        AND later.acknowledged_at IS NOT NULL
)
"""


@dataclass(frozen=True, slots=True)
class WaitingCount:
    """How many notices a recipient has not acknowledged, and since when."""

    controller: ControllerId
    recipient: str
    waiting: int
    oldest: Instant


class Outbox:
    """Reads and acknowledges notices. Every method raises ``LogUnavailable`` when away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def waiting(self, limit: int, after: Notice | None = None) -> list[Notice]:
        """Return notices not acknowledged, in the order they were written, behind ``after``."""
        return self._notices(f"{_NOTICE}{_BEHIND} ORDER BY ordinal LIMIT %b", (_id(after), limit))

    def sendable(self, limit: int, after: Notice | None = None) -> list[Notice]:
        """Return what a courier may bring, in order, behind ``after``.

        What the recipient did about the same person later is not undone by an older notice: that
        one is left for a person.
        """
        return self._notices(
            f"{_NOTICE}{_BEHIND} AND {_NOT_OVERTAKEN} ORDER BY ordinal LIMIT %b",
            (_id(after), limit),
        )

    def counts(self) -> list[WaitingCount]:
        """Count the notices not acknowledged, by controller and recipient."""
        rows = self._database.rows(
            "SELECT controller, recipient, count(*), min(created_at) FROM notice"
            " WHERE acknowledged_at IS NULL GROUP BY controller, recipient"
            " ORDER BY controller, recipient"
        )
        return [WaitingCount(*row) for row in rows]

    def named(self, notice_ids: Sequence[UUID]) -> list[Notice]:
        """Return the named notices, acknowledged or not, in no order."""
        return self._notices(f"{_NOTICE} WHERE notice_id = ANY(%b)", (uuids(notice_ids),))

    def acknowledged(self, notice_ids: Sequence[UUID]) -> frozenset[UUID]:
        """Return those of the notices that were acknowledged."""
        rows = self._database.rows(
            "SELECT notice_id FROM notice"
            " WHERE notice_id = ANY(%b) AND acknowledged_at IS NOT NULL",
            (uuids(notice_ids),),
        )
        return frozenset([notice_id for (notice_id,) in rows])

    def unsettled(self, limit: int) -> list[Notice]:
        """Return notices that are acknowledged and whose keys may live yet."""
        return self._notices(
            f"{_NOTICE} WHERE acknowledged_at IS NOT NULL AND settled_at IS NULL LIMIT %b", (limit,)
        )

    def settle(self, notice_ids: Sequence[UUID], at: Instant) -> None:
        """Note that the keys of acknowledged notices are destroyed."""
        self._database.rows(
            "UPDATE notice SET settled_at = coalesce(settled_at, %b::bigint)"
            " WHERE notice_id = ANY(%b) AND acknowledged_at IS NOT NULL RETURNING notice_id",
            (at, uuids(notice_ids)),
        )

    def acknowledge(self, notice_ids: Sequence[UUID], at: Instant) -> list[UUID]:
        """Mark notices as acknowledged; return those that are so now, the first time or again.

        Their keys may be destroyed then.
        """
        rows = self._database.rows(
            "UPDATE notice SET acknowledged_at = coalesce(acknowledged_at, %b::bigint)"
            " WHERE notice_id = ANY(%b) RETURNING notice_id",
            (at, uuids(notice_ids)),
        )
        return [notice_id for (notice_id,) in rows]

    def _notices(self, sql: LiteralString, params: Sequence[object]) -> list[Notice]:
        return [
            Notice(notice_id, controller, NoticeKind(kind), *rest)
            for notice_id, controller, kind, *rest in self._database.rows(sql, params)
        ]


def _id(notice: Notice | None) -> UUID | None:
    return None if notice is None else notice.notice_id
