"""What the officer's commands share: whom they are about, their words, and how they are told.

A person may have several streams that were merged. What concerns her whole is done in each of them
in one transaction, or in none; every answer names the streams.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import typer

from consumers.groups import person_of
from consumers.rights import Recorded, RightRefused, Sealing
from domain.calendar import civil_date, day_begins
from domain.decisions import Decision, Refused
from domain.fact import HOUSE, Fact
from domain.values import ControllerId, Instant, SubjectId
from infra.cli.exits import UsageMistake
from infra.cli.rendering import sentence
from infra.cli.session import Session, begin, entered, owner_of, subject_of
from infra.house import House

Json = dict[str, object]

Subject = Annotated[
    str, typer.Argument(metavar="SUBJECT", help="The person's id, a UUID, as `find` prints it.")
]
Reason = Annotated[
    str | None,
    typer.Option("--reason", metavar="TEXT", help="Why, in words; sealed under her own key."),
]
Received = Annotated[
    datetime | None,
    typer.Option(
        "--received",
        formats=["%Y-%m-%d"],
        metavar="DATE",
        help="The day she said so, in Norway, when it was not today.",
    ),
]


@dataclass(frozen=True, slots=True)
class Officer:
    """One command about one person: ``streams`` are all that are hers, the one named first."""

    session: Session
    house: House
    controller: ControllerId
    subject: SubjectId
    streams: tuple[SubjectId, ...]

    @property
    def sealing(self) -> Sealing:
        """Seals what is written about a right under her keys."""
        return Sealing(self.house.keyring, self.controller)

    def moment(self, received: datetime | None) -> Instant | None:
        """Read the day something was received; None for now.

        Raises:
            UsageMistake: that day has not begun.
        """
        if received is None:
            return None
        at = day_begins(received.date())
        if at > self.house.clock.now():
            message = "--received names a day to come"
            raise UsageMistake(message)
        return at

    def tell(self, outcome: Recorded | Decision) -> None:
        """Print what was recorded.

        Raises:
            RightRefused: nothing was; her rights or a duty forbid it.
        """
        if isinstance(outcome, Refused):
            raise RightRefused(self.subject, outcome.reason)
        told = [one if isinstance(one, tuple) else (self.subject, one) for one in outcome]
        out, words = self.session.out, self.session.words
        if out.as_json:
            recorded = [_fact(subject, fact) for subject, fact in told]
            streams = list(self.streams)
            out.result({"subject": self.subject, "streams": streams, "recorded": recorded})
            return
        if not told:
            out.line(words.text("rights", "stands"))
        for subject, fact in told:
            out.line(f"{subject}  {sentence(words, fact.TOPIC, HOUSE, clear_of(fact))}")
        if len(self.streams) > 1:
            out.line(words.text("rights", "streams", count=len(self.streams)))


@contextmanager
def officer(subject: str, controller: str | None, *, as_json: bool) -> Iterator[Officer]:
    """Open the house for one command about one person.

    Raises:
        UsageMistake: nobody has this id, or she is no candidate of the controller.
    """
    session = begin(as_json=as_json)
    person = subject_of(subject)
    with entered(session) as house:
        owner = owner_of(house, person, controller)
        streams = tuple(person_of(house.store, owner, person))
        yield Officer(session, house, owner, person, streams)


def clear_of(fact: Fact) -> Json:
    """Name a fact's clear fields as the views do: enums as their words, instants as integers."""
    found: Json = {}
    for field in fields(fact):  # type: ignore[arg-type]  # every fact is a dataclass
        value = getattr(fact, field.name)
        if field.name != "sealed":
            found[field.name] = value.value if isinstance(value, StrEnum) else value
    return found


def end_of(day: datetime | None) -> Instant | None:
    """Return the instant at which a day is over in Norway; None for no day."""
    return None if day is None else day_begins(day.date() + timedelta(days=1))


def last_day(until: Instant | None) -> date | None:
    """Return the last day before an instant, as it was given to :func:`end_of`."""
    return None if until is None else civil_date(until - 1)


def only_one(asked: str | None, known: Sequence[UUID], option: str) -> UUID:
    """Return the one thing meant: the one named, or the only one there is.

    Raises:
        UsageMistake: there is none, there are several, or the one named is not among them.
    """
    if asked is None and len(known) == 1:
        return known[0]
    wanted = [one for one in known if str(one) == (asked or "").lower()]
    if wanted:
        return wanted[0]
    listed = ", ".join(str(one) for one in known) or "none"
    message = f"name one of hers with {option}: {listed}"
    raise UsageMistake(message)


def _fact(subject: SubjectId, fact: Fact) -> Json:
    return {"subject": subject, "fact": fact.TOPIC, "clear": clear_of(fact)}
