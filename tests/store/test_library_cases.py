"""The library's own recorder cases, run against our recorder."""

from collections.abc import Iterator
from unittest import TestCase

import pytest

from infra.store.database import LogFactory
from infra.store.recorder import LogRecorder

pytest.importorskip(
    "Crypto", reason="the library's cases import its cipher; enable with: pip install pycryptodome"
)
from eventsourcing.tests import persistence


class _OnPostgres(TestCase):
    @pytest.fixture(autouse=True)
    def _factory(self, events_dsn: str) -> Iterator[None]:
        self.factory = LogFactory.from_dsn(events_dsn)
        yield
        self.factory.close()

    def create_recorder(self) -> LogRecorder:
        recorder = self.factory.application_recorder()
        recorder.create_table()
        return recorder


class TestApplicationRecorder(_OnPostgres, persistence.ApplicationRecorderTestCase[LogRecorder]):
    def test_insert_subscribe(self) -> None:
        self.optional_test_insert_subscribe()


class TestNonInterleaving(_OnPostgres, persistence.NonInterleavingNotificationIDsBaseCase):
    pass
