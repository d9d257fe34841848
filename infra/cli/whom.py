"""Whom a command about outreach means: a person by her id, or whoever has an address, or nobody."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import typer

from consumers.groups import person_of
from domain.keyring import Contact, ContactKind
from domain.values import ControllerId, SubjectId
from infra.cli.exits import UsageMistake
from infra.cli.session import controller_of, owner_of, subject_of
from infra.house import House

SomeSubject = Annotated[
    str | None, typer.Argument(metavar="SUBJECT", help="The person's id, a UUID.")
]
Linkedin = Annotated[
    str | None, typer.Option("--linkedin", metavar="URL", help="The address of a LinkedIn profile.")
]

Given = tuple[str | None, str | None, str | None, str | None]
"""Subject, e-mail, phone and LinkedIn url, as a command was given them."""


@dataclass(frozen=True, slots=True)
class Whom:
    """The streams that are meant, and the address that named them; either may be nothing.

    ``people`` has one stream of each person among them.
    """

    controller: ControllerId
    streams: Sequence[SubjectId]
    contacts: tuple[Contact, ...]
    people: Sequence[SubjectId] = ()


def contact_of(email: str | None, phone: str | None, linkedin: str | None) -> Contact:
    """Read the one address a command was given.

    Raises:
        UsageMistake: none or several were given.
    """
    kinds = (ContactKind.EMAIL, ContactKind.PHONE, ContactKind.LINKEDIN)
    given = zip(kinds, (email, phone, linkedin), strict=True)
    read = [Contact(kind, value) for kind, value in given if value is not None]
    if len(read) != 1:
        message = "give the person's id, or one of --email, --phone and --linkedin"
        raise UsageMistake(message)
    return read[0]


def whom_of(house: House, given: Given, slug: str | None) -> Whom:
    """Resolve what was given at one controller; merged streams are one person.

    Raises:
        UsageMistake: nothing or too much was given, nobody has this id, or an address came without
            its controller.
    """
    subject, *address = given
    if subject is not None and any(part is not None for part in address):
        message = "give the person's id or an address, not both"
        raise UsageMistake(message)
    if subject is not None:
        person = subject_of(subject)
        owner = owner_of(house, person, slug)
        return Whom(owner, tuple(person_of(house.store, owner, person)), (), (person,))
    contact = contact_of(*address)
    if slug is None:
        message = "say for which controller: --controller SLUG"
        raise UsageMistake(message)
    owner = controller_of(house, slug)
    streams: dict[SubjectId, None] = {}
    people: list[SubjectId] = []
    for found in house.keyring.find_contact(owner, contact):
        if found not in streams:
            people.append(found)
            streams |= dict.fromkeys(person_of(house.store, owner, found))
    return Whom(owner, tuple(streams), (contact,), tuple(people))
