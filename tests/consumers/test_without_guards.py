"""Probes of the erasure and of what is set aside fail when their guards are taken away."""

from collections.abc import Sequence
from uuid import UUID

import pytest

from consumers import erasure, second_person
from consumers.erasure_ports import Step
from domain import erasure as deciding
from domain.erasure import ErasureApproved, Scope
from domain.keyring import DestroyOrder, Destruction, OpenRequest
from domain.users import Users
from tests.consumers import test_erasure as erasing
from tests.consumers import test_erasure_resume as resuming
from tests.consumers import test_parking as parking
from tests.consumers import test_second_person as two
from tests.consumers.feed import Feed
from tests.consumers.side import Side
from tests.fakes import key_shredding
from tests.fakes.key_house import KeyHouse
from tests.fakes.loose import FakeLooseKeys
from tests.fakes.views import MemoryView
from tests.guardless import Guardless, Probe, cases_of, see_it_fail


@pytest.fixture
def taken(side: Side, feed: Feed) -> Side:
    side.take(feed.items)
    side.project()
    return side


@pytest.fixture
def officers(side: Side, feed: Feed) -> Side:
    return two.with_officers(side, feed)


def nobody_takes_up_what_was_cut_short(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(erasure, "standing_of", lambda *_: None)


def a_destruction_done_twice_is_two(patch: pytest.MonkeyPatch) -> None:
    destroy = key_shredding.destroy

    def again(house: KeyHouse, order: DestroyOrder) -> Destruction:
        house.destructions.pop(order.erasure_id, None)
        return destroy(house, order)

    patch.setattr(key_shredding, "destroy", again)


def views_are_left_as_they_were(patch: pytest.MonkeyPatch) -> None:
    def untouched(
        self: MemoryView[tuple[object, ...]], scopes: Sequence[Scope]
    ) -> list[OpenRequest]:
        return self.probe_all([scope.subject for scope in scopes])

    patch.setattr(MemoryView, "purge_all", untouched)


def what_is_parked_is_kept_as_it_came(patch: pytest.MonkeyPatch) -> None:
    def plain(
        _self: object, _of: object, _for: object, items: list[tuple[UUID, bytes]], _until: int
    ) -> list[bytes]:
        return [raw for _, raw in items]

    patch.setattr(FakeLooseKeys, "seal", plain)


def one_person_is_two(patch: pytest.MonkeyPatch) -> None:
    def approved(_known: object, claim: ErasureApproved) -> tuple[ErasureApproved, ...]:
        return (claim,)

    patch.setattr(deciding, "_decide_approval", approved)


def whoever_approves_is_an_officer(patch: pytest.MonkeyPatch) -> None:
    def is_officer(_users: Users, _user: object) -> bool:
        return True

    patch.setattr(second_person, "is_officer", is_officer)


def nobody_asks_for_a_second_person(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(second_person, "asks_second", lambda _policy: False)


def cut_short_at(step: Step) -> Probe:
    """Fix the parameter."""

    def cut_short(taken: Side) -> None:
        resuming.test_an_erasure_cut_short_at_any_step_is_finished(taken, step)

    cut_short.__name__ = step.value
    return cut_short


def who_asked(officers: Side) -> None:
    two.test_who_asked_does_not_approve(officers)


def a_recruiter(officers: Side) -> None:
    two.test_who_is_no_officer_does_not_approve(officers, two.THIRD)


def without_asking(officers: Side) -> None:
    two.test_without_asking_nothing_is_fenced(officers)


PROBES: dict[Guardless, tuple[Probe, ...]] = {
    nobody_takes_up_what_was_cut_short: (cut_short_at(Step.ORDERED), cut_short_at(Step.VERIFIED)),
    a_destruction_done_twice_is_two: (cut_short_at(Step.DESTROYED), cut_short_at(Step.PURGED)),
    views_are_left_as_they_were: (
        erasing.test_no_view_holds_a_token_of_hers,
        cut_short_at(Step.ANCHORED),
    ),
    what_is_parked_is_kept_as_it_came: (
        parking.test_a_parked_payload_opens_under_its_own_key_alone,
    ),
    one_person_is_two: (who_asked,),
    whoever_approves_is_an_officer: (a_recruiter,),
    nobody_asks_for_a_second_person: (without_asking,),
}


@cases_of(PROBES)
def test_without_its_guard_a_probe_fails(
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    remove: Guardless,
    probe: Probe,
) -> None:
    remove(monkeypatch)
    see_it_fail(request, probe)
