"""One ground for all cases of a test process."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from domain.values import instant_of
from infra.broker.broker import Broker
from infra.clock import FixedClock
from infra.embedded.databases import Database, create_database, create_role
from infra.foundation import found_house
from infra.house import open_house
from infra.settings import Settings
from tests.conftest import NOON
from tests.kafka.crashes.ground import Ground
from tests.kafka.crashes.warm import Warm
from tests.proof.houses import settings_of
from tests.servers import Server

_PASSWORD = "for-tests-alone"  # noqa: S105 - the cluster lives as long as the test run


@pytest.fixture(scope="session")
def warm() -> Iterator[Warm]:
    """Run the process that forks those that die."""
    parent = Warm()
    yield parent
    parent.close()


@pytest.fixture(scope="session")
def ground(
    cluster: Server, broker: Broker, warm: Warm, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Ground]:
    """Found a house that outlives every case."""
    folder = tmp_path_factory.mktemp("deaths")
    settings = _settings(cluster, tmp_path_factory.mktemp("house"))
    clock = FixedClock(instant_of(NOON))
    found_house(settings, clock)
    with open_house(settings, clock) as house:
        opened = Ground(house, broker.address, folder, warm)
        yield opened
        opened.close()


def _settings(cluster: Server, folder: Path) -> Settings:
    urls: list[str] = []
    with psycopg.connect(cluster.superuser_dsn(), autocommit=True) as connection:
        for kind in ("events", "keys"):
            database = Database(f"deaths_{kind}", f"deaths_{kind}")
            create_role(connection, database.role, _PASSWORD)
            create_database(connection, database)
            dsn = cluster.superuser_dsn(database.name)
            urls.append(make_conninfo(dsn, user=database.role, password=_PASSWORD))
    return settings_of(urls[0], urls[1], folder)
