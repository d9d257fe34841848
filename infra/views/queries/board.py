"""``board``: applications by column, a page of cards each, and counts over all of them.

A column is a stage for active applications, a status for the others. Counts come from clear facts
and do not change at an erasure; the card of an erased person is a neutral tombstone.
"""

from dataclasses import dataclass
from uuid import UUID

from domain.application import Stage, Status
from infra.views.queries.cards import (
    VIEW,
    Card,
    CardCursor,
    Wanted,
    counts,
    open_cards,
    read_cards,
    read_slots,
)
from infra.views.queries.desk import Asker, Desk, page_size
from projections.board import BoardRow

CARDS_MAX = 200
"""Cards a column and page."""

COLUMNS = (
    *(stage.value for stage in Stage),
    *(status.value for status in Status if status is not Status.ACTIVE),
)
"""Every column, in the order of a board."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: how many applications it has, a page of cards, and where the next begins."""

    name: str
    count: int
    cards: tuple[Card, ...]
    after: CardCursor | None


@dataclass(frozen=True, slots=True)
class Board:
    """All columns; ``total`` is the sum of their counts."""

    columns: tuple[Column, ...]
    total: int


def board(desk: Desk, asker: Asker, limit: int, assignment: UUID | None = None) -> Board:
    """Show the first ``limit`` cards of every column, of all assignments or of one.

    Raises:
        ValueError: the limit is not between 1 and CARDS_MAX.
        KeyUnavailable, SealBroken, GateClosed: as the opener raises them.
    """
    columns = _columns(desk, asker, Wanted(COLUMNS, limit, assignment, None))
    return Board(columns, sum(column.count for column in columns))


def column(
    desk: Desk,
    asker: Asker,
    name: str,
    limit: int,
    after: CardCursor | None,
    assignment: UUID | None = None,
) -> Column:
    """Show a page of one column.

    Raises:
        ValueError: there is no such column, or the limit is not between 1 and CARDS_MAX.
        KeyUnavailable, SealBroken, GateClosed: as the opener raises them.
    """
    if name not in COLUMNS:
        message = f"a board has the columns {', '.join(COLUMNS)}"
        raise ValueError(message)
    (only,) = _columns(desk, asker, Wanted((name,), limit, assignment, after))
    return only


def _columns(desk: Desk, asker: Asker, wanted: Wanted) -> tuple[Column, ...]:
    limit = page_size(wanted.limit, CARDS_MAX)
    with desk.reading(asker, VIEW) as cursor:
        counted = counts(cursor, asker, wanted)
        rows = read_cards(cursor, asker, wanted)
        flat = [row for page in rows.values() for row in page]
        slots = read_slots(cursor, asker, flat)
    cards = iter(open_cards(desk, asker, flat, slots))
    return tuple(
        Column(
            lane,
            counted.get(lane, 0),
            tuple(next(cards) for _ in rows[lane]),
            _last(rows[lane]) if len(rows[lane]) == limit else None,
        )
        for lane in wanted.lanes
    )


def _last(rows: list[BoardRow]) -> CardCursor:
    return CardCursor(rows[-1].since, rows[-1].application_id)
