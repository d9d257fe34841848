"""``erasures``: the register, the latest first. Clear facts only: nothing is opened or recorded."""

from dataclasses import dataclass

from domain.values import ErasureId
from infra.views.queries.desk import Asker, Desk, page_size
from infra.views.tables import ERASURES_TABLE
from projections.erasures import ErasureRow

VIEW = "erasures"

ERASURES_MAX = 1_000
"""Erasures a page."""

_COLUMNS = ", ".join(ERASURES_TABLE.columns)
_PAGE = f"""
    SELECT {_COLUMNS} FROM views.erasures
    WHERE controller = %s AND first_position < coalesce(%s, 9223372036854775807)
    ORDER BY first_position DESC LIMIT %s
"""  # noqa: S608 - the columns are this program's own


_ONE = f"""
    SELECT {_COLUMNS} FROM views.erasures WHERE controller = %s AND erasure_id = %s
"""  # noqa: S608 - the columns are this program's own


@dataclass(frozen=True, slots=True)
class ErasuresPage:
    """A page of the register; ``before`` begins the next page, None when this is the last."""

    erasures: tuple[ErasureRow, ...]
    before: int | None


def erasure_of(desk: Desk, asker: Asker, erasure_id: ErasureId) -> ErasureRow | None:
    """Show one erasure of the asker's controller; None when the view knows none of that id."""
    with desk.reading(asker, VIEW) as cursor:
        cursor.execute(_ONE, [asker.controller, erasure_id])
        row = cursor.fetchone()
    return None if row is None else ERASURES_TABLE.load(row)


def erasures(desk: Desk, asker: Asker, limit: int, before: int | None = None) -> ErasuresPage:
    """Show up to ``limit`` erasures that began before a log position, or the latest.

    Raises:
        ValueError: the limit is not between 1 and ERASURES_MAX.
    """
    with desk.reading(asker, VIEW) as cursor:
        cursor.execute(_PAGE, [asker.controller, before, page_size(limit, ERASURES_MAX)])
        rows = tuple(ERASURES_TABLE.load(row) for row in cursor.fetchall())
    return ErasuresPage(rows, rows[-1].first_position if len(rows) == limit else None)
