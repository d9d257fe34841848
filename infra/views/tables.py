"""How the rows of each view are stored: column types, and the way back to a row.

Columns stand in the order of the row's fields; the first two are the key.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic

from domain.application import ApplicationKind, Stage, Status
from domain.erasure import ErasureReason
from domain.fact import Actor
from projections.board import BOARD, BoardRow
from projections.disclosures import DISCLOSURES, DisclosureKind, DisclosureRow
from projections.dossier import DOSSIER, DossierRow, SlotState
from projections.erasures import ERASURES, ErasureProgress, ErasureRow
from projections.projection import Projection, Row
from projections.timeline import TIMELINE, TimelineRow


@dataclass(frozen=True, slots=True)
class Table(Generic[Row]):
    """A view's table: the fold that feeds it, its columns, and how a stored row is read.

    ``types`` are the columns' types in order, separated by spaces. ``dump`` turns a row into what
    the driver stores; None where it is the row itself.
    """

    projection: Projection[Row]
    columns: tuple[str, ...]
    types: str
    load: Callable[[Sequence[Any]], Row]
    dump: Callable[[Row], Sequence[Any]] | None = None


_ACTORS = {actor.value: actor for actor in Actor}
_STATES = {state.value: state for state in SlotState}


def _board(values: Sequence[Any]) -> BoardRow:
    row = BoardRow(*values)
    return row._replace(
        kind=None if row.kind is None else ApplicationKind(row.kind),
        stage=Stage(row.stage),
        status=Status(row.status),
    )


def _dossier(values: Sequence[Any]) -> DossierRow:
    *first, actor, clear, parts, state, purgeable = values
    return DossierRow._make([*first, _ACTORS[actor], clear, parts, _STATES[state], purgeable])


def _timeline(values: Sequence[Any]) -> TimelineRow:
    *first, actor, clear, parts, purgeable = values
    return TimelineRow._make([*first, _ACTORS[actor], clear, parts, purgeable])


def _erasures(values: Sequence[Any]) -> ErasureRow:
    row = ErasureRow(*values)
    return row._replace(
        progress=ErasureProgress(row.progress),
        reason=None if row.reason is None else ErasureReason(row.reason),
        recipients=tuple(row.recipients),
    )


def _disclosures(values: Sequence[Any]) -> DisclosureRow:
    row = DisclosureRow(*values)
    return row._replace(kind=DisclosureKind(row.kind), disclosed=tuple(row.disclosed))


BOARD_TABLE = Table(
    BOARD,
    BoardRow._fields,
    "uuid uuid uuid uuid text int8 text int8 uuid text int8 uuid int8",
    _board,
)
DOSSIER_TABLE = Table(
    DOSSIER,
    DossierRow._fields,
    "uuid text uuid text uuid int8 text text bytea bytea text bool",
    _dossier,
)
TIMELINE_TABLE = Table(
    TIMELINE,
    TimelineRow._fields,
    "uuid int8 uuid int8 text uuid int8 int8 text text bytea bytea bool",
    _timeline,
)
ERASURES_TABLE = Table(
    ERASURES,
    ErasureRow._fields,
    "uuid uuid uuid int8 text text text text[] int8 int8 int8 int8 int8 int8 int8 int8 int8",
    _erasures,
    dump=lambda row: row._replace(recipients=list(row.recipients)),  # type: ignore[arg-type]  # the driver takes arrays as lists
)

DISCLOSURES_TABLE = Table(
    DISCLOSURES,
    DisclosureRow._fields,
    "uuid text uuid text uuid text[] int8 text uuid uuid uuid bool int8 int8 int8 int8 int8",
    _disclosures,
    dump=lambda row: row._replace(disclosed=list(row.disclosed)),  # type: ignore[arg-type]  # the driver takes arrays as lists
)

TABLES: tuple[Table[Any], ...] = (
    BOARD_TABLE,
    DOSSIER_TABLE,
    TIMELINE_TABLE,
    ERASURES_TABLE,
    DISCLOSURES_TABLE,
)
