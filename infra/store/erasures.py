"""Every erasure the log knows of a controller, page by page."""

from collections.abc import Iterator
from typing import LiteralString
from uuid import UUID

from domain.values import ControllerId
from infra.store.database import Database
from infra.store.records import PendingErasure

ERASURES_PAGE = 1_000
"""Erasures held in memory at once."""

_AFTER: LiteralString = """
SELECT controller, subject, erasure_id, category, ordered_at, ended_at FROM erasure_process
WHERE controller = %b AND (ordered_at, erasure_id) > (%b, %b)
ORDER BY ordered_at, erasure_id LIMIT %b
"""


def every_erasure(database: Database, controller: ControllerId) -> Iterator[list[PendingErasure]]:
    """Yield pages of a controller's erasures in the order they were ordered in, ended or not.

    Raises:
        LogUnavailable: the event database is away.
    """
    last = (-1, UUID(int=0))
    while rows := database.rows(_AFTER, (controller, *last, ERASURES_PAGE)):
        page = [PendingErasure(*row) for row in rows]
        yield page
        last = (page[-1].ordered_at, page[-1].erasure_id)
