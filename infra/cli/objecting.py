"""``object`` and ``objection decide``: a person against a use of her data (GDPR Art. 21)."""

from collections.abc import Callable
from typing import Annotated
from uuid import UUID

import typer

from consumers.rights import Act, Recorded
from domain.decisions import Refused
from domain.fact import Fact
from domain.objection import Objection, ObjectionRaised, ObjectionRejected, ObjectionUpheld
from domain.purposes import ADVERTISING, Purpose
from domain.restriction import RestrictionGround
from domain.subject import SubjectState
from domain.values import FactId, SubjectId
from infra.cli.exits import UsageMistake
from infra.cli.options import AsJson, ControllerName
from infra.cli.rights import Officer, Reason, Received, Subject, officer, only_one
from infra.random_ids import random_id
from infra.rights import restricting

COMMUNICATIONS = "communications"


def object_(  # noqa: PLR0913 - each is an option of the command
    *,
    subject: Subject,
    purpose: Annotated[
        Purpose,
        typer.Option(
            "--purpose", metavar="PURPOSE", help=f"To what use. One of: {', '.join(Purpose)}."
        ),
    ],
    reason: Reason = None,
    restrict: Annotated[
        bool,
        typer.Option("--restrict", help="Restrict her data too while it is weighed (Art. 18(1)d)."),
    ] = False,
    received: Received = None,
    controller: ControllerName = None,
    as_json: AsJson = False,
) -> None:
    """Register an objection: that use is closed at once, in all streams that are hers.

    Against advertising it is final and needs no reason; any other is weighed and decided with
    `glemmebok objection decide`.

    Example: glemmebok object 3f2c1b9e-5d9c-4ab8-9228-8bb59dbaf3c0 --purpose marketing
    """
    if restrict and purpose in ADVERTISING:
        message = "an objection to advertising is not weighed: there is nothing to restrict for"
        raise UsageMistake(message)
    with officer(subject, controller, as_json=as_json) as at:
        objection_id, moment = random_id(), at.moment(received)
        acts = []
        for stream in at.streams:
            fact_id = FactId(random_id())
            claim = _raising(at, (stream, fact_id), (objection_id, purpose), reason)
            acts.append(Act(stream, claim, fact_id, at=moment))
        recorded = at.house.rights().record_together(at.controller, acts)
        at.tell(_restricted_too(at, recorded) if restrict else recorded)


def decide(
    *,
    subject: Subject,
    uphold: Annotated[
        bool,
        typer.Option(
            "--uphold/--reject",
            help="Whether she is right, or compelling grounds were found and she was told which.",
        ),
    ],
    objection: Annotated[
        str | None,
        typer.Option("--objection", metavar="ID", help="Which, when several are open."),
    ] = None,
    reason: Reason = None,
    controller: ControllerName = None,
    as_json: AsJson = False,
) -> None:
    """Decide an objection: upheld it closes the use for good, rejected it opens it again.

    One against advertising cannot be rejected: exit code 4.

    Example: glemmebok objection decide 3f2c1b9e-5d9c-4ab8-9228-8bb59dbaf3c0 --uphold
    """
    with officer(subject, controller, as_json=as_json) as at:
        known = {stream: _open(at, stream) for stream in at.streams}
        ids = list(dict.fromkeys(one for found in known.values() for one in found))
        objection_id = only_one(objection, ids, "--objection")
        acts = []
        for stream in [stream for stream, found in known.items() if objection_id in found]:
            fact_id = FactId(random_id())
            claim = _verdict(at, (stream, fact_id), (objection_id, uphold), reason)
            acts.append(Act(stream, claim, fact_id))
        at.tell(at.house.rights().record_together(at.controller, acts))


def _raising(
    at: Officer,
    where: tuple[SubjectId, FactId],
    what: tuple[UUID, Purpose],
    reason: str | None,
) -> Callable[[SubjectState], Fact]:
    def claim(_state: SubjectState) -> Fact:
        values: dict[str, object] = {"body": reason}
        sealed = at.sealing.part(*where, ObjectionRaised.TOPIC, COMMUNICATIONS, values)
        return ObjectionRaised(*what, sealed)

    return claim


def _verdict(
    at: Officer,
    where: tuple[SubjectId, FactId],
    what: tuple[UUID, bool],
    reason: str | None,
) -> Callable[[SubjectState], Fact]:
    objection_id, upheld = what
    kind = ObjectionUpheld if upheld else ObjectionRejected

    def claim(_state: SubjectState) -> Fact:
        values: dict[str, object] = {"reason": reason}
        sealed = at.sealing.part(*where, kind.TOPIC, COMMUNICATIONS, values)
        return kind(objection_id, sealed)

    return claim


def _open(at: Officer, stream: SubjectId) -> dict[UUID, Objection]:
    """Return a stream's objections that nobody has decided."""
    life = at.house.store.load(at.controller, [stream], []).heads[stream].state.life
    known = (life.objections if life else None) or {}
    return {one: it for one, it in known.items() if it.raised is not None and it.verdict is None}


def _restricted_too(at: Officer, recorded: Recorded) -> Recorded:
    """Restrict her while the objection is weighed; what was recorded before is kept."""
    if isinstance(recorded, Refused):
        return recorded
    process = restricting(at.house)
    ground = RestrictionGround.OBJECTION_PENDING
    more = process.restrict(at.controller, at.streams, ground, None)
    return more if isinstance(more, Refused) else [*recorded, *more]
