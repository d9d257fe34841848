"""``show``: one person's dossier, every slot opened; of merged streams all of them, as one.

The streams are found in the dossier itself: a merge has a slot on both sides of it, so from any of
them all are reached, and un-merging takes them apart again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from domain.application import ApplicationKind, Stage, Status
from domain.fact import Actor
from domain.merging import Absorbed, MergedInto
from domain.values import FactId, Instant, SubjectId
from infra.views.queries.answers import Part, Value, clear_of
from infra.views.queries.desk import Asker, Desk, SubjectUnknown
from infra.views.queries.slots import ERASURE, Standing, all_slots, name_of, name_rows, standing_of
from infra.views.tables import BOARD_TABLE
from infra.views.transaction import Cursor
from projections.board import BoardRow
from projections.dossier import DossierRow

VIEW = "dossier"

SLOTS_MAX = 2_000
"""Slots and applications shown of a stream; ``complete`` says whether these were all."""

STREAMS_MAX = 50
"""Merged streams shown as one; more is no person but a mistake."""

_TIES = {MergedInto.TOPIC: "survivor", Absorbed.TOPIC: "merged"}
"""The facts that tie a stream to another, and the field that names it."""

_APPLICATIONS = f"""
    SELECT {", ".join(BOARD_TABLE.columns)} FROM views.board
    WHERE controller = %s AND subject = ANY(%s) ORDER BY since DESC, application_id LIMIT %s
"""  # noqa: S608 - the columns are this program's own


@dataclass(frozen=True, slots=True)
class Slot:
    """What stands in one slot, or its tombstone: then each value is shredded."""

    subject: SubjectId
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
    """A person as the house knows her; applications the latest first.

    ``streams`` are all that are hers, the one asked for first; ``standing`` is that one's, but for
    its sources and whether she is restricted, which are told of them all.
    """

    subject: SubjectId
    streams: tuple[SubjectId, ...]
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
        streams, whole = _streams(cursor, asker, subject)
        applications = _applications(cursor, asker, list(streams))
    rows = [row for held in streams.values() for row in held.values()]
    if not rows and not applications:
        raise SubjectUnknown(subject)
    opened = dict(zip(rows, desk.open(asker, VIEW, rows), strict=True))
    named = [row for held in streams.values() for row in name_rows(held)]
    return Dossier(
        subject,
        tuple(streams),
        _standing(list(streams.values())),
        name_of(opened[row] for row in named),
        tuple(_slot(row, opened[row]) for row in rows),
        tuple(_application(row) for row in applications),
        complete=whole and len(applications) < SLOTS_MAX,
    )


_Slots = dict[str, DossierRow]


def _streams(
    cursor: Cursor, asker: Asker, subject: SubjectId
) -> tuple[dict[SubjectId, _Slots], bool]:
    """Read the slots of a stream and of all that are merged with it, and say whether all is read.

    The one asked for is first; a stream that is erased leads no further, and neither does one of
    which nothing is folded.
    """
    found: dict[SubjectId, _Slots] = {}
    waiting, whole = [subject], True
    while waiting and len(found) < STREAMS_MAX:
        one = waiting.pop(0)
        if one in found:
            continue
        rows = all_slots(cursor, asker, one, SLOTS_MAX)
        if rows or one == subject:
            found[one] = {row.slot: row for row in rows}
            whole = whole and len(rows) < SLOTS_MAX
            waiting += _tied(found[one])
    return found, whole and not waiting


def _tied(slots: _Slots) -> list[SubjectId]:
    return [
        SubjectId(UUID(str(clear_of(row.clear)[_TIES[row.topic]])))
        for row in slots.values()
        if row.topic in _TIES and ERASURE not in slots
    ]


def _standing(streams: Sequence[_Slots]) -> Standing:
    told = [standing_of(slots) for slots in streams]
    sources = sorted({source for one in told for source in one.sources})
    restricted = any(one.restricted for one in told)
    return replace(told[0], sources=tuple(sources), restricted=restricted)


def _applications(cursor: Cursor, asker: Asker, streams: list[SubjectId]) -> list[BoardRow]:
    cursor.execute(_APPLICATIONS, [asker.controller, streams, SLOTS_MAX])
    return [BOARD_TABLE.load(row) for row in cursor.fetchall()]


def _slot(row: DossierRow, parts: tuple[Part, ...]) -> Slot:
    values = tuple(value for part in parts for value in part.values())
    return Slot(
        row.subject,
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
