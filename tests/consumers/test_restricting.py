"""Restriction over fakes: what is suspended, recorded and told, and what a crash leaves."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from consumers.erasure_order import Request
from consumers.erasure_ports import ErasureFailed, ErasureRefused
from consumers.erasure_ports import Step as Erasing
from consumers.ports import Notice, NoticeKind
from consumers.recipients import Recipients, SourceIds, open_request_of
from consumers.restricting import Restricting, Step
from consumers.rights import Recorded, Rights, Sealing
from domain.answers import Answer, Present, Shredded, Withheld
from domain.decisions import RefusalReason, Refused
from domain.erasure import ErasureReason
from domain.restriction import RestrictionGround
from domain.values import SubjectId
from infra.random_ids import random_id
from tests.consumers.feed import Feed
from tests.consumers.side import Crash, Side, later, request
from tests.consumers.side import crash_at as crash_erasing_at
from tests.consumers.test_erasure import Toothless

GROUND = RestrictionGround.ACCURACY_CONTESTED
KINDS = [NoticeKind.RESTRICTED, NoticeKind.RESTRICTION_LIFTED]


@pytest.fixture
def taken(side: Side, feed: Feed) -> Side:
    side.take(feed.items)
    side.project()
    return side


def nothing(_step: Step) -> None:
    return None


def crash_at(step: Step) -> Callable[[Step], None]:
    def reached(now_at: Step) -> None:
        if now_at is step:
            raise Crash(step)

    return reached


def process(side: Side, reached: Callable[[Step], None] = nothing) -> Restricting:
    later(side, 1)
    return Restricting(
        log=side.log,
        rights=Rights(side.log, side.clock.now, random_id, side.waits.append),
        keys=side.keyring,
        sealing=lambda controller: Sealing(side.keyring, controller),
        recipients=Recipients(SourceIds(side.keyring, side.keyring), side.keyring, random_id),
        reached=reached,
    )


def restrict(side: Side, *people: SubjectId, reached: Callable[[Step], None] = nothing) -> Recorded:
    return process(side, reached).restrict(side.controller, people, GROUND, "she says it is wrong")


def lift(side: Side, person: SubjectId) -> Recorded:
    assert not isinstance(process(side).announce_lift(side.controller, [person]), Refused)
    return process(side).lift(side.controller, [person])


def opened(side: Side, person: SubjectId) -> set[Answer]:
    return set(side.open_log(person))


def notices(side: Side, kind: NoticeKind) -> list[Notice]:
    return [notice for notice in side.log.notices.values() if notice.kind is kind]


@pytest.mark.requirement("A157")
def test_nothing_of_a_restricted_person_opens(taken: Side) -> None:
    restrict(taken, taken.person())
    assert opened(taken, taken.person()) == {Withheld()}
    assert Withheld() not in opened(taken, taken.person("r-2"))


@pytest.mark.requirement("A33")
def test_a_lifted_restriction_opens_everything_again(taken: Side) -> None:
    restrict(taken, taken.person())
    lift(taken, taken.person())
    assert all(isinstance(answer, Present) for answer in taken.open_log(taken.person()))


def test_a_lift_waits_until_she_was_told(taken: Side) -> None:
    person = taken.person()
    restrict(taken, person)
    refused = process(taken).lift(taken.controller, [person])
    assert refused == Refused(RefusalReason.NOT_ANNOUNCED)
    assert opened(taken, person) == {Withheld()}
    assert notices(taken, NoticeKind.RESTRICTION_LIFTED) == []


def test_an_announced_lift_keeps_her_withheld(taken: Side) -> None:
    restrict(taken, taken.person())
    process(taken).announce_lift(taken.controller, [taken.person()])
    assert opened(taken, taken.person()) == {Withheld()}


@pytest.mark.parametrize("kind", KINDS)
def test_each_source_is_told_while_she_is_restricted(taken: Side, kind: NoticeKind) -> None:
    person = taken.person()
    restrict(taken, person)
    process(taken).announce_lift(taken.controller, [person])
    process(taken).lift(taken.controller, [person])
    restrict(taken, person)
    notice = notices(taken, kind)[0]
    assert (notice.recipient, notice.subject) == ("fjordtalent", person)
    (answer,) = taken.keyring.open(taken.controller, [open_request_of(notice)])
    assert isinstance(answer, Present)
    assert b"r-1" in answer.plaintext


def test_restricting_on_the_same_ground_again_records_nothing(taken: Side) -> None:
    restrict(taken, taken.person())
    assert restrict(taken, taken.person()) == []
    assert len(notices(taken, NoticeKind.RESTRICTED)) == 1


def test_two_grounds_are_both_lifted(taken: Side) -> None:
    person = taken.person()
    restrict(taken, person)
    process(taken).restrict(
        taken.controller, [person], RestrictionGround.NEEDED_FOR_CLAIM, reason=None
    )
    assert isinstance(lift(taken, person), list)
    assert Withheld() not in opened(taken, person)


def test_every_stream_of_hers_is_restricted_or_none(taken: Side) -> None:
    first, second = taken.person(), taken.person("r-2")
    with pytest.raises(Crash):
        taken.erasure(crash_erasing_at(Erasing.ORDERED)).erase(
            taken.controller, [request(second, "communications")]
        )
    assert restrict(taken, first, second) == Refused(RefusalReason.FENCED)
    assert Withheld() not in opened(taken, first)
    taken.erasure().resume(taken.controller, [second])
    restrict(taken, first, second)
    assert Withheld() in opened(taken, first) & opened(taken, second)


def test_a_crash_after_suspending_leaves_her_withheld_and_is_settled(taken: Side) -> None:
    person = taken.person()
    with pytest.raises(Crash):
        restrict(taken, person, reached=crash_at(Step.SUSPENDED))
    assert opened(taken, person) == {Withheld()}
    assert process(taken).differing(taken.controller, []) == (person,)
    assert process(taken).settle(taken.controller, [person]) == 1
    assert Withheld() not in opened(taken, person)


def test_a_crash_after_suspending_is_finished_by_doing_it_again(taken: Side) -> None:
    with pytest.raises(Crash):
        restrict(taken, taken.person(), reached=crash_at(Step.SUSPENDED))
    assert isinstance(restrict(taken, taken.person()), list)
    assert len(notices(taken, NoticeKind.RESTRICTED)) == 1
    assert process(taken).differing(taken.controller, [taken.person()]) == ()


def test_a_standing_restriction_suspends_keys_that_were_not(taken: Side) -> None:
    person = taken.person()
    restrict(taken, person)
    taken.keyring.resume(taken.controller, [person])
    assert process(taken).differing(taken.controller, [person]) == (person,)
    process(taken).settle(taken.controller, [person])
    assert opened(taken, person) == {Withheld()}


def test_a_crash_before_resuming_is_settled(taken: Side) -> None:
    person = taken.person()
    restrict(taken, person)
    process(taken).announce_lift(taken.controller, [person])
    with pytest.raises(Crash):
        process(taken, crash_at(Step.RECORDED)).lift(taken.controller, [person])
    assert process(taken).differing(taken.controller, [person]) == (person,)
    process(taken).settle(taken.controller, [person])
    assert Withheld() not in opened(taken, person)


def test_upkeep_that_runs_in_between_does_not_leave_her_open(taken: Side) -> None:
    person = taken.person()

    def upkeep(step: Step) -> None:
        if step is Step.SUSPENDED:
            process(taken).settle(taken.controller, [person])

    restrict(taken, person, reached=upkeep)
    assert opened(taken, person) == {Withheld()}


@pytest.mark.requirement("A157")
def test_a_restricted_persons_own_erasure_tells_her_recipients(taken: Side) -> None:
    person = taken.person()
    restrict(taken, person)
    (receipt,) = taken.erase(person)
    assert receipt.recipients == ("fjordtalent",)
    (notice,) = notices(taken, NoticeKind.ERASED)
    (answer,) = taken.keyring.open(taken.controller, [open_request_of(notice)])
    assert isinstance(answer, Present)
    assert b"r-1" in answer.plaintext
    assert opened(taken, person) == {Shredded()}


def test_retention_does_not_erase_a_restricted_person(taken: Side) -> None:
    person = taken.person()
    restrict(taken, person)
    kept = Request(person, None, ErasureReason.RETENTION, random_id())
    with pytest.raises(ErasureRefused):
        taken.erasure().erase(taken.controller, [kept])


def test_a_restricted_persons_category_ends_shredded(taken: Side) -> None:
    person = taken.person()
    restrict(taken, person)
    (receipt,) = taken.erase(person, category="communications")
    assert (receipt.tokens_opened, receipt.recipients) == (0, ("fjordtalent",))
    tokens = [t for t in taken.log_tokens([person]) if t.category == "communications"]
    assert tokens
    assert set(taken.keyring.open(taken.controller, tokens)) == {Shredded()}


def test_a_restricted_persons_key_that_lives_is_found_out(taken: Side) -> None:
    """Guard: her tokens answer Withheld while the key lives, and that is not an erasure."""
    person = taken.person()
    restrict(taken, person)
    toothless = Toothless(taken.clock)
    toothless._houses = taken.keyring._houses  # noqa: SLF001 - the same keys
    doors = replace(taken.doors(), shredder=toothless)
    with pytest.raises(ErasureFailed):
        taken.erasure(doors=doors).erase(taken.controller, [request(person)])
