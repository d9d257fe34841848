"""``erase``: one person, or one category of hers, erased by key destruction."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated

import typer

from consumers.erasure import Receipt
from consumers.erasure_order import Request
from consumers.second_person import Waiting
from domain.calendar import civil_date, due_for_request
from domain.erasure import ErasureReason
from domain.keyring import Contact
from domain.values import ControllerId, SubjectId, iso_of
from infra.cli import documents
from infra.cli.addresses import Address, Email, Phone, RemoteId, SourceName, address_of
from infra.cli.exits import Exit, UsageMistake
from infra.cli.options import AsApprover, AsJson, ControllerName
from infra.cli.session import (
    Session,
    approver,
    begin,
    chosen,
    entered,
    owner_of,
    subject_of,
)
from infra.footprint import Footprint, footprint_of
from infra.house import House
from infra.upkeep import resume_erasures

Person = tuple[ControllerId, SubjectId]

_Subject = Annotated[str | None, typer.Argument(metavar="SUBJECT", help="The person's id, a UUID.")]
_Category = Annotated[
    str | None,
    typer.Option(
        "--category", metavar="NAME", help="Only this category: profile, documents/ID and so on."
    ),
]
_Reason = Annotated[
    ErasureReason,
    typer.Option("--reason", metavar="WHY", help=f"One of: {', '.join(ErasureReason)}."),
]

_DryRun = Annotated[bool, typer.Option("--dry-run", help="Show the footprint and erase nothing.")]
_Alone = Annotated[
    bool, typer.Option("--alone", help="Only this stream, not those merged with it.")
]
_NoSuppression = Annotated[
    bool,
    typer.Option(
        "--no-suppression", help="She wants to be welcome again: leave no pointer to her."
    ),
]
_Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


def erase(  # noqa: PLR0913 - each is an option of the command
    *,
    subject: _Subject = None,
    email: Email = None,
    phone: Phone = None,
    source: SourceName = None,
    remote_id: RemoteId = None,
    controller: ControllerName = None,
    category: _Category = None,
    reason: _Reason,
    dry_run: _DryRun = False,
    alone: _Alone = False,
    no_suppression: _NoSuppression = False,
    yes: _Yes = False,
    as_user: AsApprover = None,
    as_json: AsJson = False,
) -> None:
    """Erase a person by destroying her keys: log, views, queues and backups become unreadable.

    Shows the footprint and asks first; streams merged with hers go too. An address that several
    people have lists their ids, erases none and exits 2. An e-mail address given is kept under a
    key of its own for the closing letter, at most 30 days. Where she asked for it, pointers to her
    addresses keep her from being approached again. Cut short, it is finished by the next. Where
    two people are wanted it waits: see erasures approve.

    Example: glemmebok erase --email someone@example.com --reason request --dry-run
    """
    _check_welcome(category, no_suppression=no_suppression)
    session = begin(as_json=as_json)
    with entered(session) as house:
        done = Done([] if dry_run else resume_erasures(house), [])
        person = _person(session, house, (subject, (email, phone, source, remote_id)), controller)
        footprint = footprint_of(house, *person, category, alone=alone)
        _require_known(house, person, footprint)
        if not dry_run and not footprint.nothing_left:
            who = approver(house, as_user)
            request = Request(person[1], category, reason, who, email, no_suppression)
            _ask(session, footprint, yes=yes)
            done = _begun(house, person[0], _with_group(request, footprint))
    _tell(session, footprint, done, dry_run=dry_run)


@dataclass(frozen=True, slots=True)
class Done:
    """What became of an erasure: it is done, or waits for a second person until a day."""

    receipts: list[Receipt]
    waiting: list[tuple[Waiting, date]]


def _begun(house: House, controller: ControllerId, requests: Sequence[Request]) -> Done:
    """Erase, or leave it waiting where the controller wants two people."""
    second = house.second_person()
    if second.needed(controller):
        waiting = second.ask(controller, requests)
        return Done([], [(one, _due(house, controller, one)) for one in waiting])
    return Done(house.erasure().erase(controller, requests), [])


def _due(house: House, controller: ControllerId, one: Waiting) -> date:
    """Return the day by which a request must be answered: as promised, at the latest in a month."""
    policy = house.promises()(controller).on(house.clock.now())
    promised = None if policy is None else policy.settings.response_days
    return due_for_request(civil_date(one.since), promised)


def _with_group(request: Request, footprint: Footprint) -> list[Request]:
    """Ask for the streams merged with hers too; the letter goes out once."""
    others = [replace(request, subject=one, letter_to=None) for one in footprint.group]
    return [request, *others]


def _check_welcome(category: str | None, *, no_suppression: bool) -> None:
    """Refuse a flag that would say nothing.

    Raises:
        UsageMistake: the erasure of a category leaves no pointer in any case.
    """
    if no_suppression and category is not None:
        message = "--no-suppression is for a whole person: a category leaves no pointer"
        raise UsageMistake(message)


def _person(
    session: Session, house: House, named: tuple[str | None, Address], controller: str | None
) -> Person:
    """Resolve what was given to exactly one person.

    Raises:
        UsageMistake: nobody or several people match, or an id came with an address.
    """
    subject, address = named
    if subject is None:
        return _one_of(session, house, _matching(house, address, controller))
    if any(part is not None for part in address):
        message = "give the person's id or an address, not both"
        raise UsageMistake(message)
    person = subject_of(subject)
    return owner_of(house, person, controller), person


def _matching(house: House, address: Address, controller: str | None) -> list[Person]:
    wanted = address_of(address)
    found: list[Person] = []
    for one in chosen(house, controller):
        if isinstance(wanted, Contact):
            found.extend((one, person) for person in house.keyring.find_contact(one, wanted))
        elif (person := house.keyring.find_source(one, wanted)) is not None:
            found.append((one, person))
    return found


def _one_of(session: Session, house: House, found: list[Person]) -> Person:
    """Return the only person; list the ids when there are several.

    Raises:
        UsageMistake: there are several, or nobody.
    """
    if not found:
        raise UsageMistake(session.words.text("empty", "find"))
    if len(found) == 1:
        return found[0]
    if session.out.as_json:
        people = [{"controller": house.slug_of(c), "subject": s} for c, s in found]
        session.out.result({"erased": [], "matches": people})
    else:
        for controller, person in found:
            session.out.line(f"{person}  {house.slug_of(controller)}")
    message = f"{len(found)} people match and nothing is erased: name one by its id"
    raise UsageMistake(message)


def _require_known(house: House, person: Person, footprint: Footprint) -> None:
    """Refuse a category that was never hers: a misspelt one must not look like an erased one.

    Raises:
        UsageMistake: she has nothing of this category.
    """
    if footprint.category is None or not footprint.nothing_left or footprint.erased:
        return
    hers = ", ".join(sorted(footprint_of(house, *person, None).keys)) or "none"
    message = f"subject {person[1]} has no key of that category; hers: {hers}"
    raise UsageMistake(message)


def _ask(session: Session, footprint: Footprint, *, yes: bool) -> None:
    """Show the footprint and ask, unless told not to; without a terminal nobody can be asked.

    Raises:
        UsageMistake: nobody can answer.
    """
    if yes:
        return
    if session.out.as_json or not sys.stdin.isatty():
        message = "nobody is there to confirm; add --yes, or --dry-run to look first"
        raise UsageMistake(message)
    _print_footprint(session, footprint)
    if not typer.confirm(session.words.text("erase", "ask")):
        session.out.line(session.words.text("erase", "kept"))
        raise typer.Exit(Exit.DONE)


def _tell(session: Session, footprint: Footprint, done: Done, *, dry_run: bool) -> None:
    words, out = session.words, session.out
    hers = {footprint.subject, *footprint.group}
    receipts = [one for one in done.receipts if one.subject in hers]
    if out.as_json:
        erased = [documents.receipt(receipt) for receipt in receipts]
        waiting = [_waiting(one, day) for one, day in done.waiting]
        told = {"erased": erased, "waiting": waiting, "dry_run": dry_run}
        out.result(told | {"footprint": footprint.as_json()})
    elif receipts or done.waiting:
        for receipt in receipts:
            print_receipt(session, receipt)
        for one, day in done.waiting[:1]:
            until = words.text("erase", "waits_until", day=day)
            out.line(words.text("erase", "waits", due=until, erasure=one.erasure_id))
    elif footprint.nothing_left:
        out.line(words.text("erase", "already" if footprint.erased else "nothing"))
    else:
        _print_footprint(session, footprint)
        out.line(words.text("erase", "dry_run"))


def _waiting(one: Waiting, due: date) -> dict[str, object]:
    return {
        "erasure_id": one.erasure_id,
        "subject": one.subject,
        "category": one.category,
        "requested_at": iso_of(one.since),
        "due_on": due.isoformat(),
    }


def print_receipt(session: Session, receipt: Receipt) -> None:
    """Print what an ended erasure leaves."""
    words, out = session.words, session.out
    when = iso_of(receipt.destroyed_at)
    out.line(words.text("erase", "done", when=when, receipt=receipt.erasure_id))
    counts = {"tried": receipt.tokens_probed, "opened": receipt.tokens_opened}
    out.line(words.text("erase", "proof", keys=receipt.keys_destroyed, **counts))


def _print_footprint(session: Session, footprint: Footprint) -> None:
    """Print where her values are; what holds none of them is left out."""
    words, place = session.words, session.words.text
    rows: list[tuple[str, int]] = [(place("place", "facts"), footprint.facts)]
    for kind, group, counts in (
        ("key", "category", footprint.keys),
        ("token", "category", footprint.tokens),
        ("lookup", "contact", footprint.lookups),
        ("view", "view", footprint.views),
        ("recipient", "recipient", dict.fromkeys(footprint.recipients, 1)),
    ):
        for name, count in counts.items():
            told = words.category(name) if group == "category" else words.word(group, name)
            rows.append((place("place", kind, name=told), count))
    rows.append((place("place", "parked"), footprint.parked))
    headings = [words.text("column", name) for name in ("place", "count")]
    session.out.table(headings, [row for row in rows if row[1]], str(footprint.subject))
    if footprint.group:
        session.out.line(words.text("erase", "group", count=len(footprint.group)))
        for other in footprint.group:
            session.out.line(f"  {other}")
