"""``notice``: a controller's privacy notices, announced before they bind, and published."""

from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Annotated

import typer

from consumers.announcing import Words, announce, publish
from consumers.controller_stream import ControllerStream, read_controller
from consumers.policies import policies
from domain.calendar import civil_date, day_begins
from domain.controller import ControllerState
from domain.policy import in_force
from domain.purposes import Purpose
from domain.values import ControllerId, Instant, iso_of
from infra.adoption import adopt_policies, outdate_consents, stream_of
from infra.cli.exits import UsageMistake
from infra.cli.options import AsJson, ControllerName
from infra.cli.output import Document
from infra.cli.session import Session, begin, chosen, controller_of, entered
from infra.house import House

_VERSION_MAX = 10_000
_TEXT_BYTES_MAX = 1_000_000
"""A notice is some pages long."""

_Controller = Annotated[
    str, typer.Option("--controller", "-c", metavar="SLUG", help="Whose notice it is.")
]
_Number = Annotated[
    int,
    typer.Option("--version", metavar="N", min=1, max=_VERSION_MAX, help="Its number, rising."),
]
_From = Annotated[
    datetime,
    typer.Option(
        "--effective-from",
        formats=["%Y-%m-%d"],
        metavar="DATE",
        help="The first day it binds, in Norway.",
    ),
]
_Changed = Annotated[
    str | None,
    typer.Option(
        "--purpose-changed",
        metavar="P,P",
        help=f"Purposes that need new consent, of: {', '.join(Purpose)}.",
    ),
]
_Text = Annotated[
    Path | None,
    typer.Option(
        "--text",
        metavar="FILE",
        exists=True,
        dir_okay=False,
        readable=True,
        help="Its text; the SHA-256 of it is recorded, and what is published must be the same.",
    ),
]


def announce_(
    *,
    controller: _Controller,
    version: _Number,
    effective_from: _From,
    purpose_changed: _Changed = None,
    text: _Text = None,
    as_json: AsJson = False,
) -> None:
    """Announce a notice before it binds, with the comment period that the policy promises.

    Exits 4 when the comment period would not be over on the first day.

    Example: glemmebok notice announce -c toptemp --version 2 --effective-from 2027-03-01
    """
    session = begin(as_json=as_json)
    words = _words(version, effective_from, purpose_changed, text)
    with entered(session) as house:
        stream, days = _opened(house, controller)
        recorded = announce(stream, words, days)
        _, state = read_controller(house.store, stream.controller)
    standing = _document(controller, version, state)
    if as_json:
        session.out.result(standing | {"recorded": bool(recorded)})
    else:
        _tell(session, "announced" if recorded else "stands", standing)


def publish_(
    *,
    controller: _Controller,
    version: _Number,
    effective_from: _From,
    purpose_changed: _Changed = None,
    text: _Text = None,
    as_json: AsJson = False,
) -> None:
    """Publish a notice: it binds from its first day on, and a changed purpose needs new consent.

    Consents in the words of an older notice are outdated on that day: by this command, or by the
    first sweep or run afterwards. Exits 4 when it was not announced so. The first notice of a
    controller needs no announcement.

    Example: glemmebok notice publish -c toptemp --version 2 --effective-from 2027-03-01
    """
    session = begin(as_json=as_json)
    words = _words(version, effective_from, purpose_changed, text)
    with entered(session) as house:
        stream, days = _opened(house, controller)
        recorded = publish(stream, words, days)
        outdated = outdate_consents(house, [stream.controller])
        _, state = read_controller(house.store, stream.controller)
        later = words.effective_at > house.clock.now()
    standing = _document(controller, version, state)
    if as_json:
        told = {"recorded": bool(recorded), "consents_outdated": outdated}
        session.out.result(standing | told)
        return
    _tell(session, "published" if recorded else "stands", standing)
    if words.purposes_changed:
        key = "later" if later else "outdated"
        since = civil_date(words.effective_at)
        session.out.line(session.words.text("notice_text", key, count=outdated, since=since))


