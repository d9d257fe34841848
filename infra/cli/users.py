"""``users``: the accounts of a controller's officers and recruiters, by id."""

from typing import Annotated
from uuid import UUID

import typer

from consumers import accounts
from consumers.controller_stream import ControllerStream, read_controller
from domain.users import User, UserRole
from domain.values import ControllerId, iso_of
from infra.cli.exits import UsageMistake
from infra.cli.options import AsApprover, AsJson, ControllerName
from infra.cli.rendering import day
from infra.cli.session import Session, account_id, approver, begin, chosen, controller_of, entered
from infra.house import House
from infra.random_ids import random_id

_Account = Annotated[
    str, typer.Argument(metavar="ACCOUNT", help="The account's name, as --as takes it.")
]
_Of = Annotated[
    str, typer.Option("--controller", "-c", metavar="SLUG", help="Whose account it is.")
]
_Role = Annotated[
    UserRole, typer.Option("--role", metavar="ROLE", help=f"One of: {', '.join(UserRole)}.")
]


def register(
    *,
    account: _Account,
    controller: _Of,
    role: _Role,
    as_user: AsApprover = None,
    as_json: AsJson = False,
) -> None:
    """Register a user account of a controller's, or give it another role.

    Anybody registers the first officer; from then on an active officer does. The log keeps the
    account's id and not its name.

    Example: glemmebok users register k.officer -c toptemp --role officer --as j.officer
    """
    session = begin(as_json=as_json)
    with entered(session) as house:
        user, who = account_id(account), approver(house, as_user)
        changed = accounts.register(_stream(house, controller), user, role, who)
    told = session.words.text("role", role.value)
    _tell(session, (account, user), "registered", told, changed=changed)


def deactivate(
    *, account: _Account, controller: _Of, as_user: AsApprover = None, as_json: AsJson = False
) -> None:
    """End what a user account may do at a controller's.

    Example: glemmebok users deactivate k.officer -c toptemp --as j.officer
    """
    session = begin(as_json=as_json)
    with entered(session) as house:
        user, who = account_id(account), approver(house, as_user)
        if user not in _users(house, controller_of(house, controller)):
            message = f"no such account is registered at {controller}"
            raise UsageMistake(message)
        changed = accounts.deactivate(_stream(house, controller), user, who)
    _tell(session, (account, user), "deactivated", "", changed=changed)


def list_(*, controller: ControllerName = None, as_json: AsJson = False) -> None:
    """List the accounts that were registered, by id; their names are nowhere.

    Example: glemmebok users list -c toptemp
    """
    session = begin(as_json=as_json)
    with entered(session) as house:
        found = [
            (house.slug_of(one), user, known)
            for one in chosen(house, controller)
            for user, known in _users(house, one).items()
        ]
    if as_json:
        session.out.result({"users": [_document(*row) for row in found]})
        return
    words = session.words
    if not found:
        session.out.line(words.text("users", "none"))
        return
    headings = [words.text("column", name) for name in ("id", "controller", "since", "state")]
    session.out.table(headings, [_row(session, *row) for row in found])


def _row(session: Session, slug: str, user: UUID, known: User) -> tuple[str, str, str, str]:
    words = session.words
    role = words.word("role", known.role.value)
    told = words.text("users", "active" if known.active else "inactive")
    return str(user), slug, day(known.mark[0]), f"{role}, {told}"


def _document(slug: str, user: UUID, known: User) -> dict[str, object]:
    return {
        "user": user,
        "controller": slug,
        "role": known.role.value,
        "active": known.active,
        "since": iso_of(known.mark[0]),
    }


def _users(house: House, controller: ControllerId) -> dict[UUID, User]:
    _, known = read_controller(house.store, controller)
    return dict(known.users or {})


def _stream(house: House, slug: str) -> ControllerStream:
    return ControllerStream(house.store, controller_of(house, slug), house.clock.now, random_id)


def _tell(session: Session, whom: tuple[str, UUID], what: str, role: str, *, changed: bool) -> None:
    account, user = whom
    if session.out.as_json:
        session.out.result({"user": user, "changed": changed})
        return
    words = session.words
    told = words.text("users", what, account=account, role=role, user=user)
    session.out.line(told if changed else words.text("users", "stands"))
