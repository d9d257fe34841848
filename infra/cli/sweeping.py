"""``sweep``: what the policies promised for a day is done, or only shown."""

import sys
from collections.abc import Sequence
from datetime import date
from typing import Annotated

import typer

from consumers.sweep import LIMIT, NotYet, Watch
from consumers.sweep_report import Ending, Outcome, Swept
from domain.calendar import civil_date
from domain.values import ControllerId
from infra.cli import policy_documents
from infra.cli.exits import Exit, UsageMistake
from infra.cli.options import AsJson, ControllerName
from infra.cli.output import Document
from infra.cli.policies import AsOf
from infra.cli.policy_tables import print_findings, scope_told
from infra.cli.session import Session, begin, chosen, entered
from infra.house import House
from infra.sweeping import ControllerSweep, PolicyChanged, SweepReport, check_day
from infra.sweeping import sweep as sweep_house

_LIMIT_MAX = 1_000_000

_DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Show what would be done, and change nothing.")
]
_Limit = Annotated[
    int,
    typer.Option(
        "--limit", min=0, max=_LIMIT_MAX, help="Persons and categories erased at most in this run."
    ),
]


def sweep(
    *,
    controller: ControllerName = None,
    as_of: AsOf = None,
    dry_run: _DryRun = False,
    limit: _Limit = LIMIT,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Do what the policies promised by today: warn, close what ran out, erase what is due.

    Asks before it erases anybody. Holds, restrictions, overrides and open duties postpone. A day
    to come can only be looked at, with --dry-run: what would be done by then if nothing else
    happened. Doing it twice does nothing more; cut short, the next sweep goes on.

    Example: glemmebok sweep --as-of 2027-06-30 --dry-run
    """
    session = begin(as_json=as_json)
    with entered(session) as house:
        day = civil_date(house.clock.now()) if as_of is None else as_of.date()
        asked = chosen(house, controller)
        if not dry_run:
            _check(house, asked, day)
            if not yes:
                _ask(session, _swept(session, house, day, asked, limit, dry_run=True))
        made = _swept(session, house, day, asked, limit, dry_run=dry_run)
    if as_json:
        session.out.result(_document(made))
    else:
        _print(session, made)


def _check(house: House, asked: Sequence[ControllerId], day: date) -> None:
    """Refuse a day that cannot be swept.

    Raises:
        UsageMistake: it has not come, or its policy is no longer in force.
    """
    try:
        check_day(house, [house.slug_of(one) for one in asked], day)
    except (NotYet, PolicyChanged) as refused:
        raise UsageMistake(str(refused)) from None


def _swept(
    session: Session,
    house: House,
    day: date,
    asked: Sequence[ControllerId],
    limit: int,
    *,
    dry_run: bool,
) -> SweepReport:
    with session.out.progress(session.words.text("sweep", "sweeping"), None) as bar:
        watch = Watch(report=lambda swept: bar(swept.people))
        return sweep_house(house, day, asked, limit, dry_run=dry_run, watch=watch)


def _ask(session: Session, planned: SweepReport) -> None:
    """Show what would be erased and ask; with nobody to erase there is nothing to ask.

    Raises:
        UsageMistake: nobody can answer.
    """
    if not planned.erasures:
        return
    if session.out.as_json or not sys.stdin.isatty():
        count = planned.erasures
        message = f"{count} would be erased and nobody is there to confirm: add --yes or --dry-run"
        raise UsageMistake(message)
    _print(session, planned)
    if not typer.confirm(session.words.text("sweep", "ask")):
        session.out.line(session.words.text("sweep", "kept"))
        raise typer.Exit(Exit.DONE)


def _print(session: Session, made: SweepReport) -> None:
    words, out = session.words, session.out
    for one in made.controllers:
        _print_controller(session, one, made)
    if made.resumed:
        out.line(words.text("sweep", "resumed", count=made.resumed))
    left = made.count(Outcome.LEFT)
    if left:
        out.line(words.text("sweep", "left", left=left))
    elif not made.dry_run:
        out.line(words.text("sweep", "done"))
    if made.dry_run:
        out.line(words.text("sweep", "dry_run"))


def _print_controller(session: Session, one: ControllerSweep, made: SweepReport) -> None:
    words, out, swept = session.words, session.out, one.swept
    named = {"controller": one.controller, "day": made.day}
    if one.policy is None:
        out.heading(words.text("sweep", "no_policy", **named))
        return
    out.heading(words.text("sweep", "title", people=swept.people, **named))
    rows = [
        (rule, _outcome(session, outcome, made), count)
        for (rule, outcome), count in sorted(swept.outcomes.items())
    ]
    if rows:
        out.table([words.text("column", name) for name in ("rule", "state", "count")], rows)
    else:
        out.line(words.text("sweep", "nothing"))
    _print_erased(session, swept, dry_run=made.dry_run)
    print_findings(session, swept.findings)


def _outcome(session: Session, outcome: Outcome, made: SweepReport) -> str:
    if made.dry_run and outcome is Outcome.ERASED:
        return session.words.text("sweep", "planned")
    return session.words.text("outcome_of_date", outcome.value)


def _print_erased(session: Session, swept: Swept, *, dry_run: bool) -> None:
    words, out = session.words, session.out
    if swept.erasures:
        told = "to_erase" if dry_run else "erased"
        counts = {"persons": swept.persons, "categories": swept.categories}
        out.line(words.text("sweep", told, **counts))
    if swept.consents or swept.presentations:
        counts = {"consents": swept.consents, "presentations": swept.presentations}
        out.line(words.text("sweep", "ran_out", **counts))
    if swept.postponed:
        causes = [
            f"{words.text('postponed', cause.value)}: {count}"
            for cause, count in sorted(swept.postponed.items())
        ]
        out.line(words.text("due", "postponed", causes=", ".join(causes)))
    if dry_run and swept.first:
        headings = [words.text("column", name) for name in ("when", "scope", "rule", "subject")]
        rows = [_row(session, ending) for ending in swept.first]
        out.line(words.text("sweep", "first"))
        out.table(headings, rows)


def _row(session: Session, ending: Ending) -> tuple[object, ...]:
    scope = scope_told(session.words, ending.category, len(ending.requests))
    return ending.due_on, scope, ending.rule, min(ending.subjects)


def _document(made: SweepReport) -> Document:
    return {
        "as_of": made.day.isoformat(),
        "dry_run": made.dry_run,
        "resumed": made.resumed,
        "erased": made.erasures,
        "left": made.count(Outcome.LEFT),
        "controllers": [_of_controller(one) for one in made.controllers],
    }


def _of_controller(one: ControllerSweep) -> Document:
    swept = one.swept
    rules = sorted({rule for rule, _ in swept.outcomes})
    return {
        "controller": one.controller,
        "policy": None if one.policy is None else policy_documents.version(one.policy),
        "people": swept.people,
        "rules": [
            {"rule": rule, **{o.value: swept.outcomes[rule, o] for o in Outcome}} for rule in rules
        ],
        "erased": {"persons": swept.persons, "categories": swept.categories},
        "expired": swept.expired,
        "consents_run_out": swept.consents,
        "presentations_run_out": swept.presentations,
        "postponed": {cause.value: count for cause, count in sorted(swept.postponed.items())},
        "findings": policy_documents.counted(swept.findings),
        "first": [_ending(ending) for ending in swept.first],
    }


def _ending(ending: Ending) -> Document:
    return {
        "subject": min(ending.subjects),
        "streams": len(ending.requests),
        "category": ending.category,
        "rule": ending.rule,
        "due_on": ending.due_on.isoformat(),
    }
