"""The shapes of ``--json``: what each answer looks like to a machine.

Every personal value is ``{"name", "state", "value"}`` with the state ``present``, ``shredded`` or
``withheld``; ``value`` is there only when it is present. Instants are RFC 3339 in UTC. Shapes are
described in docs/commands.md.
"""

from collections.abc import Sequence

from consumers.erasure import Receipt
from domain.values import iso_of
from infra.views.queries.answers import Value, ValueState
from infra.views.queries.board import Board
from infra.views.queries.find import Summary
from infra.views.queries.show import Dossier
from infra.views.queries.timeline import TimelinePage

Json = dict[str, object]


def value(one: Value) -> Json:
    """Write a personal value and its state."""
    document: Json = {"name": one.name, "state": one.state.value}
    return document | {"value": one.value} if one.state is ValueState.PRESENT else document


def _values(many: Sequence[Value]) -> list[Json]:
    return [value(one) for one in many]


def summary(slug: str, one: Summary) -> Json:
    """Write a person in one line, as ``find`` lists her."""
    return {
        "subject": one.subject,
        "controller": slug,
        "name": value(one.name),
        "headline": value(one.headline),
        "status": one.status.value,
        "applications": one.applications,
    }


def dossier(one: Dossier) -> Json:
    """Write a dossier, as ``show`` prints it; ``state`` sums its values up."""
    standing = one.standing
    return {
        "subject": one.subject,
        "streams": list(one.streams),
        "status": standing.status.value,
        "restricted": standing.restricted,
        "erased_at": iso_of(standing.erased_at) if standing.erased_at is not None else None,
        "erased_categories": list(standing.erased_categories),
        "sources": list(standing.sources),
        "name": value(one.name),
        "slots": [
            {
                "subject": slot.subject,
                "slot": slot.slot,
                "fact": slot.topic,
                "occurred_at": iso_of(slot.occurred_at),
                "source": slot.source,
                "clear": dict(slot.clear),
                "values": _values(slot.values),
            }
            for slot in one.slots
        ],
        "applications": [
            {
                "application_id": a.application_id,
                "assignment_id": a.assignment_id,
                "kind": a.kind.value if a.kind else None,
                "stage": a.stage.value,
                "status": a.status.value,
                "since": iso_of(a.since),
            }
            for a in one.applications
        ],
        "complete": one.complete,
    }


def board(one: Board) -> Json:
    """Write a board: columns with counts over all applications, and a page of cards each."""
    return {
        "total": one.total,
        "columns": [
            {
                "name": column.name,
                "count": column.count,
                "cards": [
                    {
                        "application_id": card.application_id,
                        "assignment_id": card.assignment_id,
                        "subject": card.subject,
                        "since": iso_of(card.since),
                        "name": value(card.name),
                        "title": value(card.title),
                    }
                    for card in column.cards
                ],
            }
            for column in one.columns
        ],
    }


def timeline(page: TimelinePage) -> Json:
    """Write a page of a person's facts; ``after`` is where the next page begins, or null."""
    return {
        "subject": page.subject,
        "facts": [
            {
                "version": one.version,
                "fact": one.topic,
                "fact_id": one.fact_id,
                "occurred_at": iso_of(one.occurred_at),
                "recorded_at": iso_of(one.recorded_at),
                "source": one.source,
                "actor": one.actor.value,
                "clear": dict(one.clear),
                "values": _values(one.values),
            }
            for one in page.happenings
        ],
        "after": page.after,
    }


def receipt(one: Receipt) -> Json:
    """Write what an erasure leaves: ids, counts and hashes, nothing personal."""
    return {
        "erasure_id": one.erasure_id,
        "subject": one.subject,
        "controller": one.controller,
        "category": one.category,
        "unreadable_since": iso_of(one.destroyed_at),
        "journal": {"sequence": one.journal_sequence, "chain": one.journal_chain},
        "keys_destroyed": one.keys_destroyed,
        "lookups_cleared": one.lookups_cleared,
        "tokens_tried": one.tokens_probed,
        "tokens_opened": one.tokens_opened,
        "recipients": list(one.recipients),
    }
