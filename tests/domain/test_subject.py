"""The person: the composed state, its counts, and what is left of it after an erasure."""

import pytest

from domain import subject
from domain.catalogue import FACTS
from domain.erasure import End, ErasureState
from domain.fact import Fact
from domain.subject import SubjectState
from tests.domain.deciding import OF_PERSONS, given, when
from tests.examples import (
    SOURCE,
    approved,
    document_category,
    erased,
    erasure_id,
    every_fact,
    fact_id,
    ordered,
    part,
    registered,
    requested,
    section_stated,
    source_linked,
    stamp,
    submitted,
    uploaded,
)

EVERYTHING = (source_linked(), registered(), submitted(), uploaded())


@pytest.mark.parametrize("fact", OF_PERSONS, ids=lambda fact: fact.TOPIC)
def test_every_fact_in_the_catalogue_is_folded(fact: Fact) -> None:
    assert subject.evolve(subject.EMPTY, stamp(), fact).facts == 1


@pytest.mark.parametrize("fact", OF_PERSONS, ids=lambda fact: fact.TOPIC)
def test_every_fact_in_the_catalogue_is_decided(fact: Fact) -> None:
    assert subject.decide(subject.EMPTY, stamp(), fact) != ()


def test_every_class_in_the_catalogue_has_an_example() -> None:
    assert tuple([type(fact) for fact in every_fact()]) == FACTS


def test_the_empty_state_is_never_changed_by_folding() -> None:
    given(*EVERYTHING)
    assert SubjectState() == subject.EMPTY


def test_the_fact_just_folded_decides_nothing_even_as_history() -> None:
    state = subject.evolve(given(section_stated(), section_stated()), stamp(0), section_stated())
    assert when(state, section_stated(), n=0) == ()


def test_a_state_counts_its_facts() -> None:
    assert given(*EVERYTHING).facts == 4


def test_a_state_counts_its_tokens_by_category() -> None:
    assert given(*EVERYTHING).tokens == {
        "profile": 3,
        "communications": 1,
        document_category(): 1,
    }


def test_tokens_that_outlive_the_person_are_not_counted_as_hers() -> None:
    asked = requested(1, sealed=(part("request/00000000-0000-4000-8000-000000000001"),))
    assert given(asked, approved(), ordered()).tokens == {}


def test_an_erased_category_counts_no_tokens() -> None:
    name = "communications"
    state = given(*EVERYTHING, requested(1, name), approved(), ordered(1, name), erased(1, name))
    assert state.tokens == {"profile": 3, document_category(): 1}


def test_a_category_used_again_counts_its_new_tokens_only() -> None:
    name = "communications"
    fence = (requested(1, name), approved(), ordered(1, name), erased(1, name))
    assert given(submitted(1), submitted(2), *fence, submitted(3)).tokens[name] == 1


def test_nothing_of_an_erased_person_is_left_but_the_erasure() -> None:
    state = given(*EVERYTHING, requested(), approved(), ordered(), erased())
    assert state == SubjectState(
        facts=8,
        last=fact_id(8),
        erasure=ErasureState(None, {erasure_id(1): None}, End.ERASED),
    )


def test_a_fenced_person_still_knows_whom_to_notify() -> None:
    assert SOURCE in given(*EVERYTHING, requested(), approved(), ordered()).sources
