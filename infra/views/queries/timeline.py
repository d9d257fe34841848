"""``timeline``: what happened to a person, in the order it was recorded, a page at a time."""

from collections.abc import Mapping
from dataclasses import dataclass

from domain.fact import Actor
from domain.values import FactId, Instant, SubjectId
from infra.views.queries.answers import Part, Value, clear_of
from infra.views.queries.desk import Asker, Desk, SubjectUnknown, page_size
from infra.views.tables import TIMELINE_TABLE
from projections.timeline import TimelineRow

VIEW = "timeline"

HAPPENINGS_MAX = 1_000
"""Facts a page."""

_PAGE = f"""
    SELECT {", ".join(TIMELINE_TABLE.columns)} FROM views.timeline
    WHERE controller = %s AND subject = %s AND version > %s ORDER BY version LIMIT %s
"""  # noqa: S608 - the columns are this program's own


@dataclass(frozen=True, slots=True)
class Happening:
    """One fact; of an erased person every value is shredded and the rest is as it was."""

    version: int
    position: int
    topic: str
    fact_id: FactId
    occurred_at: Instant
    recorded_at: Instant
    source: str
    actor: Actor
    clear: Mapping[str, object]
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class TimelinePage:
    """A page of facts; ``after`` begins the next page, None when this is the last."""

    subject: SubjectId
    happenings: tuple[Happening, ...]
    after: int | None


def timeline(
    desk: Desk, asker: Asker, subject: SubjectId, limit: int, after: int = 0
) -> TimelinePage:
    """Show up to ``limit`` facts recorded after version ``after``.

    Raises:
        ValueError: the limit is not between 1 and HAPPENINGS_MAX.
        SubjectUnknown: the controller has no such person, or no fact of hers is folded yet.
        KeyUnavailable, SealBroken, GateClosed: as the opener raises them.
    """
    with desk.reading(asker, VIEW) as cursor:
        values = [asker.controller, subject, after, page_size(limit, HAPPENINGS_MAX)]
        cursor.execute(_PAGE, values)
        rows = [TIMELINE_TABLE.load(row) for row in cursor.fetchall()]
    if not rows and after == 0:
        raise SubjectUnknown(subject)
    opened = desk.open(asker, VIEW, rows)
    return TimelinePage(
        subject,
        tuple(_happening(row, parts) for row, parts in zip(rows, opened, strict=True)),
        rows[-1].version if len(rows) == limit else None,
    )


def _happening(row: TimelineRow, parts: tuple[Part, ...]) -> Happening:
    return Happening(
        row.version,
        row.position,
        row.topic,
        row.fact_id,
        row.occurred_at,
        row.recorded_at,
        row.source,
        row.actor,
        clear_of(row.clear),
        tuple(value for part in parts for value in part.values()),
    )
