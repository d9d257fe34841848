"""What retention is reckoned from: first and last moments, and what counts as use."""

import pytest

from domain.communication import MessageSent, NoteAdded
from domain.disclosure import CandidatePresentedToClient, PresentationViewed
from domain.fact import Fact
from domain.outreach import CandidateReplied, OutreachSent
from domain.portal import CandidatePortalLoggedIn
from domain.purposes import ADVERTISING, Purpose
from domain.staffing import ContractFulfilled
from domain.subject import EMPTY
from domain.traits import TagAdded
from tests.domain.deciding import given, told
from tests.examples import (
    MINUTE,
    START,
    registered,
    section_stated,
    source_linked,
    stamp,
    submitted,
)
from tests.life_examples import example

NO_USE = [
    example(PresentationViewed),
    example(NoteAdded),
    example(TagAdded),
    example(CandidatePortalLoggedIn),
    section_stated(),
    source_linked(),
    *[example(MessageSent, purpose=purpose) for purpose in ADVERTISING],
]
USE = [
    submitted(),
    example(CandidatePresentedToClient),
    example(OutreachSent),
    example(CandidateReplied),
    example(MessageSent, purpose=Purpose.RECRUITMENT),
]


def at(n: int) -> int:
    return START + n * MINUTE


def test_nothing_anchors_a_person_of_whom_nothing_was_told() -> None:
    assert set(EMPTY.moments) == {None}


@pytest.mark.parametrize("fact", NO_USE, ids=lambda fact: fact.TOPIC)
def test_looking_noting_tagging_and_advertising_are_no_use(fact: Fact) -> None:
    assert given(registered(), fact).moments.last_used_at == at(1)


@pytest.mark.parametrize("fact", USE, ids=lambda fact: fact.TOPIC)
def test_applying_contacting_and_presenting_are_use(fact: Fact) -> None:
    assert given(registered(), fact).moments.last_used_at == at(2)


def test_a_follow_up_does_not_move_the_first_contact() -> None:
    state = given(example(OutreachSent), example(OutreachSent, 2))
    assert state.moments[1:3] == (at(1), at(2))


def test_an_earlier_contact_that_arrives_later_is_the_first() -> None:
    state = told((stamp(5), example(OutreachSent)), (stamp(2), example(OutreachSent, 2)))
    assert state.moments.first_contact_at == at(2)


def test_an_older_use_that_arrives_later_does_not_move_the_last() -> None:
    assert told((stamp(5), submitted()), (stamp(2), submitted(2))).moments.last_used_at == at(5)


def test_a_reply_is_remembered() -> None:
    assert given(example(OutreachSent), example(CandidateReplied)).moments.replied_at == at(2)


def test_a_sign_in_is_remembered() -> None:
    assert given(example(CandidatePortalLoggedIn)).moments.last_login_at == at(1)


def test_who_never_signed_in_has_her_registration() -> None:
    assert given(registered()).moments[::5] == (at(1), None)


def test_a_fulfilled_contract_is_remembered() -> None:
    assert given(example(ContractFulfilled)).moments.fulfilled_at == at(1)
