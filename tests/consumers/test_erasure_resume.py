"""An erasure cut short anywhere is finished from where it stood; every step may be done twice."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from consumers.erasure import PAGE, Receipt
from consumers.erasure_ports import Step
from consumers.ports import Batch, LogUnavailable
from domain.answers import KeyUnavailable, Shredded
from domain.erasure import Scope
from domain.keyring import DestroyOrder, Destruction, JournalHead, OpenRequest
from domain.values import ControllerId, SubjectId
from tests.consumers.feed import Feed
from tests.consumers.side import Crash, Side, crash_at, request

ENDS = "subject.erased"


@pytest.fixture
def taken(side: Side, feed: Feed) -> Side:
    side.take(feed.items)
    side.project()
    return side


def cut_short(side: Side, step: Step, *people: SubjectId, category: str | None = None) -> None:
    with pytest.raises(Crash):
        side.erasure(crash_at(step)).erase(
            side.controller, [request(person, category) for person in people]
        )


def pending(side: Side) -> list[SubjectId]:
    return [erasure.subject for erasure in side.log.pending_erasures()]


@pytest.mark.parametrize("step", list(Step))
def test_an_erasure_cut_short_at_any_step_is_finished(taken: Side, step: Step) -> None:
    person = taken.person()
    cut_short(taken, step, person)
    receipts = taken.erasure().resume(taken.controller, pending(taken))
    assert len(receipts) == (0 if step is Step.ERASED else 1)
    assert taken.topics(person).count(ENDS) == 1
    assert set(taken.open_log(person)) == {Shredded()}
    assert [token for view in taken.views for token in view.probe(person)] == []
    assert len(taken.log.notices) == 1
    assert taken.keyring.journal_head(taken.controller).sequence == 1
    assert taken.anchored[-1] == taken.keyring.journal_head(taken.controller)
    assert pending(taken) == []


@pytest.mark.parametrize("step", list(Step))
def test_asking_again_finishes_what_was_cut_short(taken: Side, step: Step) -> None:
    person = taken.person()
    cut_short(taken, step, person)
    taken.erase(person)
    assert taken.topics(person).count("subject.erasure-ordered") == 1
    assert taken.topics(person).count(ENDS) == 1


@pytest.mark.parametrize("step", list(Step))
def test_a_category_erasure_cut_short_is_finished(taken: Side, step: Step) -> None:
    person = taken.person()
    cut_short(taken, step, person, category="communications")
    taken.erasure().resume(taken.controller, pending(taken))
    assert taken.topics(person).count(ENDS) == 1
    assert taken.keyring.live_epochs(taken.controller, [person], "communications") == [()]
    assert taken.person() == person


@pytest.mark.parametrize("first", list(Step))
@pytest.mark.parametrize("second", list(Step))
def test_an_erasure_cut_short_twice_is_finished(taken: Side, first: Step, second: Step) -> None:
    person = taken.person()
    cut_short(taken, first, person)
    for step in (second,):
        try:
            taken.erasure(crash_at(step)).resume(taken.controller, pending(taken))
        except Crash:
            continue
    taken.erasure().resume(taken.controller, pending(taken))
    assert taken.topics(person).count(ENDS) == 1
    assert taken.keyring.journal_head(taken.controller).sequence == 1


def test_a_page_cut_short_is_finished_for_everybody(taken: Side) -> None:
    people = [taken.person("r-1"), taken.person("r-2")]
    cut_short(taken, Step.ORDERED, *people)
    taken.erasure().resume(taken.controller, pending(taken))
    assert all(set(taken.open_log(person)) == {Shredded()} for person in people)


def test_before_the_order_nothing_is_under_way(taken: Side) -> None:
    def crash(_batch: Batch) -> None:
        raise Crash

    taken.log.before = [crash]
    with pytest.raises(Crash):
        taken.erase(taken.person())
    assert pending(taken) == []
    assert taken.keyring.live_epochs(taken.controller, [taken.person()], None) != [()]


class Away:
    """A shredder whose database is away: before it destroys, or after, the answer lost."""

    def __init__(self, side: Side, *, destroys: bool) -> None:
        self.keyring = side.keyring
        self.live_epochs = side.keyring.live_epochs
        self._destroys = destroys

    def destroy(self, controller: ControllerId, orders: list[DestroyOrder]) -> list[Destruction]:
        if self._destroys:
            self.keyring.destroy(controller, orders)
        message = "the key database is away"
        raise KeyUnavailable(message)


@pytest.mark.parametrize("destroys", [False, True])
def test_a_key_database_away_leaves_her_fenced_and_not_erased(
    taken: Side, *, destroys: bool
) -> None:
    person = taken.person()
    away = Away(taken, destroys=destroys)
    doors = replace(taken.doors(), shredder=away)  # type: ignore[arg-type]  # as Shredder
    with pytest.raises(KeyUnavailable):
        taken.erasure(doors=doors).erase(taken.controller, [request(person)])
    assert taken.topics(person)[-1] == "subject.erasure-ordered"
    assert pending(taken) == [person]
    (receipt,) = taken.erasure().resume(taken.controller, [person])
    assert receipt.keys_destroyed == 3


def test_a_log_away_at_the_end_leaves_the_erasure_under_way(taken: Side) -> None:
    person = taken.person()

    def away(_batch: Batch) -> None:
        message = "the event database is away"
        raise LogUnavailable(message)

    taken.log.before = [lambda _batch: None, away]
    with pytest.raises(LogUnavailable):
        taken.erase(person)
    assert pending(taken) == [person]


def test_an_anchor_that_cannot_be_written_leaves_the_erasure_under_way(taken: Side) -> None:
    def full(_controller: ControllerId, _head: JournalHead) -> None:
        raise OSError

    doors = replace(taken.doors(), anchor=full)
    with pytest.raises(OSError):  # noqa: PT011 - the disk's own, unchanged
        taken.erasure(doors=doors).erase(taken.controller, [request(taken.person("r-2"))])
    assert len(pending(taken)) == 1


def test_an_erasure_ended_by_another_process_is_passed_over(taken: Side) -> None:
    person = taken.person()
    cut_short(taken, Step.ORDERED, person)
    listed = pending(taken)
    taken.erasure().resume(taken.controller, listed)
    assert taken.erasure().resume(taken.controller, listed) == []


@pytest.mark.parametrize("step", [Step.DESTROYED, Step.ANCHORED, Step.PURGED, Step.VERIFIED])
def test_two_processes_may_finish_the_same_erasure(taken: Side, step: Step) -> None:
    """Guard: the end is decided again when the other was first; else the later one would fail."""
    person = taken.person()
    cut_short(taken, Step.ORDERED, person)
    others: list[Receipt] = []

    def another_process(now_at: Step) -> None:
        if now_at is step and not others:
            others.extend(taken.erasure().resume(taken.controller, [person]))

    (receipt,) = taken.erasure(another_process).resume(taken.controller, [person])
    assert receipt.journal_chain == others[0].journal_chain
    assert taken.topics(person).count(ENDS) == 1
    assert len(taken.log.notices) == 1


def test_two_processes_may_end_at_the_same_moment(taken: Side) -> None:
    person = taken.person()
    cut_short(taken, Step.ORDERED, person)
    taken.log.before = [_ending(taken, person)]
    assert len(taken.erasure().resume(taken.controller, [person])) == 1
    assert taken.topics(person).count(ENDS) == 1


def _ending(side: Side, person: SubjectId) -> Callable[[Batch], None]:
    def end(_batch: Batch) -> None:
        side.erasure().resume(side.controller, [person])

    return end


def test_more_people_than_a_page_are_finished(side: Side) -> None:
    """Guard: resuming pages its work; the shredder takes at most 500 orders at once."""
    feed = Feed()
    for n in range(PAGE + 1):
        feed.tell(f"r-{n}")
    side.take(feed.items)
    people = [side.person(f"r-{n}") for n in range(PAGE + 1)]
    cut_short(side, Step.ORDERED, *people[:PAGE])
    cut_short(side, Step.ORDERED, people[PAGE])
    pages: list[int] = []
    destroy = side.keyring.destroy

    def counted(controller: ControllerId, orders: list[DestroyOrder]) -> list[Destruction]:
        pages.append(len(orders))
        return destroy(controller, orders)

    side.keyring.destroy = counted  # type: ignore[method-assign,assignment]  # looked at, not changed
    assert len(side.erasure().resume(side.controller, pending(side))) == PAGE + 1
    assert pages == [PAGE, 1]


def test_verification_opens_a_bounded_page_at_a_time(taken: Side) -> None:
    """Guard: a person of many facts has more tokens than one call of the opener may carry."""
    person = taken.person()
    sizes: list[int] = []
    opened = taken.keyring.open

    def counted(controller: ControllerId, requests: list[OpenRequest]) -> list[object]:
        sizes.append(len(requests))
        return list(opened(controller, requests))

    def many(people: list[SubjectId]) -> list[OpenRequest]:
        (one, *_) = taken.log_tokens(people)
        return [replace(one, token=one.token) for _ in range(3)] + _distinct(one, 25_000)

    taken.keyring.open = counted  # type: ignore[method-assign,assignment]  # looked at, not changed
    doors = replace(taken.doors(), log_tokens=many)  # type: ignore[arg-type]  # takes lists alone
    taken.erasure(doors=doors).erase(taken.controller, [request(person)])
    assert max(sizes) <= 10_000
    assert sum(sizes) > 25_000


def _distinct(one: OpenRequest, count: int) -> list[OpenRequest]:
    return [replace(one, slot=f"slot {n}") for n in range(count)]


def test_a_purge_that_did_not_purge_is_harmless(taken: Side) -> None:
    """Defence in depth only: the keys are gone, so what a view still shows answers Shredded."""
    person = taken.person()
    for view in taken.views:
        view.purge_all = _purges_nothing  # type: ignore[method-assign,assignment]  # the probe itself
    (receipt,) = taken.erase(person)
    assert receipt.tokens_opened == 0
    left = [token for view in taken.views for token in view.probe(person)]
    assert set(taken.keyring.open(taken.controller, left)) == {Shredded()}


def _purges_nothing(_scopes: list[Scope]) -> list[OpenRequest]:
    return []
