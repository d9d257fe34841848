"""Loose keys: the contract on both implementations, and the day's bucket."""

import pytest

from domain.answers import KeyUnavailable, Shredded
from domain.values import ControllerId
from infra.clock import FixedClock
from infra.keys.loose import LooseKeys
from infra.random_ids import random_id
from tests.contracts.loose_contract import DAY, PURPOSE, LooseContract, parked
from tests.fakes.loose import FakeLooseKeys
from tests.keys.conftest import KeyPool
from tests.keys.houses import KeyHouse


class TestLooseKeys(LooseContract):
    """On PostgreSQL."""

    @pytest.fixture
    def loose(self, loose_keys: LooseKeys) -> LooseKeys:
        return loose_keys


class TestFakeLooseKeys(LooseContract):
    """In memory."""

    @pytest.fixture
    def loose(self) -> FakeLooseKeys:
        return FakeLooseKeys()


@pytest.fixture
def loose_keys(pool: KeyPool, shared_house: KeyHouse, clock: FixedClock) -> LooseKeys:
    return LooseKeys(pool, shared_house.provider, clock)


def test_keys_of_a_day_and_purpose_share_a_bucket(
    loose_keys: LooseKeys, shared_house: KeyHouse, clock: FixedClock, controller: ControllerId
) -> None:
    for _ in range(3):
        parked(loose_keys, clock, controller)
    rows = shared_house.sql("SELECT 1 FROM loose_bucket WHERE controller = %s", controller)
    assert len(rows) == 1


def test_a_destroyed_bucket_takes_its_day_along(
    loose_keys: LooseKeys, shared_house: KeyHouse, clock: FixedClock, controller: ControllerId
) -> None:
    item = parked(loose_keys, clock, controller)
    shared_house.sql("UPDATE loose_bucket SET wrapped = NULL WHERE controller = %s", controller)
    assert loose_keys.open(PURPOSE, [item]) == [Shredded()]


def test_the_next_day_has_a_bucket_of_its_own(
    loose_keys: LooseKeys, shared_house: KeyHouse, clock: FixedClock, controller: ControllerId
) -> None:
    parked(loose_keys, clock, controller)
    clock.instant += DAY
    parked(loose_keys, clock, controller)
    rows = shared_house.sql("SELECT 1 FROM loose_bucket WHERE controller = %s", controller)
    assert len(rows) == 2


def test_an_unknown_controllers_payload_is_refused(
    loose_keys: LooseKeys, clock: FixedClock
) -> None:
    with pytest.raises(KeyUnavailable):
        parked(loose_keys, clock, ControllerId(random_id()))
