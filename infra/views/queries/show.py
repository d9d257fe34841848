"""``show``: one person's dossier, every slot opened."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from domain.application import ApplicationKind, Stage, Status
from domain.fact import Actor
from domain.values import FactId, Instant, SubjectId
from infra.views.queries.answers import Part, Value, clear_of
from infra.views.queries.desk import Asker, Desk, SubjectUnknown
from infra.views.queries.slots import Standing, all_slots, name_of, name_rows, standing_of
from infra.views.tables import BOARD_TABLE
from infra.views.transaction import Cursor
from projections.board import BoardRow
from projections.dossier import DossierRow

VIEW = "dossier"

SLOTS_MAX = 2_000
"""Slots and applications shown of a person; ``complete`` says whether these were all."""

_APPLICATIONS = f"""
    SELECT {", ".join(BOARD_TABLE.columns)} FROM views.board
    WHERE controller = %s AND subject = %s ORDER BY since DESC, application_id LIMIT %s
"""  # noqa: S608 - the columns are this program's own


@dataclass(frozen=True, slots=True)
class Slot:
    """What stands in one slot, or its tombstone: then each value is shredded."""

    slot: str
    topic: str
    fact_id: FactId
    occurred_at: Instant
    source: str
    actor: Actor
    clear: Mapping[str, object]
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Application:
    """An application's clear facts; its title and answers are in slot ``application/<id>``."""

    application_id: UUID
    assignment_id: UUID | None
    kind: ApplicationKind | None
    stage: Stage
    status: Status
    applied_at: Instant | None
    since: Instant


@dataclass(frozen=True, slots=True)
class Dossier:
    """A person as the house knows her; applications the latest first."""

    subject: SubjectId
    standing: Standing
    name: Value
    slots: tuple[Slot, ...]
    applications: tuple[Application, ...]
    complete: bool


def show(desk: Desk, asker: Asker, subject: SubjectId) -> Dossier:
    """Open a person's dossier.

    Raises:
        SubjectUnknown: the controller has no such person, or no fact of hers is folded yet.
        KeyUnavailable, SealBroken, GateClosed: as the opener raises them.
    """
    with desk.reading(asker, VIEW) as cursor:
        rows = all_slots(cursor, asker, subject, SLOTS_MAX)
        applications = _applications(cursor, asker, subject)
    if not rows and not applications:
        raise SubjectUnknown(subject)
    by_slot = {row.slot: row for row in rows}
    opened = dict(zip(by_slot, desk.open(asker, VIEW, rows), strict=True))
    return Dossier(
        subject,
        standing_of(by_slot),
        name_of(opened[row.slot] for row in name_rows(by_slot)),
        tuple(_slot(row, opened[row.slot]) for row in rows),
        tuple(_application(row) for row in applications),
        complete=len(rows) < SLOTS_MAX and len(applications) < SLOTS_MAX,
    )


def _applications(cursor: Cursor, asker: Asker, subject: SubjectId) -> list[BoardRow]:
    cursor.execute(_APPLICATIONS, [asker.controller, subject, SLOTS_MAX])
    return [BOARD_TABLE.load(row) for row in cursor.fetchall()]


def _slot(row: DossierRow, parts: tuple[Part, ...]) -> Slot:
    values = tuple(value for part in parts for value in part.values())
    return Slot(
        row.slot,
        row.topic,
        row.fact_id,
        row.occurred_at,
        row.source,
        row.actor,
        clear_of(row.clear),
        values,
    )


def _application(row: BoardRow) -> Application:
    return Application(
        row.application_id,
        row.assignment_id,
        row.kind,
        row.stage,
        row.status,
        row.applied_at,
        row.since,
    )
