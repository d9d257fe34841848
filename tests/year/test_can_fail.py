"""Each promise of the year is seen broken once, with its guard taken away."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest

from consumers import sweep_deciding
from consumers.suppressing import Suppressing
from consumers.sweep import Sweep
from consumers.sweep_report import Swept
from domain import permission
from domain.calendar import Period
from domain.fact import Fact
from domain.keyring import DestroyOrder, Destruction
from domain.pointing import Bar
from domain.policy import Policy
from domain.retention_facts import RetentionExpiryScheduled
from domain.values import ControllerId
from infra.random_ids import random_id
from tests.fakes import key_shredding
from tests.fakes.key_house import KeyHouse
from tests.fakes.keyring import FakeKeyring
from tests.year.house import YearHouse
from tests.year.invariants import BrokenPromiseError
from tests.year.living import Plan, live

PLAN = Plan(seed=3, candidates=30, first=date(2026, 1, 1), last=date(2026, 4, 30), acts=3)


def broken() -> str:
    with pytest.raises(BrokenPromiseError) as caught:
        live(PLAN)
    return str(caught.value)


def swept_as(change: Callable[[Policy, date], tuple[Policy, date]]) -> Callable[..., Swept]:
    """Sweep under another policy, or for another day, than is due."""
    sweep = Sweep.sweep

    def swept(self: Sweep, controller: ControllerId, policy: Policy, day: date) -> Swept:
        return sweep(self, controller, *change(policy, day))

    return swept


def test_the_plan_keeps_every_promise_when_no_guard_is_taken_away() -> None:
    assert live(PLAN).counts["erased"]


def test_a_sweep_that_comes_a_day_late_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    late = swept_as(lambda policy, day: (policy, day - timedelta(days=1)))
    monkeypatch.setattr(Sweep, "sweep", late)
    assert "kept past its date without a ground" in broken()


def test_a_sweep_that_erases_too_soon_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    def at_once(policy: Policy, day: date) -> tuple[Policy, date]:
        rules = [replace(one, period=one.period and Period()) for one in policy.rules]
        return replace(policy, rules=tuple(rules)), day

    monkeypatch.setattr(Sweep, "sweep", swept_as(at_once))
    assert "erased before its date" in broken()


def test_a_sweep_that_never_rests_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    def again(*_asked: object) -> Fact:
        return RetentionExpiryScheduled(random_id(), random_id(), None, 0)

    monkeypatch.setattr(sweep_deciding, "announcement", again)
    assert "changed by a second sweep of the day" in broken()


def test_a_gate_that_lets_everything_through_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(permission, "forbidden", lambda *_asked, active: None)  # noqa: ARG005 - the gate's shape
    assert "recorded although" in broken()


def test_pointers_that_bar_nobody_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(*_asked: object) -> Mapping[int, Bar]:
        return {}

    monkeypatch.setattr(Suppressing, "bars", nobody)
    assert "recorded although suppressed" in broken()


def test_keys_that_outlive_their_destruction_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    def spared(house: KeyHouse, order: DestroyOrder) -> Destruction:
        keys = {
            person.subject: (dict(person.keys), dict(house.live))
            for person in house.people.values()
        }
        done = destroy(house, order)
        house.people[order.subject].keys, house.live = keys[order.subject]
        house.graves.clear()
        return done

    destroy = key_shredding.destroy
    monkeypatch.setattr(key_shredding, "destroy", spared)
    monkeypatch.setattr(YearHouse, "probed", lambda _self, _people: [])
    assert "Present for Shredded" in broken()


def test_a_key_destroyed_with_anothers_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    def too_many(
        self: FakeKeyring, controller: ControllerId, orders: Sequence[DestroyOrder]
    ) -> list[Destruction]:
        done = destroy(self, controller, orders)
        house = self._house(controller)
        other = next(p for p in house.people.values() if "profile" in p.keys)
        key_shredding.bury(house, other.subject, "profile")
        return done

    destroy = FakeKeyring.destroy
    monkeypatch.setattr(FakeKeyring, "destroy", too_many)
    assert "Shredded for Present" in broken()
