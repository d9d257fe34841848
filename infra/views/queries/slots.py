"""Reads dossier slots for a page of people, and what they say: a name, a headline, a status."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from domain.profile import CandidateDeactivated
from domain.restriction import RestrictionLifted
from domain.values import Category, Instant, SubjectId
from infra.views.queries.answers import Part, Value, ValueState
from infra.views.queries.desk import Asker
from infra.views.tables import DOSSIER_TABLE
from infra.views.transaction import Cursor
from projections.dossier import DossierRow

CONTACT = "section/contact"
EMPLOYMENT = "section/employment"
PREFERENCES = "section/preferences"
ACTIVITY = "activity"
ERASURE = "erasure"
REGISTERED, SOURCED, SOURCE = "registered/", "sourced/", "source/"
RESTRICTION = "restriction/"
_LIFTED = RestrictionLifted.TOPIC

_COLUMNS = ", ".join(DOSSIER_TABLE.columns)
_ALL = f"""
    SELECT {_COLUMNS} FROM views.dossier WHERE controller = %s AND subject = %s
    ORDER BY slot LIMIT %s
"""  # noqa: S608 - the columns are this program's own
_SOME = f"""
    SELECT {_COLUMNS} FROM views.dossier
    WHERE controller = %s AND subject = ANY(%s)
      AND (slot = ANY(%s) OR slot ^@ '{REGISTERED}' OR slot ^@ '{SOURCED}')
"""  # noqa: S608 - likewise


class PersonStatus(StrEnum):
    """Where a person stands, as far as the view knows."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    ERASED = "erased"


@dataclass(frozen=True, slots=True)
class Standing:
    """A person's clear status. ``erased_at`` is the end of her erasure, None if there is none.

    ``restricted`` is as the view knows it; that she is withheld does not wait for the view.
    """

    status: PersonStatus
    erased_at: Instant | None
    erased_categories: tuple[Category, ...]
    sources: tuple[str, ...]
    restricted: bool


def all_slots(
    cursor: Cursor, asker: Asker, subject: SubjectId, limit: int
) -> tuple[DossierRow, ...]:
    """Read a person's slots, in the order of their names."""
    cursor.execute(_ALL, [asker.controller, subject, limit])
    return tuple(DOSSIER_TABLE.load(row) for row in cursor.fetchall())


def some_slots(
    cursor: Cursor, asker: Asker, subjects: Iterable[SubjectId], slots: Sequence[str]
) -> dict[SubjectId, dict[str, DossierRow]]:
    """Read, for many people, these slots and the ones a name may stand in."""
    wanted = {subject: dict[str, DossierRow]() for subject in subjects}
    cursor.execute(_SOME, [asker.controller, list(wanted), [CONTACT, *slots]])
    for values in cursor.fetchall():
        row = DOSSIER_TABLE.load(values)
        wanted[row.subject][row.slot] = row
    return wanted


def standing_of(slots: Mapping[str, DossierRow]) -> Standing:
    """Tell a person's status from her slots."""
    erasure, activity = slots.get(ERASURE), slots.get(ACTIVITY)
    status = PersonStatus.ACTIVE
    if activity is not None and activity.topic == CandidateDeactivated.TOPIC:
        status = PersonStatus.INACTIVE
    return Standing(
        PersonStatus.ERASED if erasure is not None else status,
        None if erasure is None else erasure.occurred_at,
        _named(slots, ERASURE + "/"),
        _named(slots, SOURCE),
        any(s.startswith(RESTRICTION) and row.topic != _LIFTED for s, row in slots.items()),
    )


def name_rows(slots: Mapping[str, DossierRow]) -> list[DossierRow]:
    """Choose the rows a name is read from, the best first: few, because each must be opened.

    The latest registration, or else the latest sourcing, and the contact section if it is later.
    """
    arrivals = _latest(slots, REGISTERED) or _latest(slots, SOURCED)
    contact = slots.get(CONTACT)
    if contact is None:
        return arrivals
    if not arrivals or contact.occurred_at >= arrivals[0].occurred_at:
        return [contact, *arrivals]
    return arrivals


def name_of(opened: Iterable[tuple[Part, ...]]) -> Value:
    """Tell a name from the opened :func:`name_rows`: the first that is there."""
    parts = [part for row in opened for part in row]
    return _first("name", [(part, _name(part.fields)) for part in parts])


def headline_of(opened: Iterable[tuple[Part, ...]]) -> Value:
    """Tell a headline from the opened employment and preferences: a title, or a role wanted."""
    parts = [part for row in opened for part in row]
    return _first("headline", [(part, _headline(part.fields)) for part in parts])


def _first(name: str, found: Sequence[tuple[Part, object | None]]) -> Value:
    for _, value in found:
        if value is not None:
            return Value(name, ValueState.PRESENT, value)
    for state in (ValueState.WITHHELD, ValueState.SHREDDED):
        if any(part.state is state for part, _ in found):
            return Value(name, state)
    return Value(name, ValueState.PRESENT)


def _name(fields: Mapping[str, object]) -> object | None:
    """Read a name as a registration, a sourcing or a contact section writes it."""
    contact = fields.get("contact")
    written = contact if isinstance(contact, dict) else fields
    first = written.get("preferred_name") or written.get("given_name")
    family = written.get("family_name")
    if first and family:
        return f"{first} {family}"
    return first or family or written.get("name")


def _headline(fields: Mapping[str, object]) -> object | None:
    employment = fields.get("employment")
    if isinstance(employment, list) and employment and isinstance(employment[0], dict):
        return employment[0].get("title")
    preferences = fields.get("preferences")
    roles = preferences.get("roles") if isinstance(preferences, dict) else None
    return roles[0] if isinstance(roles, list) and roles else None


def _latest(slots: Mapping[str, DossierRow], prefix: str) -> list[DossierRow]:
    rows = [row for slot, row in slots.items() if slot.startswith(prefix)]
    return [max(rows, key=lambda row: (row.occurred_at, row.fact_id.bytes))] if rows else []


def _named(slots: Mapping[str, DossierRow], prefix: str) -> tuple[str, ...]:
    return tuple(sorted(slot.removeprefix(prefix) for slot in slots if slot.startswith(prefix)))
