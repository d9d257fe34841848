"""The keyring and its fake pass the same cases."""

import pytest

from domain.values import ControllerId
from infra.clock import FixedClock
from infra.random_ids import random_id
from tests.contracts.keyring_contract import KeyringContract
from tests.fakes.keyring import FakeKeyring


class TestKeyring(KeyringContract):
    """On PostgreSQL."""


class TestFakeKeyring(KeyringContract):
    """In memory."""

    @pytest.fixture
    def keyring(self, clock: FixedClock) -> FakeKeyring:
        return FakeKeyring(clock)

    @pytest.fixture
    def controller(self, keyring: FakeKeyring) -> ControllerId:
        return keyring.add_controller(str(random_id()))
