"""What a command works with: the settings, the words, the terminal, and the house when asked."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import NAMESPACE_URL, UUID, uuid5

from domain.catalogue import PERSON_FACTS
from domain.values import ControllerId, SubjectId
from infra.anchoring import push_destroyed
from infra.cli.exits import UsageMistake
from infra.cli.options import Purpose
from infra.cli.output import Output
from infra.cli.wording import Wording, wording
from infra.clock import SystemClock
from infra.gate import anchor_log, keep_gate
from infra.house import House, open_house
from infra.settings import Settings, read_process_settings
from infra.views.queries.desk import Asker

_DEMO_USER = "demo"
_ACCOUNT = re.compile(r"[a-z0-9._-]{1,64}")
"""What the access audit takes for an account."""


@dataclass(frozen=True, slots=True)
class Session:
    """One command's surroundings."""

    settings: Settings
    words: Wording
    out: Output


def begin(*, as_json: bool) -> Session:
    """Read the settings and open the terminal.

    Raises:
        SettingsError: a setting is wrong.
    """
    settings = read_process_settings()
    return Session(settings, wording(settings.language.value), Output(as_json=as_json))


@contextmanager
def entered(session: Session) -> Iterator[House]:
    """Open the house, its restore gate watched and the log anchored after the work.

    Raises:
        NotInitialised, EmbeddedUnavailable, KeyUnavailable, LogUnavailable: it cannot be opened.
    """
    with open_house(session.settings, SystemClock()) as house:
        keep_gate(house)
        yield house
        anchor_log(house)
        push_destroyed(house)


def controller_of(house: House, slug: str) -> ControllerId:
    """Return a controller by its slug.

    Raises:
        UsageMistake: there is none; the message lists those there are.
    """
    if slug not in house.controllers:
        known = ", ".join(sorted(house.controllers))
        message = f"there is no such controller; there are: {known}"
        raise UsageMistake(message)
    return house.controllers[slug]


def chosen(house: House, slug: str | None) -> Sequence[ControllerId]:
    """Return the controller asked for, or all of them."""
    return [controller_of(house, slug)] if slug else list(house.controllers.values())


def owner_of(house: House, subject: SubjectId, slug: str | None) -> ControllerId:
    """Return whose candidate a person is.

    Raises:
        UsageMistake: nobody knows this id, or she is no candidate of the controller asked for.
    """
    first = house.store.stream(subject, 0, 1)
    if not first or type(first[0].fact) not in PERSON_FACTS:
        message = f"nobody here has the id {subject}"
        raise UsageMistake(message)
    owner = first[0].stamp.controller
    if slug and controller_of(house, slug) != owner:
        message = f"subject {subject} is not a candidate of {slug}"
        raise UsageMistake(message)
    return owner


def asker(
    house: House, controller: ControllerId, who: str | None, purpose: Purpose | None
) -> Asker:
    """Say who opens and why; on the embedded cluster both have a default.

    Raises:
        GateClosed: nothing may be opened now, also where there is nothing left to open.
        UsageMistake: a production house was asked without ``--as`` or ``--purpose``, or the
            account is no account's name.
    """
    if house.settings.databases is not None and (who is None or purpose is None):
        message = "say who opens and why: --as USER --purpose WHY"
        raise UsageMistake(message)
    account = _account(who)
    house.keyring.open(controller, [])
    return Asker(controller, account, (purpose or Purpose.RECRUITMENT).value)


def approver(house: House, who: str | None) -> UUID:
    """Return the id under which a user account approves: stable, and not its name.

    Raises:
        UsageMistake: a production house was asked without ``--as``.
    """
    if house.settings.databases is not None and who is None:
        message = "say who approves the erasure: --as USER"
        raise UsageMistake(message)
    return account_id(_account(who))


def account_id(account: str) -> UUID:
    """Return the id of a user account, in every house and log the same.

    Raises:
        UsageMistake: it is no account's name.
    """
    return uuid5(NAMESPACE_URL, f"glemmebok:user:{_account(account)}")


def _account(who: str | None) -> str:
    """Check the form of an account's name; what was given is not repeated.

    Raises:
        UsageMistake: it could be a person's name or address.
    """
    if who is not None and not _ACCOUNT.fullmatch(who):
        message = "--as takes an account's name: small letters, digits, dots, dashes, at most 64"
        raise UsageMistake(message)
    return who or _DEMO_USER


def subject_of(text: str) -> SubjectId:
    """Read a person's id.

    Raises:
        UsageMistake: it is not a UUID; an address is given with --email instead.
    """
    try:
        return SubjectId(UUID(text))
    except ValueError:
        message = "a person is named by her id, a UUID; find her with: glemmebok find --email ..."
        raise UsageMistake(message) from None
