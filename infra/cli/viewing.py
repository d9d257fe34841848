"""``project`` and ``rebuild``: the views follow the log, or are made anew from it."""

import signal
from threading import Event
from typing import Annotated

import typer

from infra.cli.exits import Exit, UsageMistake
from infra.cli.options import AsJson
from infra.cli.session import Session, begin, entered
from infra.house import House
from infra.upkeep import upkeep
from infra.views.lane import LaneState, LaneStatus
from infra.views.rebuild import RebuildProgress
from infra.views.rebuild import rebuild as rebuild_view

VIEWS = ("board", "dossier", "timeline", "erasures", "disclosures")


def project(
    *,
    once: Annotated[bool, typer.Option("--once", help="Stop at the log's end.")] = False,
    as_json: AsJson = False,
) -> None:
    """Feed the views from the log: until stopped, or with --once until its end.

    A view that fails is tried again and holds up no other. Erasures that were cut short are
    finished first. Stop it with Ctrl-C or SIGTERM; it ends after the page it is at.

    Example: glemmebok project --once
    """
    session = begin(as_json=as_json)
    with entered(session) as house:
        upkeep(house)
        statuses = _once(house) if once else _follow(session, house)
    _tell(session, statuses)


def _once(house: House) -> tuple[LaneStatus, ...]:
    with house.runner() as runner:
        return runner.run_once()


def _follow(session: Session, house: House) -> tuple[LaneStatus, ...]:
    """Follow the log until a signal comes."""
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with house.runner() as runner:
        session.out.note(session.words.text("project", "following"))
        runner.run(stop)
        return runner.status()


def _tell(session: Session, statuses: tuple[LaneStatus, ...]) -> None:
    words = session.words
    if session.out.as_json:
        session.out.result({"views": [_status(status) for status in statuses]})
    else:
        names = ("view", "position", "behind", "failure")
        headings = [words.text("column", name) for name in names]
        rows = [(_name(session, s.view), s.position, s.lag, s.failure or "-") for s in statuses]
        session.out.table(headings, rows)
    if any(status.state is not LaneState.FOLLOWING for status in statuses):
        raise typer.Exit(Exit.UNAVAILABLE)


def _name(session: Session, view: str) -> str:
    return session.words.text("view", view)


def _status(status: LaneStatus) -> dict[str, object]:
    return {
        "view": status.view,
        "state": status.state.value,
        "position": status.position,
        "lag": status.lag,
        "folded": status.folded,
        "failure": status.failure,
    }


def rebuild(
    *,
    view: Annotated[
        str | None,
        typer.Argument(metavar="VIEW", help=f"{', '.join(VIEWS)}; all if not given."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make a view anew from the log, or all of them; readers keep the old one until the swap.

    Goes on where it was if it was cut short. Erased people stay erased: their tokens open nowhere.

    Example: glemmebok rebuild board
    """
    session = begin(as_json=as_json)
    if view is not None and view not in VIEWS:
        message = f"there is no such view; there are: {', '.join(VIEWS)}"
        raise UsageMistake(message)
    with entered(session) as house:
        done = [_rebuild(session, house, name) for name in VIEWS if view is None or view == name]
    if as_json:
        session.out.result(
            {"views": [{"view": p.view, "position": p.position, "folded": p.folded} for p in done]}
        )
        return
    for progress in done:
        name = _name(session, progress.view)
        session.out.line(session.words.text("project", "rebuilt", view=name, count=progress.folded))


def _rebuild(session: Session, house: House, name: str) -> RebuildProgress:
    (view,) = [v for v in house.views if v.projection.name == name]
    end = house.store.last_position()
    told = session.words.text("project", "rebuilding", view=_name(session, name))
    with session.out.progress(told, end) as move:
        return rebuild_view(view, house.store, lambda p: move(p.position))