def list_(*, controller: ControllerName = None, as_json: AsJson = False) -> None:
    """List the notices that were announced or published, the oldest version first.

    Example: glemmebok notice list --controller toptemp
    """
    session = begin(as_json=as_json)
    with entered(session) as house:
        found = [
            _document(house.slug_of(one), version, state)
            for one in chosen(house, controller)
            for state in [read_controller(house.store, one)[1]]
            for version in sorted(state.announced.keys() | state.published.keys())
        ]
    words, out = session.words, session.out
    if as_json:
        out.result({"notices": found})
    elif not found:
        out.line(words.text("empty", "texts"))
    else:
        names = ("controller", "version", "effective_from", "announced_at", "comment_until",
                 "published_at", "purposes")  # fmt: skip
        headings = [words.text("column", name) for name in names]
        out.table(headings, [_row(session, one) for one in found])


def _words(
    version: int, effective_from: datetime, purpose_changed: str | None, text: Path | None
) -> Words:
    named = [one.strip() for one in (purpose_changed or "").split(",") if one.strip()]
    unknown = [one for one in named if one not in set(Purpose)]
    if unknown:
        message = f"--purpose-changed takes purposes, of: {', '.join(Purpose)}"
        raise UsageMistake(message)
    purposes = tuple(sorted({Purpose(one) for one in named}))
    return Words(version, day_begins(effective_from.date()), purposes, _digest(text))


def _digest(text: Path | None) -> bytes | None:
    """Hash a notice's text.

    Raises:
        UsageMistake: the file is no notice, by its size.
    """
    if text is None:
        return None
    if text.stat().st_size > _TEXT_BYTES_MAX:
        message = f"--text takes a file of at most {_TEXT_BYTES_MAX} bytes"
        raise UsageMistake(message)
    return sha256(text.read_bytes()).digest()


def _opened(house: House, slug: str) -> tuple[ControllerStream, int]:
    """Open a controller's stream; say how many days its policy gives for comments.

    Raises:
        UsageMistake: there is no such controller, or none of its policies is in force.
    """
    controller: ControllerId = controller_of(house, slug)
    adopt_policies(house)
    policy = in_force(policies().get(slug, ()), civil_date(house.clock.now()))
    if policy is None:
        message = f"no policy of {slug} is in force today"
        raise UsageMistake(message)
    return stream_of(house, controller), policy.settings.comment_days


def _document(slug: str, version: int, state: ControllerState) -> dict[str, object]:
    """Write how a notice stands."""
    announced, published = state.announced.get(version), state.published.get(version)
    text = published or announced
    assert text is not None, "it was just recorded, or is listed because it stands"
    return {
        "controller": slug,
        "version": version,
        "effective_from": civil_date(text.effective_at).isoformat(),
        "announced_at": None if announced is None else iso_of(announced.mark[0]),
        "comment_until": None if announced is None else _day(announced.comment_until_at),
        "published_at": None if published is None else iso_of(published.mark[0]),
        "purposes_changed": [purpose.value for purpose in text.purposes_changed],
        "digest": text.digest,
    }


def _day(until: Instant | None) -> str | None:
    """Return the last day of a period by its end."""
    return None if until is None else civil_date(until - 1).isoformat()


def _tell(session: Session, key: str, standing: Document) -> None:
    told = {
        "controller": standing["controller"],
        "version": standing["version"],
        "since": standing["effective_from"],
        "until": standing["comment_until"],
    }
    session.out.line(session.words.text("notice_text", key, **told))


def _row(session: Session, standing: Document) -> tuple[object, ...]:
    purposes = standing["purposes_changed"]
    assert isinstance(purposes, list), "as it was written"
    told = ", ".join(session.words.text("purpose", one) for one in purposes)
    days = [
        date.fromisoformat(str(standing[name])[:10]) if standing[name] else None
        for name in ("effective_from", "announced_at", "comment_until", "published_at")
    ]
    return standing["controller"], standing["version"], *days, told or None
