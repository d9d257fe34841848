"""``keys reconcile``: after a restore, the way from a closed gate to an open one."""

from collections.abc import Mapping
from contextlib import ExitStack
from typing import Annotated

import typer

from domain.values import ControllerId, iso_of
from infra.cli.exits import Exit
from infra.cli.options import AsJson
from infra.cli.session import Session, approver, begin
from infra.clock import SystemClock
from infra.divergence import JournalState
from infra.house import House, open_house
from infra.lost_keys import LostKeys
from infra.mending import Mended, Officer, Report
from infra.reconciling import Reconciled, find
from infra.reconciling import reconcile as reconcile_house

_DEMO_USER = "demo"


def reconcile(
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what is found and change nothing.")
    ] = False,
    re_anchor: Annotated[
        bool,
        typer.Option(
            "--re-anchor",
            help="Make a lost anchor anew from the verified chains; refused while anything else "
            "is wrong.",
        ),
    ] = False,
    as_user: Annotated[
        str | None,
        typer.Option(
            "--as",
            metavar="USER",
            help="The user account that reconciles, for the access audit. Embedded default: demo.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Bring databases that were restored up to the erasures since, so that the gate opens.

    Each erasure in the log, or in the journal kept beside the anchor, has its keys destroyed
    again; each one the log has lost is fenced again. Facts that are lost stay lost, and are told.
    A chain that was edited or forked is tampering: exit 6, and nothing is changed.

    Example: glemmebok keys reconcile --dry-run
    """
    session = begin(as_json=as_json)
    with open_house(session.settings, SystemClock()) as house:
        officer = Officer(as_user or _DEMO_USER, approver(house, as_user))
        done = find(house) if dry_run else _reconcile(session, house, officer, re_anchor=re_anchor)
        _tell(session, house, done, dry_run=dry_run)
    if any(mended.refused for mended in done.mended.values()):
        raise typer.Exit(Exit.REFUSED)


def _reconcile(session: Session, house: House, officer: Officer, *, re_anchor: bool) -> Reconciled:
    with ExitStack() as shown:
        report = _report(session, shown)
        return reconcile_house(house, officer, report, re_anchor=re_anchor)


def _report(session: Session, shown: ExitStack) -> Report:
    """Make what draws each step's progress as it begins."""
    told = session.words.text("reconcile", "working")
    move = shown.enter_context(session.out.progress(told, None))

    def report(step: str, count: int) -> None:
        move(count, session.words.text("reconcile", step))

    return report


def _tell(session: Session, house: House, done: Reconciled, *, dry_run: bool) -> None:
    if session.out.as_json:
        session.out.result(_document(house, done, dry_run=dry_run))
        return
    words, out = session.words, session.out
    found = done.found
    if done.re_anchored:
        out.line(words.text("reconcile", "re_anchored"))
        return
    if not found.wrong:
        key = "anchor_lost" if found.anchor_lost else "nothing"
        out.line(words.text("reconcile", key))
        return
    if found.log_lost:
        since = iso_of(done.last_fact) if done.last_fact is not None else "-"
        first, last = found.log.position + 1, found.log.position + found.log_lost
        out.line(words.text("reconcile", "events_lost", first=first, last=last, since=since))
    for state in found.journals:
        _tell_one(session, house, state, done)
    out.line(words.text("reconcile", "dry_run" if dry_run else "done"))


def _tell_one(session: Session, house: House, state: JournalState, done: Reconciled) -> None:
    words, out = session.words, session.out
    slug, counts = house.slug_of(state.controller), _counts(state, done)
    told = {name: count for name, count in counts.items() if count}
    lost = done.lost_keys.get(state.controller)
    if told or lost:
        out.heading(slug)
    for name, count in told.items():
        out.line(f"  {words.text('reconcile', name)}: {count}")
    if lost:
        sources = ", ".join(sorted(lost.sources))
        people = len(lost.people)
        out.line("  " + words.text("reconcile", "keys_lost", people=people, sources=sources))


def _counts(state: JournalState, done: Reconciled) -> Mapping[str, int]:
    """Count what was found, and what was done where something was."""
    mended = done.mended.get(state.controller, Mended())
    return {
        "behind": state.behind,
        "unfenced": state.unfenced,
        "gap": state.gap,
        "finalisations_lost": state.finals.lost,
        "put_back": mended.put_back,
        "destroyed_again": mended.destroyed_again,
        "fenced_again": mended.fenced_again,
        "finished": mended.finished,
        "restricted_again": mended.restricted_again,
        "pending_again": mended.pending_again,
        "refused": len(mended.refused),
    }


def _document(house: House, done: Reconciled, *, dry_run: bool) -> dict[str, object]:
    found = done.found
    lost = found.log_lost
    return {
        "dry_run": dry_run,
        "wrong": found.wrong,
        "anchor_lost": found.anchor_lost,
        "re_anchored": done.re_anchored,
        "log": {
            "position": found.log.position,
            "lost": lost,
            "first_lost": found.log.position + 1 if lost else None,
            "last_fact_at": None if done.last_fact is None else iso_of(done.last_fact),
        },
        "controllers": {
            house.slug_of(state.controller): _one(state, done) for state in found.journals
        },
    }


def _one(state: JournalState, done: Reconciled) -> dict[str, object]:
    (audit,) = [one for one in done.found.audits if one.controller == state.controller]
    return {
        "journal": state.journal.sequence,
        "anchored": state.anchored.sequence if state.anchored else None,
        "recorded": state.recorded.sequence,
        "audit_rows_lost": audit.lost,
        **_counts(state, done),
        "lost_keys": _lost_keys(done.lost_keys, state.controller),
    }


def _lost_keys(
    lost: Mapping[ControllerId, LostKeys], controller: ControllerId
) -> dict[str, object]:
    found = lost.get(controller, LostKeys())
    return {
        "people": len(found.people),
        "keys": len(found.keys),
        "facts_by_source": dict(sorted(found.sources.items())),
    }
