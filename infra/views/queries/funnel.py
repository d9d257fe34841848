"""``funnel``: how many applications of a month stand where, from clear facts and with no key.

Read from the board, whose rows stay when a person is erased, so the counts stay right. A number
below the smallest cell is not told, and neither are sums, from which it could be reckoned.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from infra.views.queries.desk import Asker, Desk

VIEW = "board"

SMALLEST_CELL = 5
"""Fewer than five people could be told apart by who knows some of them."""

MONTHS_MAX = 120

_COUNT = """
    SELECT to_char(to_timestamp(applied_at / 1000000.0) AT TIME ZONE 'Europe/Oslo', 'YYYY-MM'),
           lane, count(*)
    FROM views.board WHERE controller = %s AND applied_at IS NOT NULL
    GROUP BY 1, 2 ORDER BY 1 DESC
"""


@dataclass(frozen=True, slots=True)
class Month:
    """The applications that were sent in a month, by column; None is 1 to 4, and not told."""

    month: str
    counts: Mapping[str, int | None]


def funnel(desk: Desk, asker: Asker, limit: int) -> tuple[Month, ...]:
    """Count a controller's applications by month and column, the latest months first.

    Raises:
        ValueError: the limit is not between 1 and MONTHS_MAX.
        ViewUnavailable: the views cannot be read.
    """
    if not 1 <= limit <= MONTHS_MAX:
        message = f"months are 1 to {MONTHS_MAX}"
        raise ValueError(message)
    with desk.reading(asker, VIEW) as cursor:
        cursor.execute(_COUNT, [asker.controller])
        found = cursor.fetchall()
    months: dict[str, dict[str, int | None]] = {}
    for month, lane, count in found:
        months.setdefault(month, {})[lane] = count if count >= SMALLEST_CELL else None
    return tuple([Month(month, counts) for month, counts in list(months.items())[:limit]])
