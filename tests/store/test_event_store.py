"""The log in PostgreSQL passes the contract cases."""

import pytest

from infra.store.store import EventStore
from tests.contracts.log_contract import LogContract


class TestEventStore(LogContract):
    @pytest.fixture
    def log(self, store: EventStore) -> EventStore:
        return store
