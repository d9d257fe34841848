"""What the key room's tests share: one key database a run, a controller a test.

A test that shuts its keyring or tampers with its controller's rows takes ``own``, a keyring of
its own; one that breaks tables takes ``house``, a database of its own.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from psycopg_pool import ConnectionPool

from domain.values import ControllerId
from infra.clock import FixedClock
from infra.embedded.cluster import Cluster
from infra.embedded.databases import Database, create_database, create_role
from infra.keys.database import create_schema
from infra.keys.keyring import Keyring
from infra.keys.provider import LocalFileProvider
from infra.random_ids import random_id
from tests.conftest import NOON
from tests.keys.houses import KeyHouse, instant_of, open_keyring

KeyPool = ConnectionPool[psycopg.Connection[Any]]

_SHARED = Database("keys_room", "glemmebok_keys_room")
_PASSWORD = "for-tests-alone"  # noqa: S105 - the cluster lives as long as the test run


@pytest.fixture(scope="session")
def shared_dsn(cluster: Cluster) -> str:
    """Make the room's own key database, once a run."""
    with psycopg.connect(cluster.superuser_dsn(), autocommit=True) as connection:
        create_role(connection, _SHARED.role, _PASSWORD)
        create_database(connection, _SHARED)
    dsn = make_conninfo(cluster.superuser_dsn(_SHARED.name), user=_SHARED.role, password=_PASSWORD)
    create_schema(dsn)
    return dsn


@pytest.fixture(scope="session")
def shared_house(shared_dsn: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[KeyHouse]:
    """Give a keyring over the room's database, for the whole run."""
    path = tmp_path_factory.mktemp("root") / "root.json"
    with KeyHouse.open(shared_dsn, path, FixedClock(instant_of(NOON))) as house:
        yield house


@pytest.fixture
def house(keys_dsn: str, tmp_path: Path, clock: FixedClock) -> Iterator[KeyHouse]:
    """Give a keyring over a key database of the test's own."""
    create_schema(keys_dsn)
    with KeyHouse.open(keys_dsn, tmp_path / "root.json", clock) as own:
        yield own


@pytest.fixture
def own(shared_house: KeyHouse, clock: FixedClock) -> Iterator[KeyHouse]:
    """Give another process's keyring over the room's database."""
    dsn, provider = shared_house.dsn, shared_house.provider
    with open_keyring(dsn, provider, clock) as keyring:
        yield KeyHouse(dsn, keyring, provider, clock)


@pytest.fixture
def keyring(shared_house: KeyHouse) -> Keyring:
    """Give the shared keyring, at noon."""
    shared_house.clock.instant = instant_of(NOON)
    return shared_house.keyring


@pytest.fixture
def clock(shared_house: KeyHouse) -> FixedClock:
    """Give the shared keyring's clock, at noon."""
    shared_house.clock.instant = instant_of(NOON)
    return shared_house.clock


@pytest.fixture
def controller(keyring: Keyring) -> ControllerId:
    """Give a controller of the test's own."""
    return keyring.add_controller(str(random_id()))


@pytest.fixture
def pool(shared_dsn: str) -> Iterator[KeyPool]:
    """Give a pool on the room's database."""
    with ConnectionPool(shared_dsn, min_size=1, max_size=4, open=True) as opened:
        yield opened


@pytest.fixture
def provider(shared_house: KeyHouse) -> LocalFileProvider:
    """Give the root keys of the shared keyring."""
    return shared_house.provider
