"""Merged people: one situation, one date, one end; and who is paged apart is found."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from consumers.groups import people, person_of
from consumers.sweep import SweepPoint
from consumers.sweep_report import Outcome
from domain.communication import MessageReceived
from domain.legal_holds import LegalHoldPlaced
from domain.merging import Released, UnmergedFrom
from domain.policy_terms import Trigger
from domain.portal import CandidatePortalLoggedIn
from domain.postponing import Postponed
from domain.values import SubjectId
from tests.consumers.populace import Populace
from tests.domain.promises import DAY, RULE, policy
from tests.life_examples import known_as

DUE = date(2026, 7, 1)
LATE = DAY + timedelta(days=10)
SIGNED_IN = replace(RULE, trigger=Trigger.LAST_LOGIN, fallback=Trigger.REGISTERED, warn_days=5)


@pytest.fixture
def populace() -> Populace:
    return Populace()


@pytest.fixture
def pair(populace: Populace) -> list[SubjectId]:
    """Know one person twice: registered on the day, and again ten days later."""
    made = [populace.person(DAY), populace.person(LATE)]
    populace.merge(made[1], made[0], LATE)
    return made


def test_a_merged_person_is_erased_whole_on_her_earliest_day(
    populace: Populace, pair: list[SubjectId]
) -> None:
    swept = populace.sweep(DUE, policy())
    assert (swept.people, swept.persons) == (1, 1)
    assert [populace.readable(person) for person in pair] == [False, False]


def test_what_keeps_one_stream_keeps_the_other(populace: Populace, pair: list[SubjectId]) -> None:
    populace.a(pair[1], LATE, CandidatePortalLoggedIn)
    assert populace.sweep(DUE, policy(SIGNED_IN)).erasures == 0
    assert populace.sweep(date(2026, 7, 11), policy(SIGNED_IN)).persons == 1


@pytest.mark.parametrize("held", [0, 1])
def test_a_hold_of_one_stream_binds_both(
    populace: Populace, pair: list[SubjectId], held: int
) -> None:
    populace.a(pair[held], LATE, LegalHoldPlaced, category=None, until_at=None)
    assert populace.sweep(DUE, policy()).postponed == {Postponed.HOLD: 1}
    assert all(populace.readable(person) for person in pair)


@pytest.mark.parametrize("held", [0, 1])
def test_a_hold_that_comes_between_keeps_both(
    populace: Populace, pair: list[SubjectId], held: int
) -> None:
    def hold(point: SweepPoint) -> None:
        if point is SweepPoint.RECORDED:
            populace.a(pair[held], LATE, LegalHoldPlaced, category=None, until_at=None)

    other = populace.person(DAY)
    assert populace.sweep(DUE, policy(), reached=hold).persons == 1
    assert [populace.readable(person) for person in (*pair, other)] == [True, True, False]


def test_a_warning_stands_in_both_streams_and_counts_once(
    populace: Populace, pair: list[SubjectId]
) -> None:
    swept = populace.sweep(date(2026, 6, 28), policy(SIGNED_IN))
    assert swept.count(Outcome.WARNED) == 1
    assert {populace.topics(person)[-1] for person in pair} == {
        "subject.retention-expiry-scheduled"
    }


def test_a_category_goes_from_the_streams_that_have_it(
    populace: Populace, pair: list[SubjectId]
) -> None:
    populace.a(pair[1], LATE, MessageReceived)
    letters = replace(RULE, categories=("communications",))
    assert populace.sweep(DUE, policy(letters)).categories == 1
    assert "subject.erased" not in populace.topics(pair[0])
    assert populace.sweep(DUE, policy(letters)).erasures == 0


def test_people_found_to_be_two_end_apart(populace: Populace, pair: list[SubjectId]) -> None:
    populace.a(pair[1], LATE, UnmergedFrom, survivor=pair[0], merge_id=known_as("merge_id"))
    populace.a(pair[0], LATE, Released, merged=pair[1], merge_id=known_as("merge_id"))
    assert populace.sweep(DUE, policy()).people == 2
    assert [populace.readable(person) for person in pair] == [False, True]


def test_streams_on_other_pages_are_one_person(populace: Populace) -> None:
    made = [populace.person(DAY) for _ in range(7)]
    for n in (1, 2, 3):
        populace.merge(made[n - 1], made[n], LATE, n)
    walked = people(populace.side.log, populace.side.controller, page=2)
    sizes = sorted(len(person) for page in walked for person in page)
    assert sizes == [1, 1, 1, 4]


def test_any_stream_leads_to_all_of_them(populace: Populace) -> None:
    made = [populace.person(DAY) for _ in range(3)]
    populace.merge(made[0], made[1], LATE, 1)
    populace.merge(made[1], made[2], LATE, 2)
    for person in made:
        streams = person_of(populace.side.log, populace.side.controller, person)
        assert (set(streams), next(iter(streams))) == (set(made), person)


def test_an_erased_stream_is_no_part_of_her(populace: Populace, pair: list[SubjectId]) -> None:
    populace.side.erase(pair[0])
    assert set(person_of(populace.side.log, populace.side.controller, pair[1])) == {pair[1]}
