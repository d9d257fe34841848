"""``find``, ``show``, ``board`` and ``timeline``: what recruiters ask. Every opening is audited."""

from typing import Annotated
from uuid import UUID

import typer

from domain.keyring import Contact, SourceRef
from infra.checks import behind
from infra.cli import documents
from infra.cli.addresses import Email, Phone, RemoteId, SourceName, address_of
from infra.cli.exits import UsageMistake
from infra.cli.options import AsJson, AsUser, ControllerName, ForPurpose
from infra.cli.printing import print_board, print_dossier, print_people, print_timeline
from infra.cli.session import (
    Session,
    asker,
    begin,
    chosen,
    controller_of,
    entered,
    owner_of,
    subject_of,
)
from infra.house import House
from infra.views.queries.board import board as board_query
from infra.views.queries.desk import Asker, SubjectUnknown
from infra.views.queries.find import Summary, find_contact, find_source
from infra.views.queries.show import show as show_query
from infra.views.queries.timeline import timeline as timeline_query

Subject = Annotated[
    str, typer.Argument(metavar="SUBJECT", help="The person's id, a UUID, as `find` prints it.")
]

_Board = Annotated[
    str,
    typer.Option(
        "--controller",
        "-c",
        metavar="SLUG",
        help="Whose board: miles, backerskeie, aktiv-bemanning, express or toptemp.",
    ),
]
_Assignment = Annotated[
    str | None,
    typer.Option("--assignment", metavar="ID", help="One assignment's id; all if not given."),
]
_Cards = Annotated[
    int,
    typer.Option("--limit", metavar="N", min=1, max=200, help="Cards of a column that are opened."),
]


def find(  # noqa: PLR0913 - each is an option of the command
    *,
    email: Email = None,
    phone: Phone = None,
    source: SourceName = None,
    remote_id: RemoteId = None,
    controller: ControllerName = None,
    as_user: AsUser = None,
    purpose: ForPurpose = None,
    as_json: AsJson = False,
) -> None:
    """Find people by an address, or by a source's id. An erased person is found by neither.

    Example: glemmebok find --email someone@example.com --controller toptemp
    """
    session = begin(as_json=as_json)
    address = address_of((email, phone, source, remote_id))
    with entered(session) as house:
        askers = [asker(house, c, as_user, purpose) for c in chosen(house, controller)]
        found = [(one, s) for one in askers for s in _find(house, one, address)]
        people = [(house.slug_of(one.controller), summary) for one, summary in found]
        hint = "" if people else _not_there_yet(session, house)
    if as_json:
        session.out.result({"people": [documents.summary(slug, s) for slug, s in people]})
    elif people:
        print_people(session, people)
    else:
        _tell_empty(session, "find", hint)


def _find(house: House, one: Asker, address: Contact | SourceRef) -> tuple[Summary, ...]:
    if isinstance(address, Contact):
        return find_contact(house.desk(), one, address)
    return find_source(house.desk(), one, address)


def _not_there_yet(session: Session, house: House) -> str:
    """Say what to run first when what was asked for may not have reached the views."""
    known = [house.store.heads_after(one, None, 1) for one in house.controllers.values()]
    if not any(known):
        return session.words.text("empty", "ingest")
    lag = max(behind(house).values())
    return session.words.text("empty", "behind", count=lag) if lag else ""


def _tell_empty(session: Session, what: str, hint: str) -> None:
    session.out.line(session.words.text("empty", what))
    if hint:
        session.out.line(hint)


def show(
    *,
    subject: Subject,
    controller: ControllerName = None,
    as_user: AsUser = None,
    purpose: ForPurpose = None,
    as_json: AsJson = False,
) -> None:
    """Open one person's dossier: each value is present, shredded or withheld.

    An erased person's slots stay as neutral tombstones.

    Example: glemmebok show 3f2c1b9e-5d9c-4ab8-9228-8bb59dbaf3c0 --json
    """
    session = begin(as_json=as_json)
    person = subject_of(subject)
    with entered(session) as house:
        one = asker(house, owner_of(house, person, controller), as_user, purpose)
        try:
            dossier = show_query(house.desk(), one, person)
        except SubjectUnknown:
            raise _unseen(session, house) from None
    if as_json:
        session.out.result(documents.dossier(dossier))
    else:
        print_dossier(session, dossier)


def _unseen(session: Session, house: House) -> UsageMistake:
    told = session.words.text("empty", "person")
    return UsageMistake(f"{told} {_not_there_yet(session, house)}".rstrip())


def board(
    *,
    controller: _Board,
    assignment: _Assignment = None,
    limit: _Cards = 10,
    as_user: AsUser = None,
    purpose: ForPurpose = None,
    as_json: AsJson = False,
) -> None:
    """Show the applications of a controller by stage; counts cover all, also the erased.

    Example: glemmebok board --controller backerskeie --limit 5
    """
    session = begin(as_json=as_json)
    wanted = _assignment(assignment)
    with entered(session) as house:
        one = asker(house, controller_of(house, controller), as_user, purpose)
        result = board_query(house.desk(), one, limit, wanted)
        hint = "" if result.total else _not_there_yet(session, house)
    if as_json:
        session.out.result(documents.board(result))
    elif result.total:
        print_board(session, result)
    else:
        _tell_empty(session, "board", hint)


def _assignment(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        message = "an assignment is named by its id, a UUID"
        raise UsageMistake(message) from None


def timeline(  # noqa: PLR0913 - each is an option of the command
    *,
    subject: Subject,
    limit: Annotated[
        int, typer.Option("--limit", metavar="N", min=1, max=1000, help="Facts a page.")
    ] = 50,
    after: Annotated[
        int, typer.Option("--after", metavar="VERSION", min=0, help="Go on after this version.")
    ] = 0,
    controller: ControllerName = None,
    as_user: AsUser = None,
    purpose: ForPurpose = None,
    as_json: AsJson = False,
) -> None:
    """Tell a person's story, one sentence a fact, in the order it was recorded.

    Example: glemmebok timeline 3f2c1b9e-5d9c-4ab8-9228-8bb59dbaf3c0 --limit 20
    """
    session = begin(as_json=as_json)
    person = subject_of(subject)
    with entered(session) as house:
        one = asker(house, owner_of(house, person, controller), as_user, purpose)
        try:
            page = timeline_query(house.desk(), one, person, limit, after)
        except SubjectUnknown:
            raise _unseen(session, house) from None
    if as_json:
        session.out.result(documents.timeline(page))
    elif page.happenings:
        print_timeline(session, page)
    else:
        _tell_empty(session, "timeline", "")
