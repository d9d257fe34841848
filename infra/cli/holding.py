"""``hold``: what must be kept although it would be erased (GDPR Art. 17(3))."""

from datetime import datetime
from typing import Annotated

import typer

from consumers.rights import Act
from domain.fact import Fact
from domain.legal_holds import HoldGround, LegalHoldPlaced, LegalHoldReleased
from domain.subject import SubjectState
from domain.values import FactId, iso_of
from infra.cli.exits import UsageMistake
from infra.cli.options import AsJson, ControllerName
from infra.cli.rights import Officer, Subject, end_of, last_day, officer, only_one
from infra.cli.session import begin, chosen, entered
from infra.random_ids import random_id
from infra.registers import HoldState, StandingHold, standing_holds

COMMUNICATIONS = "communications"

_Ground = Annotated[
    HoldGround, typer.Option("--ground", metavar="WHY", help=f"One of: {', '.join(HoldGround)}.")
]
_Category = Annotated[
    str | None,
    typer.Option(
        "--category", metavar="NAME", help="Only this category; the whole person if not given."
    ),
]
_Until = Annotated[
    datetime | None,
    typer.Option(
        "--until", formats=["%Y-%m-%d"], metavar="DATE", help="The last day it binds, in Norway."
    ),
]
_Reference = Annotated[
    str | None,
    typer.Option(
        "--reference", metavar="TEXT", help="The legal reference; sealed under her own key."
    ),
]


def place(  # noqa: PLR0913 - each is an option of the command
    *,
    subject: Subject,
    ground: _Ground,
    category: _Category = None,
    until: _Until = None,
    reference: _Reference = None,
    controller: ControllerName = None,
    as_json: AsJson = False,
) -> None:
    """Place a hold: what it covers is not erased until its date, or until it is released.

    It binds all streams that were merged with hers. Without --until, somebody must release it.

    Example: glemmebok hold place 3f2c1b9e-5d9c-4ab8-9228-8bb59dbaf3c0 --ground accounting
    """
    with officer(subject, controller, as_json=as_json) as at:
        until_at = end_of(until)
        if until_at is not None and until_at <= at.house.clock.now():
            message = "--until names a day that is over"
            raise UsageMistake(message)
        _require_hers(at, category)
        hold_id, fact_id = random_id(), FactId(random_id())

        def claim(_state: SubjectState) -> Fact:
            values: dict[str, object] = {"reference": reference}
            topic = LegalHoldPlaced.TOPIC
            sealed = at.sealing.part(at.subject, fact_id, topic, COMMUNICATIONS, values)
            return LegalHoldPlaced(hold_id, category, ground, until_at, sealed)

        act = Act(at.subject, claim, fact_id)
        at.tell(at.house.rights().record_together(at.controller, [act]))


def release(
    *,
    subject: Subject,
    hold: Annotated[
        str | None,
        typer.Option("--hold", metavar="ID", help="Which, when several bind; see: hold list."),
    ] = None,
    controller: ControllerName = None,
    as_json: AsJson = False,
) -> None:
    """Release a hold: what it kept may be erased again.

    Example: glemmebok hold release 3f2c1b9e-5d9c-4ab8-9228-8bb59dbaf3c0
    """
    with officer(subject, controller, as_json=as_json) as at:
        found = _holds_of(at)
        hold_id = only_one(hold, [one.hold_id for one in found], "--hold")
        owner = next(one.subject for one in found if one.hold_id == hold_id)
        act = Act(owner, LegalHoldReleased(hold_id))
        at.tell(at.house.rights().record_together(at.controller, [act]))


def list_(*, controller: ControllerName = None, as_json: AsJson = False) -> None:
    """List the holds that nobody released: those that bind, and those past their end.

    Example: glemmebok hold list --controller toptemp
    """
    session = begin(as_json=as_json)
    with entered(session) as house:
        found = standing_holds(house.store, chosen(house, controller), house.clock.now())
        told = [(house.slug_of(one.controller), one) for one in found]
    words, out = session.words, session.out
    if as_json:
        out.result({"holds": [_document(slug, one) for slug, one in told]})
    elif not told:
        out.line(words.text("empty", "holds"))
    else:
        names = ("subject", "controller", "ground", "scope", "until", "state")
        rows = [
            (
                one.subject,
                slug,
                words.word("held_for", one.ground.value),
                words.category(one.category) if one.category else words.text("due", "person"),
                last_day(one.until_at),
                words.text("hold", one.state.value),
            )
            for slug, one in told
        ]
        out.table([words.text("column", name) for name in names], rows)


def _require_hers(at: Officer, category: str | None) -> None:
    """Refuse a category that is not hers: a hold on a misspelt one would keep nothing.

    Raises:
        UsageMistake: she has no key of it.
    """
    hers = at.house.keyring.footprint(at.controller, at.subject).keys
    if category is not None and category not in hers:
        known = ", ".join(sorted(hers)) or "none"
        message = f"subject {at.subject} has no key of that category; hers: {known}"
        raise UsageMistake(message)


def _holds_of(at: Officer) -> list[StandingHold]:
    now = at.house.clock.now()
    found = standing_holds(at.house.store, [at.controller], now)
    return [one for one in found if one.subject in at.streams]


def _document(slug: str, one: StandingHold) -> dict[str, object]:
    until = last_day(one.until_at)
    return {
        "hold_id": one.hold_id,
        "subject": one.subject,
        "controller": slug,
        "ground": one.ground.value,
        "category": one.category,
        "since": iso_of(one.since),
        "until": None if until is None else until.isoformat(),
        "binds": one.state is HoldState.BINDING,
    }
