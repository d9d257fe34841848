"""``find``: who has this address, or this id in a source? Neither finds an erased person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.keyring import Contact, SourceRef
from domain.values import SubjectId
from infra.views.queries.answers import Value
from infra.views.queries.desk import Asker, Desk
from infra.views.queries.slots import (
    ACTIVITY,
    EMPLOYMENT,
    ERASURE,
    PREFERENCES,
    PersonStatus,
    headline_of,
    name_of,
    name_rows,
    some_slots,
    standing_of,
)
from infra.views.transaction import Cursor
from projections.dossier import DossierRow

VIEW = "find"

FOUND_MAX = 100
"""People told of for one address; more is not an address of a person."""

HIDING = frozenset({"recruitment", "sourcing"})
"""Purposes of a look for which the inactive are not there; for her rights and for support they are.
"""

_COUNTS = "SELECT subject, count(*) FROM views.board WHERE subject = ANY(%s) GROUP BY subject"


@dataclass(frozen=True, slots=True)
class Summary:
    """A person in one line."""

    subject: SubjectId
    name: Value
    headline: Value
    status: PersonStatus
    applications: int


def find_contact(desk: Desk, asker: Asker, contact: Contact) -> tuple[Summary, ...]:
    """Summarise the people whose facts carried this address.

    Raises:
        KeyUnavailable, SealBroken, GateClosed: as the keyring raises them.
    """
    return summaries(desk, asker, desk.finder.find_contact(asker.controller, contact))


def find_source(desk: Desk, asker: Asker, ref: SourceRef) -> tuple[Summary, ...]:
    """Summarise the person a source knows by this id: one or none.

    Raises:
        KeyUnavailable, SealBroken, GateClosed: as the keyring raises them.
    """
    subject = desk.finder.find_source(asker.controller, ref)
    return summaries(desk, asker, () if subject is None else (subject,))


def summaries(desk: Desk, asker: Asker, subjects: Sequence[SubjectId]) -> tuple[Summary, ...]:
    """Summarise these people, in their order; those of whom nothing is folded are left out.

    So is who set herself inactive, where she is looked for to fill a vacancy: nothing of hers is
    opened then.
    """
    wanted = subjects[:FOUND_MAX]
    with desk.reading(asker, VIEW) as cursor:
        slots = some_slots(cursor, asker, wanted, [EMPLOYMENT, PREFERENCES, ACTIVITY, ERASURE])
        counts = _counts(cursor, wanted)
    shown = [one for one in wanted if slots[one] and not _hidden(asker, slots[one])]
    rows = [row for subject in shown for row in _rows(slots[subject])]
    opened = dict(zip(rows, desk.open(asker, VIEW, rows), strict=True))
    return tuple(
        Summary(
            subject,
            name_of(opened[row] for row in name_rows(slots[subject])),
            headline_of(opened[row] for row in _headline_rows(slots[subject])),
            standing_of(slots[subject]).status,
            counts.get(subject, 0),
        )
        for subject in shown
    )


def _hidden(asker: Asker, slots: Mapping[str, DossierRow]) -> bool:
    """Say whether she set herself inactive and is looked for to fill a vacancy."""
    inactive = standing_of(slots).status is PersonStatus.INACTIVE
    return inactive and asker.purpose in HIDING


def _rows(slots: dict[str, DossierRow]) -> list[DossierRow]:
    return [*name_rows(slots), *_headline_rows(slots)]


def _headline_rows(slots: dict[str, DossierRow]) -> list[DossierRow]:
    return [slots[slot] for slot in (EMPLOYMENT, PREFERENCES) if slot in slots]


def _counts(cursor: Cursor, subjects: Sequence[SubjectId]) -> dict[SubjectId, int]:
    """Count applications; the people were held to the controller when their slots were read."""
    cursor.execute(_COUNTS, [list(subjects)])
    return dict(cursor.fetchall())
