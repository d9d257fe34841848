"""``consent``: what staff register of what a person said to one purpose (GDPR Art. 7)."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import typer

from consumers.consenting import Answer, Consenting, Proof, Scope, Text
from domain.purposes import Purpose
from infra.cli.exits import UsageMistake
from infra.cli.options import AsJson, ControllerName
from infra.cli.rights import Officer, Received, Subject, end_of, officer
from infra.rights import recipients_of, sealing_of

_Purpose = Annotated[
    Purpose,
    typer.Option("--purpose", metavar="PURPOSE", help=f"One of: {', '.join(Purpose)}."),
]
_Client = Annotated[
    str | None, typer.Option("--client", metavar="ID", help="Only to this client, by its id.")
]
_Assignment = Annotated[
    str | None,
    typer.Option("--assignment", metavar="ID", help="Only for this assignment, by its id."),
]
_Notice = Annotated[
    int,
    typer.Option(
        "--notice-version", metavar="N", min=1, help="The version of the text she was shown."
    ),
]
_Expires = Annotated[
    datetime | None,
    typer.Option(
        "--expires", formats=["%Y-%m-%d"], metavar="DATE", help="The last day it lasts, in Norway."
    ),
]
_Channel = Annotated[
    str | None,
    typer.Option("--channel", metavar="HOW", help="How she said it: portal, phone; sealed."),
]
_Evidence = Annotated[
    str | None,
    typer.Option("--evidence", metavar="TEXT", help="What proves it; sealed under her own key."),
]


def request(  # noqa: PLR0913 - each is an option of the command
    *,
    subject: Subject,
    purpose: _Purpose,
    notice_version: _Notice,
    client: _Client = None,
    assignment: _Assignment = None,
    channel: _Channel = None,
    received: Received = None,
    controller: ControllerName = None,
    as_json: AsJson = False,
) -> None:
    """Register that she was asked for a consent. It ends nothing that stands.

    Example: glemmebok consent request 3f2c1b9e-5d9c-4ab8-9228-8bb59dbaf3c0 --purpose pool
    --notice-version 3
    """
    with officer(subject, controller, as_json=as_json) as at:
        scope, text = _scope(purpose, client, assignment), Text(notice_version)
        _record(at, Answer.REQUESTED, (scope, text), _proof(at, channel, None, received))


def give(  # noqa: PLR0913 - each is an option of the command
    *,
    subject: Subject,
    purpose: _Purpose,
    notice_version: _Notice,
    expires: _Expires = None,
    client: _Client = None,
    assignment: _Assignment = None,
    channel: _Channel = None,
    evidence: _Evidence = None,
    received: Received = None,
    controller: ControllerName = None,
    as_json: AsJson = False,
) -> None:
    """Register a consent she gave, to one purpose, in the words of one text.

    Example: glemmebok consent give 3f2c1b9e-5d9c-4ab8-9228-8bb59dbaf3c0 --purpose presentation
    --notice-version 3 --expires 2027-12-31 --channel phone
    """
    with officer(subject, controller, as_json=as_json) as at:
        scope, text = _scope(purpose, client, assignment), _text(at, notice_version, expires)
        _record(at, Answer.GIVEN, (scope, text), _proof(at, channel, evidence, received))


def refuse(  # noqa: PLR0913 - each is an option of the command
    *,
    subject: Subject,
    purpose: _Purpose,
    client: _Client = None,
    assignment: _Assignment = None,
    channel: _Channel = None,
    received: Received = None,
    controller: ControllerName = None,
    as_json: AsJson = False,
) -> None:
    """Register that she was asked and would not consent.

    Example: glemmebok consent refuse 3f2c1b9e-5d9c-4ab8-9228-8bb59dbaf3c0 --purpose matching
    """
    with officer(subject, controller, as_json=as_json) as at:
        scope = _scope(purpose, client, assignment)
        _record(at, Answer.REFUSED, (scope, Text(0)), _proof(at, channel, None, received))


def renew(  # noqa: PLR0913 - each is an option of the command
    *,
    subject: Subject,
    purpose: _Purpose,
    notice_version: _Notice,
    expires: _Expires = None,
    client: _Client = None,
    assignment: _Assignment = None,
    channel: _Channel = None,
    evidence: _Evidence = None,
    received: Received = None,
    controller: ControllerName = None,
    as_json: AsJson = False,
) -> None:
    """Register that she renewed a consent that lasts; one that ended must be given anew.

    Example: glemmebok consent renew 3f2c1b9e-5d9c-4ab8-9228-8bb59dbaf3c0 --purpose pool
    --notice-version 3 --expires 2028-12-31
    """
    with officer(subject, controller, as_json=as_json) as at:
        scope, text = _scope(purpose, client, assignment), _text(at, notice_version, expires)
        _record(at, Answer.RENEWED, (scope, text), _proof(at, channel, evidence, received))


def withdraw(  # noqa: PLR0913 - each is an option of the command
    *,
    subject: Subject,
    purpose: _Purpose,
    client: _Client = None,
    assignment: _Assignment = None,
    channel: _Channel = None,
    received: Received = None,
    controller: ControllerName = None,
    as_json: AsJson = False,
) -> None:
    """Register that she took a consent back: its purpose ends, and nothing is erased.

    No reason is asked for. Each source that knows her is told which purpose it was.

    Example: glemmebok consent withdraw 3f2c1b9e-5d9c-4ab8-9228-8bb59dbaf3c0 --purpose pool
    """
    with officer(subject, controller, as_json=as_json) as at:
        scope, proof = _scope(purpose, client, assignment), _proof(at, channel, None, received)
        at.tell(_consenting(at).withdraw(at.controller, at.streams, scope, proof))


def _scope(purpose: Purpose, client: str | None, assignment: str | None) -> Scope:
    return Scope(purpose, _id(client, "--client"), _id(assignment, "--assignment"))


def _id(text: str | None, option: str) -> UUID | None:
    try:
        return None if text is None else UUID(text)
    except ValueError:
        message = f"{option} takes an id, a UUID"
        raise UsageMistake(message) from None


def _text(at: Officer, notice_version: int, expires: datetime | None) -> Text:
    expires_at = end_of(expires)
    if expires_at is not None and expires_at <= at.house.clock.now():
        message = "--expires names a day that is over"
        raise UsageMistake(message)
    return Text(notice_version, expires_at)


def _proof(
    at: Officer, channel: str | None, evidence: str | None, received: datetime | None
) -> Proof:
    return Proof(channel, evidence, at.moment(received))


def _consenting(at: Officer) -> Consenting:
    house = at.house
    return Consenting(house.store, house.rights(), sealing_of(house), recipients_of(house))


def _record(at: Officer, answer: Answer, said: tuple[Scope, Text], proof: Proof) -> None:
    scope, text = said
    recorded = _consenting(at).record(at.controller, at.subject, scope, answer, text, proof)
    at.tell(recorded)
