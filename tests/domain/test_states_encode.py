"""States are stored beside the log: they survive it, and stay small."""

from dataclasses import replace

import msgspec

from domain import subject
from domain.application import Stage
from domain.erasure import ErasureFact
from domain.fact import Fact
from domain.profile import Section
from domain.subject import SubjectState
from tests.domain.deciding import OF_PERSONS, given
from tests.examples import (
    approved,
    deleted,
    erased,
    ordered,
    part,
    registered,
    rejected,
    requested,
    section_stated,
    source_linked,
    stage_changed,
    stamp,
    submitted,
    uploaded,
)

TOKEN_BYTES = 110
"""A token of a short remote id: 80 bytes of frame and a packed map."""


def a_long_history() -> tuple[Fact, ...]:
    """Return 40 facts: a profile, five applications through three stages each, four documents."""
    applications = range(1, 6)
    documents = range(1, 5)
    return (
        source_linked((part(token=bytes(TOKEN_BYTES)),)),
        registered(),
        *[section_stated(section) for section in Section],
        *[submitted(n) for n in applications],
        *[
            stage_changed(n, stage)
            for n in applications
            for stage in (Stage.SCREENING, Stage.INTERVIEW, Stage.OFFER)
        ],
        *[rejected(n) for n in applications],
        *[uploaded(n) for n in documents],
        deleted(1),
    )


def before_lives() -> SubjectState:
    """Return the same state without what lives and anchors add."""
    return replace(given(*a_long_history()), life=None, anchors=None)


def stored(state: SubjectState) -> bytes:
    return msgspec.msgpack.encode(state)


def test_the_history_is_of_forty_facts() -> None:
    assert len(a_long_history()) == 40


def test_a_stored_state_is_read_as_it_was() -> None:
    state = given(*a_long_history())
    assert msgspec.msgpack.decode(stored(state), type=SubjectState) == state


def test_an_erased_state_is_read_as_it_was() -> None:
    state = given(*a_long_history(), requested(), approved(), ordered(), erased())
    assert msgspec.msgpack.decode(stored(state), type=SubjectState) == state


def test_the_state_of_forty_facts_fits_in_two_kibibytes() -> None:
    assert len(stored(given(*a_long_history()))) <= 2048


def test_the_state_of_an_erased_person_is_small() -> None:
    state = given(*a_long_history(), requested(), approved(), ordered(), erased())
    assert len(stored(state)) <= 256


def test_the_empty_state_is_small() -> None:
    assert len(stored(subject.EMPTY)) <= 160


def test_a_life_that_is_not_used_takes_a_few_bytes() -> None:
    assert len(stored(given(*a_long_history()))) - len(stored(before_lives())) <= 128


def test_the_state_of_every_kind_of_fact_is_read_as_it_was() -> None:
    state = subject.EMPTY
    for n, fact in enumerate(OF_PERSONS, start=1):
        if not isinstance(fact, ErasureFact):
            state = subject.evolve(state, stamp(n), fact)
    assert msgspec.msgpack.decode(stored(state), type=SubjectState) == state
