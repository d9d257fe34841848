"""``restrict`` and ``restriction``: a person's data kept and not used (GDPR Art. 18)."""

from typing import Annotated

import typer

from domain.restriction import RestrictionGround
from domain.values import iso_of
from infra.cli.options import AsJson, ControllerName
from infra.cli.rendering import day
from infra.cli.rights import Reason, Subject, officer
from infra.cli.session import begin, chosen, entered
from infra.registers import StandingRestriction, standing_restrictions
from infra.rights import restricting

_Ground = Annotated[
    RestrictionGround,
    typer.Option("--ground", metavar="WHY", help=f"One of: {', '.join(RestrictionGround)}."),
]


def restrict(
    *,
    subject: Subject,
    ground: _Ground,
    reason: Reason = None,
    controller: ControllerName = None,
    as_json: AsJson = False,
) -> None:
    """Restrict a person's data: kept, and withheld from every view until it is lifted.

    Her keys are suspended first. All streams that were merged with hers are restricted, and each
    source that knows her is told. Cut short, it is settled by the next project or ingest, or
    finished by doing it again.

    Example: glemmebok restrict 3f2c1b9e-5d9c-4ab8-9228-8bb59dbaf3c0 --ground accuracy_contested
    """
    with officer(subject, controller, as_json=as_json) as at:
        process = restricting(at.house)
        at.tell(process.restrict(at.controller, at.streams, ground, reason))


def announce_lift(
    *, subject: Subject, controller: ControllerName = None, as_json: AsJson = False
) -> None:
    """Record that she was told that the restriction will be lifted (Art. 18(3)).

    Example: glemmebok restriction announce-lift 3f2c1b9e-5d9c-4ab8-9228-8bb59dbaf3c0
    """
    with officer(subject, controller, as_json=as_json) as at:
        at.tell(restricting(at.house).announce_lift(at.controller, at.streams))


def lift(*, subject: Subject, controller: ControllerName = None, as_json: AsJson = False) -> None:
    """Lift a person's restrictions: refused, with exit code 4, until she was told.

    Example: glemmebok restriction lift 3f2c1b9e-5d9c-4ab8-9228-8bb59dbaf3c0
    """
    with officer(subject, controller, as_json=as_json) as at:
        at.tell(restricting(at.house).lift(at.controller, at.streams))


def list_(*, controller: ControllerName = None, as_json: AsJson = False) -> None:
    """List the restrictions in force, in the order they were recorded.

    Example: glemmebok restriction list --controller toptemp
    """
    session = begin(as_json=as_json)
    with entered(session) as house:
        found = standing_restrictions(house.store, chosen(house, controller))
        told = [(house.slug_of(one.controller), one) for one in found]
    if as_json:
        session.out.result({"restrictions": [_document(slug, one) for slug, one in told]})
        return
    if not told:
        session.out.line(session.words.text("empty", "restrictions"))
        return
    words = session.words
    headings = [words.text("column", n) for n in ("subject", "controller", "ground", "since")]
    rows = [
        (one.subject, slug, words.word("ground", one.ground.value), day(one.since))
        for slug, one in told
    ]
    states = [words.text("restriction", one.status.value) for _, one in told]
    table = [(*row, state) for row, state in zip(rows, states, strict=True)]
    session.out.table([*headings, words.text("column", "state")], table)


def _document(slug: str, one: StandingRestriction) -> dict[str, object]:
    return {
        "restriction_id": one.restriction_id,
        "subject": one.subject,
        "controller": slug,
        "ground": one.ground.value,
        "since": iso_of(one.since),
        "status": one.status.value,
    }
