"""No fact, state or token prints what it seals, and nothing that holds an address prints it."""

import dataclasses

import pytest

from domain import subject
from domain.answers import Present
from domain.fact import Fact
from domain.keyring import Contact, ContactKind, OpenRequest, SealRequest, SourceRef
from domain.values import Sealed
from tests.domain.deciding import OF_PERSONS
from tests.examples import (
    entry,
    every_fact,
    fact_id,
    part,
    source_linked,
    stamp,
)
from tests.examples import subject as person

CANARY = "Canary Kanarifugl"
TOKEN = CANARY.encode()
FORMS = (CANARY, TOKEN.hex(), "Kanarifugl", repr(TOKEN))


def printed(value: object) -> str:
    """Return everything a log line could make of a value."""
    return f"{value!r} {value!s} {value}"


def leaks(value: object) -> list[str]:
    return [form for form in FORMS if form in printed(value)]


def marked(fact: Fact) -> Fact:
    """Return the fact with the canary in its only token."""
    made: Fact = dataclasses.replace(
        fact,  # type: ignore[type-var]  # every fact is a dataclass
        sealed=(part(token=TOKEN),),
    )
    return made


every_marked = pytest.mark.parametrize(
    "fact", [marked(fact) for fact in every_fact()], ids=lambda fact: fact.TOPIC
)


@pytest.mark.requirement("A22")
@every_marked
def test_a_fact_does_not_print_its_tokens(fact: Fact) -> None:
    assert leaks(fact) == []


@every_marked
def test_an_entry_does_not_print_its_tokens(fact: Fact) -> None:
    assert leaks(entry(fact)) == []


@pytest.mark.parametrize("fact", [marked(fact) for fact in OF_PERSONS], ids=lambda fact: fact.TOPIC)
def test_a_state_does_not_print_its_tokens(fact: Fact) -> None:
    assert leaks(subject.evolve(subject.EMPTY, stamp(), fact)) == []


def test_the_state_that_was_printed_held_the_token() -> None:
    link = source_linked(sealed=(part(token=TOKEN),))
    state = subject.evolve(subject.EMPTY, stamp(), link)
    assert state.sources[stamp().source].token == TOKEN


@pytest.mark.requirement("A22")
@pytest.mark.parametrize(
    "holder",
    [
        Sealed(TOKEN),
        part(token=TOKEN),
        Present(TOKEN),
        Contact(ContactKind.EMAIL, CANARY),
        SourceRef("fjordtalent", CANARY),
        SealRequest(person(), fact_id(), "profile", "candidate.registered", TOKEN),
        OpenRequest(person(), fact_id(), "profile", "candidate.registered", TOKEN),
    ],
    ids=lambda holder: type(holder).__name__,
)
def test_a_holder_of_a_value_does_not_print_it(holder: object) -> None:
    assert leaks(holder) == []


def test_a_leak_would_be_found() -> None:
    assert leaks(TOKEN) != []
