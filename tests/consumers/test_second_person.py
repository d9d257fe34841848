"""Where a controller wants two people for an erasure, one asks and an officer else approves."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from consumers import accounts
from consumers.accounts import AccountRefused
from consumers.controller_stream import ControllerStream
from consumers.erasure_ports import Doors, ErasureRefused
from consumers.ports import Batch
from consumers.promises import Promise
from consumers.second_person import SecondPerson, Waiting
from domain.answers import Present, Shredded
from domain.decisions import RefusalReason
from domain.erasure import ErasureOrdered, ErasureReason
from domain.keyring import OpenRequest
from domain.policy_gate import NOBODY
from domain.users import UserRole
from domain.values import ErasureId
from infra.random_ids import random_id
from tests.consumers.feed import STATED, Feed
from tests.consumers.side import Side, request
from tests.domain.promises import RULE, SETTINGS, policy
from tests.examples import numbered

FIRST, SECOND, THIRD = (numbered("user", n) for n in (1, 2, 3))
TWO = Promise((policy(RULE, settings=replace(SETTINGS, second_approver=True)),), NOBODY)
ADDRESS = "kari.eksempel@example.com"

pytestmark = pytest.mark.requirement("A23", "A168")


@pytest.fixture
def taken(side: Side, feed: Feed) -> Side:
    return with_officers(side, feed)


def with_officers(side: Side, feed: Feed) -> Side:
    """Know r-1 and r-2, and two officers beside somebody who is none."""
    side.take(feed.items)
    side.project()
    for user in (FIRST, SECOND):
        assert accounts.register(stream(side), user, UserRole.OFFICER, FIRST)
    assert accounts.register(stream(side), THIRD, UserRole.RECRUITER, FIRST)
    return side


def stream(side: Side) -> ControllerStream:
    return ControllerStream(side.log, side.controller, side.clock.now, random_id)


def doors(side: Side) -> Doors:
    return replace(side.doors(), promises=lambda _controller: TWO)


def second_person(side: Side) -> SecondPerson:
    return SecondPerson(doors(side), side.clock.now, random_id, side.waits.append)


def ask(side: Side, *people: str, **wishes: object) -> list[Waiting]:
    asked = [replace(request(side.person(one)), **wishes) for one in people or ("r-1",)]  # type: ignore[arg-type]  # a field each
    return second_person(side).ask(side.controller, asked)


def approve(side: Side, user: object = SECOND, *people: str, **more: object) -> int:
    made = [replace(request(side.person(p)), approver=user, **more) for p in people or ("r-1",)]  # type: ignore[arg-type]  # a field each
    return len(side.erasure(doors=doors(side)).erase(side.controller, made))


def refused(side: Side, user: object = SECOND, **more: object) -> RefusalReason:
    with pytest.raises(ErasureRefused) as caught:
        approve(side, user, **more)
    return caught.value.reason


def readable(side: Side) -> bool:
    return all(isinstance(answer, Present) for answer in side.open_log(side.person()))


def test_who_asks_leaves_it_waiting(taken: Side) -> None:
    (waiting,) = ask(taken)
    assert waiting.since == taken.clock.instant
    assert taken.topics(taken.person())[-1] == "subject.erasure-requested"
    assert readable(taken)


def test_a_person_who_waits_lives_on(taken: Side, feed: Feed) -> None:
    ask(taken)
    feed.tell(topic=STATED, event="later")
    taken.again(feed)
    assert taken.topics(taken.person())[-1] == STATED


def test_asking_again_joins_what_waits(taken: Side) -> None:
    assert ask(taken) == ask(taken, approver=SECOND)
    assert taken.topics(taken.person()).count("subject.erasure-requested") == 1


def test_without_asking_nothing_is_fenced(taken: Side) -> None:
    assert refused(taken) is RefusalReason.NOT_APPROVED
    assert readable(taken)


def test_who_asked_does_not_approve(taken: Side) -> None:
    ask(taken)
    assert refused(taken, FIRST) is RefusalReason.SAME_PERSON
    assert readable(taken)


@pytest.mark.parametrize("user", [THIRD, numbered("user", 9)], ids=["recruiter", "unknown"])
def test_who_is_no_officer_does_not_approve(taken: Side, user: object) -> None:
    ask(taken)
    assert refused(taken, user) is RefusalReason.NO_OFFICER


def test_a_deactivated_officer_does_not_approve(taken: Side) -> None:
    ask(taken)
    accounts.deactivate(stream(taken), SECOND, FIRST)
    assert refused(taken) is RefusalReason.NO_OFFICER


def test_an_officer_who_goes_meanwhile_does_not_approve(taken: Side) -> None:
    """She is judged by the stream as it stands when the order is appended."""
    ask(taken)

    def goes(_batch: Batch) -> None:
        taken.log.before.clear()
        accounts.deactivate(stream(taken), SECOND, FIRST)

    taken.log.before.append(goes)
    assert refused(taken) is RefusalReason.NO_OFFICER
    assert readable(taken)


def test_another_officer_approves_and_it_is_done(taken: Side) -> None:
    (waiting,) = ask(taken, reason=ErasureReason.OBJECTION)
    person = taken.person()
    assert approve(taken, answers=waiting.erasure_id) == 1
    assert set(taken.open_log(person)) == {Shredded()}


def test_another_request_than_the_one_named_is_not_approved(taken: Side) -> None:
    ask(taken)
    other = ErasureId(random_id())
    assert refused(taken, answers=other) is RefusalReason.NOT_REQUESTED


def test_it_waits_although_the_policy_has_changed_since(taken: Side) -> None:
    ask(taken)
    asked = replace(request(taken.person()), approver=numbered("user", 9))
    with pytest.raises(ErasureRefused):
        taken.erasure().erase(taken.controller, [asked])


def test_people_asked_for_together_wait_together_or_not_at_all(taken: Side) -> None:
    ask(taken, "r-2", category="profile")
    with pytest.raises(ErasureRefused):
        ask(taken, "r-1", "r-2")
    assert "subject.erasure-requested" not in taken.topics(taken.person())


@pytest.mark.parametrize("waits", [False, True])
def test_what_a_policy_decided_is_not_held_up(taken: Side, waits: bool) -> None:  # noqa: FBT001 - a column of the table
    if waits:
        ask(taken)
    assert approve(taken, numbered("user", 9), by_policy=True) == 1


def letters(side: Side) -> Sequence[OpenRequest]:
    return [
        OpenRequest(e.subject, e.stamp.fact_id, p.category, e.fact.TOPIC, p.sealed.token)
        for e in side.log.log
        for p in e.fact.sealed
        if isinstance(e.fact, ErasureOrdered) and p.category.startswith("request/")
    ]


def test_the_closing_letter_goes_where_who_asked_said(taken: Side) -> None:
    ask(taken, letter_to=ADDRESS)
    approve(taken)
    answers = taken.keyring.open(taken.controller, letters(taken))
    assert answers == [Present(ADDRESS.encode())]


def test_the_letter_of_a_restricted_person_is_found(taken: Side) -> None:
    ask(taken, letter_to=ADDRESS)
    taken.keyring.suspend(taken.controller, [taken.person()])
    approve(taken)
    assert len(letters(taken)) == 1


def test_who_wants_to_be_welcome_again_is_so_after_the_approval(taken: Side) -> None:
    ask(taken, welcome=True)
    person = taken.person()
    approve(taken)
    assert "candidate.outreach-opted-in" in taken.topics(person)


@pytest.mark.parametrize("user", [FIRST, SECOND], ids=["takes it back", "an officer"])
def test_a_declined_request_is_over(taken: Side, user: object) -> None:
    ask(taken)
    second_person(taken).decline(taken.controller, [taken.person()], user)  # type: ignore[arg-type]  # an account's id
    assert refused(taken) is RefusalReason.NOT_APPROVED
    assert [one.since for one in ask(taken)] == [taken.clock.instant]


def test_a_stranger_declines_nothing(taken: Side) -> None:
    ask(taken)
    with pytest.raises(ErasureRefused) as caught:
        second_person(taken).decline(taken.controller, [taken.person()], THIRD)
    assert caught.value.reason is RefusalReason.NO_OFFICER


def test_where_nothing_waits_there_is_nothing_to_decline(taken: Side) -> None:
    with pytest.raises(ErasureRefused) as caught:
        second_person(taken).decline(taken.controller, [taken.person()], SECOND)
    assert caught.value.reason is RefusalReason.NOT_REQUESTED


def test_who_is_no_officer_registers_nobody(taken: Side) -> None:
    with pytest.raises(AccountRefused):
        accounts.register(stream(taken), numbered("user", 9), UserRole.OFFICER, THIRD)


def test_the_first_officer_is_registered_by_anybody(side: Side) -> None:
    assert accounts.register(stream(side), FIRST, UserRole.OFFICER, THIRD)


def test_registering_twice_changes_nothing(taken: Side) -> None:
    assert not accounts.register(stream(taken), SECOND, UserRole.OFFICER, FIRST)


def test_a_deactivated_account_is_registered_again(taken: Side) -> None:
    accounts.deactivate(stream(taken), SECOND, FIRST)
    assert accounts.register(stream(taken), SECOND, UserRole.OFFICER, FIRST)
    ask(taken)
    assert approve(taken) == 1
