"""``recipients``: who got what of a person, and what was held back. Kinds of data, no values.

Nothing is opened, and the look is recorded all the same: the list tells where she was presented.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.values import SubjectId
from infra.views.queries.desk import Asker, Desk, Look
from infra.views.tables import DISCLOSURES_TABLE
from projections.disclosures import DisclosureRow

VIEW = "disclosures"

DISCLOSURES_MAX = 5_000
"""Rows of one person that are told: some megabytes of answer."""

_ROWS = f"""
    SELECT {", ".join(DISCLOSURES_TABLE.columns)} FROM views.disclosures
    WHERE controller = %s AND subject = ANY(%s) ORDER BY told_at NULLS LAST, item LIMIT %s
"""  # noqa: S608 - the columns are this program's own


@dataclass(frozen=True, slots=True)
class RecipientList:
    """One person's disclosures, oldest first; ``complete`` is false when there are more."""

    streams: tuple[SubjectId, ...]
    rows: tuple[DisclosureRow, ...]
    complete: bool


def recipients(desk: Desk, asker: Asker, streams: Sequence[SubjectId]) -> RecipientList:
    """Tell a person's recipients, an erased person's too (GDPR Art. 15(1)(c), 19).

    ``streams`` are all that are hers, the one asked for first.

    Raises:
        LogUnavailable, ViewUnavailable: a database is away; nothing is told without its audit.
    """
    with desk.reading(asker, VIEW) as cursor:
        cursor.execute(_ROWS, [asker.controller, list(streams), DISCLOSURES_MAX])
        rows = tuple(DISCLOSURES_TABLE.load(row) for row in cursor.fetchall())
    asked, opened = tuple(streams), (0,) * len(streams)
    desk.audit.record(Look(VIEW, asker.controller, asked, opened, asker.who, asker.purpose))
    return RecipientList(asked, rows, complete=len(rows) < DISCLOSURES_MAX)
