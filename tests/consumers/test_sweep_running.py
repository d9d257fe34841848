"""How a sweep runs: on which days, dry, limited, cut short, and with others at work beside it."""

from dataclasses import replace
from datetime import date

import pytest

from consumers.ports import Batch, VersionConflict
from consumers.sweep import NotYet, SweepPoint
from consumers.sweep_report import Outcome
from domain.legal_holds import LegalHoldPlaced
from domain.policy_terms import Trigger
from domain.postponing import Postponed
from domain.values import SubjectId
from tests.consumers.populace import Populace
from tests.consumers.side import Crash
from tests.consumers.test_sweep import DUE, END, EVE, WARNED
from tests.domain.promises import DAY, RULE, noon, policy
from tests.examples import submitted


@pytest.fixture
def populace() -> Populace:
    return Populace()


def erased(populace: Populace, person: SubjectId) -> bool:
    return not populace.readable(person)


def test_a_day_that_has_not_come_is_not_swept(populace: Populace) -> None:
    populace.person(DAY)
    with pytest.raises(NotYet):
        populace.sweep(DUE, policy(), today=False)


def test_a_dry_run_tells_of_a_day_to_come_and_changes_nothing(populace: Populace) -> None:
    person = populace.person(DAY)
    before = list(populace.side.log.log)
    swept = populace.sweep(DUE, policy(), dry_run=True, today=False)
    assert (swept.persons, [one.subjects for one in swept.first]) == (1, [frozenset({person})])
    assert populace.side.log.log == before


def test_a_dry_run_knows_of_a_hold_that_will_have_ended(populace: Populace) -> None:
    person = populace.person(DAY)
    populace.a(person, DAY, LegalHoldPlaced, category=None, until_at=noon(DUE))
    assert populace.sweep(DUE, policy(), dry_run=True, today=False).persons == 1


def test_a_limit_leaves_the_rest_for_the_next_run(populace: Populace) -> None:
    people = [populace.person(DAY) for _ in range(3)]
    first = populace.sweep(DUE, policy(), limit=2)
    assert (first.persons, first.count(Outcome.LEFT)) == (2, 1)
    assert populace.sweep(DUE, policy(), limit=2).persons == 1
    assert all(erased(populace, person) for person in people)


def test_a_limit_holds_for_all_pages_together(
    populace: Populace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("consumers.sweep_deciding.FACTS", 1)
    for _ in range(4):
        populace.person(DAY)
    swept = populace.sweep(DUE, policy(), limit=2)
    assert (swept.people, swept.persons, swept.count(Outcome.LEFT)) == (4, 2, 2)


def test_who_is_left_for_the_next_run_has_not_expired(populace: Populace) -> None:
    person = populace.person(DAY)
    populace.sweep(DUE, policy(), limit=0)
    assert "subject.retention-expired" not in populace.topics(person)


def test_a_hold_that_comes_between_takes_her_out_and_the_others_go_on(populace: Populace) -> None:
    people = [populace.person(DAY) for _ in range(3)]

    def hold(point: SweepPoint) -> None:
        if point is SweepPoint.RECORDED:
            populace.a(people[1], DUE, LegalHoldPlaced, category=None, until_at=None)

    swept = populace.sweep(DUE, policy(), reached=hold)
    assert (swept.persons, swept.postponed) == (2, {Postponed.HOLD: 1})
    assert [erased(populace, person) for person in people] == [True, False, True]


def test_a_stream_that_moves_meanwhile_is_decided_again(populace: Populace) -> None:
    rule = replace(RULE, trigger=Trigger.LAST_USED)
    person = populace.person(DAY)

    def used(_batch: Batch) -> None:
        populace.tell(person, EVE, submitted())

    other = populace.person(DAY)
    populace.side.log.before.append(used)
    assert populace.sweep(DUE, policy(rule)).persons == 1
    assert [erased(populace, one) for one in (person, other)] == [False, True]


def test_streams_that_keep_moving_are_left_for_the_next_run(populace: Populace) -> None:
    populace.person(DAY)

    def moved(_batch: Batch) -> None:
        raise VersionConflict

    populace.side.log.before.extend([moved] * 20)
    swept = populace.sweep(DUE, policy())
    assert (swept.erasures, swept.count(Outcome.LEFT)) == (0, 1)


@pytest.mark.parametrize("point", SweepPoint)
def test_a_sweep_that_was_cut_short_is_finished_by_the_next(
    populace: Populace, point: SweepPoint
) -> None:
    people = [populace.person(DAY), populace.person(date(2026, 6, 25))]

    def die(now_at: SweepPoint) -> None:
        if now_at is point:
            raise Crash(point)

    with pytest.raises(Crash):
        populace.sweep(DUE, policy(WARNED), reached=die)
    populace.sweep(DUE, policy(WARNED))
    assert [erased(populace, person) for person in people] == [True, False]
    assert populace.topics(people[0])[1:] == END
