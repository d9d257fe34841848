"""The cards of a board: read a page of applications, then join and open names and titles.

The view ``board`` holds clear facts only; the tokens come from the dossier of the same snapshot.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from domain.application import ApplicationKind, Stage, Status
from domain.values import Instant, SubjectId
from infra.views.queries.answers import Part, Value, ValueState
from infra.views.queries.desk import Asker, Desk
from infra.views.queries.slots import name_of, name_rows, some_slots
from infra.views.tables import BOARD_TABLE
from infra.views.transaction import Cursor
from projections.board import BoardRow
from projections.dossier import DossierRow

VIEW = "board"

PROFILE = "profile"
"""The category an assignment's title is sealed under."""

Slots = Mapping[SubjectId, Mapping[str, DossierRow]]

_FILTER = "controller = %(controller)s"
_OF_ASSIGNMENT = " AND assignment_id = %(assignment)s"
_COUNT = """
    SELECT lane, count(*) FROM views.board
    WHERE {filter} AND lane = ANY(%(lanes)s) GROUP BY lane
"""
_CARDS = """
    SELECT wanted, {columns}
    FROM unnest(%(lanes)s::text[]) AS wanted CROSS JOIN LATERAL (
        SELECT * FROM views.board WHERE {filter} AND lane = wanted{after}
        ORDER BY since DESC, application_id DESC LIMIT %(limit)s) AS cards
"""
_AFTER = " AND (since, application_id) < (%(since)s, %(application)s)"


@dataclass(frozen=True, slots=True)
class CardCursor:
    """The last card of a page: the next page begins after it."""

    since: Instant
    application_id: UUID


@dataclass(frozen=True, slots=True)
class Card:
    """One application; ``since`` is when it last moved."""

    application_id: UUID
    subject: SubjectId
    assignment_id: UUID | None
    kind: ApplicationKind | None
    stage: Stage
    status: Status
    applied_at: Instant | None
    since: Instant
    name: Value
    title: Value


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which cards are asked for."""

    lanes: tuple[str, ...]
    limit: int
    assignment: UUID | None
    after: CardCursor | None


def counts(cursor: Cursor, asker: Asker, wanted: Wanted) -> dict[str, int]:
    """Count the applications of the wanted columns: all of them, not only those on a page."""
    _ask(cursor, _COUNT, asker, wanted)
    return dict(cursor.fetchall())


def read_cards(cursor: Cursor, asker: Asker, wanted: Wanted) -> dict[str, list[BoardRow]]:
    """Read a page of applications by column, the last moved first."""
    _ask(cursor, _CARDS, asker, wanted)
    cards: dict[str, list[BoardRow]] = {lane: [] for lane in wanted.lanes}
    for lane, *values in cursor.fetchall():
        cards[lane].append(BOARD_TABLE.load(values))
    return cards


def read_slots(cursor: Cursor, asker: Asker, rows: Sequence[BoardRow]) -> Slots:
    """Read the dossier slots that name the people and title the applications."""
    titles = [_title_slot(row) for row in rows]
    return some_slots(cursor, asker, (row.subject for row in rows), titles)


def open_cards(desk: Desk, asker: Asker, rows: Sequence[BoardRow], slots: Slots) -> list[Card]:
    """Open the names and titles of all cards in one call; a person's name is opened once."""
    names = {subject: name_rows(held) for subject, held in slots.items()}
    titles = [slots[row.subject].get(_title_slot(row)) for row in rows]
    carriers = [row for held in names.values() for row in held]
    carriers += [title for title in titles if title is not None]
    opened = dict(zip(carriers, desk.open(asker, VIEW, carriers), strict=True))
    named = {s: name_of(opened[row] for row in held) for s, held in names.items()}
    return [
        _card(row, named[row.subject], _title(() if title is None else opened[title]))
        for row, title in zip(rows, titles, strict=True)
    ]


def _title(parts: tuple[Part, ...]) -> Value:
    """Find the assignment's title among an application's parts; answers are not shown on a card."""
    for part in parts:
        if part.category == PROFILE:
            return Value("title", part.state, part.fields.get("assignment_title"))
    return Value("title", ValueState.PRESENT)


def _card(row: BoardRow, name: Value, title: Value) -> Card:
    return Card(
        row.application_id,
        row.subject,
        row.assignment_id,
        row.kind,
        row.stage,
        row.status,
        row.applied_at,
        row.since,
        name,
        title,
    )


def _title_slot(row: BoardRow) -> str:
    return f"application/{row.application_id}"


def _ask(cursor: Cursor, query: str, asker: Asker, wanted: Wanted) -> None:
    """Run a query of this module; only its own texts are filled into it."""
    text = query.format(
        columns=", ".join(BOARD_TABLE.columns),
        filter=_FILTER + ("" if wanted.assignment is None else _OF_ASSIGNMENT),
        after="" if wanted.after is None else _AFTER,
    )
    after = wanted.after
    cursor.execute(
        text.encode(),
        {
            "controller": asker.controller,
            "assignment": wanted.assignment,
            "lanes": list(wanted.lanes),
            "limit": wanted.limit,
            "since": None if after is None else after.since,
            "application": None if after is None else after.application_id,
        },
    )
