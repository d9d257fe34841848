"""``notices``: what recipients are to be told, for those that are told by a person."""

from collections.abc import Mapping
from itertools import islice
from typing import Annotated
from uuid import UUID

import typer

from consumers.packing import unpack
from consumers.ports import Notice
from domain.answers import Answer, Present, Shredded, Withheld
from domain.calendar import civil_date
from domain.house_duties import ACKNOWLEDGE_DAYS, KEY_DAYS
from domain.values import Instant, iso_of
from infra.cli.exits import UsageMistake
from infra.cli.options import AsJson, AsUser, ForPurpose
from infra.cli.output import Document
from infra.cli.rendering import day
from infra.cli.session import Session, asker, begin, entered
from infra.house import House
from infra.notices import acknowledge as acknowledge_notices
from infra.notices import open_notice, waiting
from infra.timetable import DAY
from infra.views.queries.answers import ValueState

_ACKNOWLEDGED_MAX = 1_000

_Notice = Annotated[str, typer.Argument(metavar="ID", help="The notice's id, a UUID.")]
_Notices = Annotated[list[str], typer.Argument(metavar="ID...", help="Notices' ids, UUIDs.")]
_Recipient = Annotated[
    str | None,
    typer.Option("--recipient", metavar="NAME", help="Only this recipient, as in miles.recman."),
]
_Limit = Annotated[
    int, typer.Option("--limit", min=0, max=10_000, help="Notices listed; all are counted.")
]


def list_(*, recipient: _Recipient = None, limit: _Limit = 100, as_json: AsJson = False) -> None:
    """List the notices no recipient has acknowledged, the oldest first; opens nothing.

    Example: glemmebok notices list --recipient toptemp.min-side
    """
    session = begin(as_json=as_json)
    with entered(session) as house:
        counts = [c for c in house.outbox.counts() if recipient in (None, c.recipient)]
        found = (one for one in waiting(house) if recipient in (None, one.recipient))
        rows = [(house.slug_of(one.controller), one) for one in islice(found, limit)]
        total = sum(count.waiting for count in counts)
    if as_json:
        told = [_document(slug, notice) for slug, notice in rows]
        session.out.result({"waiting": total, "notices": told})
    elif not total:
        session.out.line(session.words.text("empty", "notices"))
    else:
        _print(session, rows, total)


def show(
    *,
    notice: _Notice,
    as_user: AsUser = None,
    purpose: ForPurpose = None,
    as_json: AsJson = False,
) -> None:
    """Open one notice: the recipient's own id for the person, to be passed on to it.

    The opening goes into the access audit first. An acknowledged or expired notice opens no more.

    Example: glemmebok notices show 3f2c1b9e-5d9c-4ab8-9228-8bb59dbaf3c0 --purpose privacy_request
    """
    session = begin(as_json=as_json)
    with entered(session) as house:
        found = _known(house, notice)
        who = asker(house, found.controller, as_user, purpose)
        answer = open_notice(house, found, who.who, who.purpose)
        slug = house.slug_of(found.controller)
    state, values = _opened(found, answer)
    if as_json:
        document = _document(slug, found)
        session.out.result({**document, "state": state.value, "values": values})
        return
    words = session.words
    rows = [
        (words.text("column", "controller"), slug),
        (words.text("column", "recipient"), found.recipient),
        (words.text("column", "notice"), words.text("notice", found.kind.value)),
    ]
    rows += [(words.field(name), str(value)) for name, value in values.items()]
    if state is not ValueState.PRESENT:
        rows.append((words.field("remote_id"), f"({words.text('value', state.value)})"))
    session.out.entry(str(found.notice_id), rows)


def acknowledge(*, notices: _Notices, as_json: AsJson = False) -> None:
    """Note that recipients erased what they were told to, and destroy the notices' keys.

    Doing it again changes nothing. An id that nobody knows is named, and the others are done.

    Example: glemmebok notices acknowledge 3f2c1b9e-5d9c-4ab8-9228-8bb59dbaf3c0
    """
    session = begin(as_json=as_json)
    if len(notices) > _ACKNOWLEDGED_MAX:
        message = f"at most {_ACKNOWLEDGED_MAX} notices are acknowledged at a time"
        raise UsageMistake(message)
    asked = [_id(text) for text in notices]
    with entered(session) as house:
        made = acknowledge_notices(house, asked)
    if as_json:
        session.out.result(
            {
                "acknowledged": list(made.notices),
                "unknown": list(made.unknown),
                "keys_destroyed": made.keys_destroyed,
            }
        )
        return
    words = session.words
    counts = {"count": len(made.notices), "keys": made.keys_destroyed}
    session.out.line(words.text("notices", "acknowledged", **counts))
    for one in made.unknown:
        session.out.note(words.text("notices", "unknown", notice=one))


def _print(session: Session, rows: list[tuple[str, Notice]], total: int) -> None:
    words = session.words
    names = [words.text("column", name) for name in ("recipient", "controller", "id")]
    told = [
        (
            day(notice.created_at),
            words.text("notice", notice.kind.value),
            list(zip(names, (notice.recipient, slug, str(notice.notice_id)), strict=True)),
        )
        for slug, notice in rows
    ]
    session.out.story(words.text("notices", "title", count=total), told)


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        message = "a notice is named by its id, a UUID; see: glemmebok notices list"
        raise UsageMistake(message) from None


def _known(house: House, text: str) -> Notice:
    found = house.outbox.named([_id(text)])
    if not found:
        message = "there is no such notice; see: glemmebok notices list"
        raise UsageMistake(message)
    return found[0]


def _document(slug: str, notice: Notice) -> Document:
    return {
        "notice_id": notice.notice_id,
        "controller": slug,
        "recipient": notice.recipient,
        "kind": notice.kind.value,
        "subject": notice.subject,
        "erasure_id": notice.erasure_id,
        "created_at": iso_of(notice.created_at),
        "overdue_on": _day_after(notice.created_at, ACKNOWLEDGE_DAYS),
        "key_expires_on": _day_after(notice.created_at, KEY_DAYS),
    }


def _opened(notice: Notice, answer: Answer) -> tuple[ValueState, Mapping[str, object]]:
    """Tell what a notice says; a late fact's is the bare id, any other a record of values."""
    match answer:
        case Present(plaintext):
            bare = notice.subject is None
            said = {"remote_id": plaintext.decode()} if bare else unpack(plaintext)
            return ValueState.PRESENT, said
        case Shredded():
            return ValueState.SHREDDED, {}
        case Withheld():
            return ValueState.WITHHELD, {}


def _day_after(instant: Instant, days: int) -> str:
    return civil_date(instant + days * DAY).isoformat()
