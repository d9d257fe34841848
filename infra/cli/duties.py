"""``duties``: everything that is owed, with its clock; clear facts only, nothing is opened."""

from datetime import date
from typing import Annotated

import typer

from consumers.policies import policies
from domain.calendar import civil_date
from domain.duties import Duty, DutyKind, DutyState
from domain.values import ControllerId
from infra.cli.options import AsJson, ControllerName
from infra.cli.output import Document
from infra.cli.policies import AsOf
from infra.cli.session import Session, begin, chosen, entered
from infra.clock import SystemClock
from infra.duties import DutyList, duty_list

_EVERY = frozenset(DutyKind)


_Kind = Annotated[
    DutyKind | None,
    typer.Option("--kind", metavar="KIND", help="Only this, as in erasure, warning, enquiry."),
]
_Limit = Annotated[
    int, typer.Option("--limit", min=0, max=10_000, help="Duties listed; all are counted.")
]


def duties(
    *,
    controller: ControllerName = None,
    kind: _Kind = None,
    as_of: AsOf = None,
    limit: _Limit = 20,
    as_json: AsJson = False,
) -> None:
    """Show what is due, overdue, blocked, unset or unanswered, the most pressing first.

    Of people: erasures, warnings, notices, requests, consents, restrictions and holds. Of the
    house: policies, recipients, parked items, erasures under way, views. Changes nothing.

    Example: glemmebok duties --controller miles --as-of 2026-12-31
    """
    session = begin(as_json=as_json)
    day = civil_date(SystemClock().now()) if as_of is None else as_of.date()
    kinds = _EVERY if kind is None else frozenset({kind})
    with entered(session) as house:
        known = policies()
        asked = {one: known.get(house.slug_of(one), ()) for one in chosen(house, controller)}
        made = duty_list(house, asked, day, kinds, limit)
        slugs: dict[ControllerId | None, str] = {one: house.slug_of(one) for one in asked}
        rows = [(slugs.get(duty.controller), duty) for duty in made.pressing]
    if as_json:
        session.out.result(_document(day, made, rows))
    else:
        _print(session, day, made, rows)


def _print(
    session: Session, day: date, made: DutyList, rows: list[tuple[str | None, Duty]]
) -> None:
    words, out = session.words, session.out
    title = words.text("duties", "title", day=day, people=made.people)
    if not made.counts:
        out.line(words.text("empty", "duties"))
        return
    if rows:
        out.story(title, [_told(session, slug, duty) for slug, duty in rows])
    for kind in DutyKind:
        counts = {state: made.counts[kind, state] for state in DutyState}
        told = [f"{words.text('duty_state', s.value)} {n}" for s, n in counts.items() if n]
        if told:
            out.line(f"{words.text('duty', kind.value)}: {', '.join(told)}")


def _told(session: Session, slug: str | None, duty: Duty) -> tuple[str, str, list[tuple[str, str]]]:
    words = session.words
    state = words.text("duty_state", duty.state.value)
    grounds = ", ".join(str(words.word("duty_ground", ground)) for ground in duty.grounds)
    number = "" if duty.number == 1 else f" ({duty.number})"
    what = f"{state}: {words.text('duty', duty.kind.value)}{number}"
    named = [
        ("about", duty.about),
        ("reason", grounds),
        ("subject", "" if duty.subject is None else str(duty.subject)),
        ("controller", slug or ""),
    ]
    when = "-" if duty.due_on is None else duty.due_on.isoformat()
    return when, what, [(words.text("column", name), told) for name, told in named if told]


def _document(day: date, made: DutyList, rows: list[tuple[str | None, Duty]]) -> Document:
    counted = [
        {"kind": kind.value, "state": state.value, "count": made.counts[kind, state]}
        for kind in DutyKind
        for state in DutyState
        if made.counts[kind, state]
    ]
    return {
        "as_of": day.isoformat(),
        "people": made.people,
        "total": made.counts.total(),
        "counts": counted,
        "duties": [_duty(slug, duty) for slug, duty in rows],
    }


def _duty(slug: str | None, duty: Duty) -> Document:
    return {
        "kind": duty.kind.value,
        "state": duty.state.value,
        "controller": slug,
        "subject": duty.subject,
        "due_on": None if duty.due_on is None else duty.due_on.isoformat(),
        "since": None if duty.since is None else duty.since.isoformat(),
        "about": duty.about or None,
        "grounds": list(duty.grounds),
        "count": duty.number,
    }
