"""A database with the views' tables, a pool on it, and a house whose people are asked about."""

from collections.abc import Iterator

import pytest
from psycopg_pool import ConnectionPool

from domain.values import SubjectId
from infra.views.schema import create_schema
from tests.contracts.view_feeding import Make
from tests.examples import registered, submitted
from tests.views.applicants import ADA, WELDER
from tests.views.house import House
from tests.views.stored import postgres_view


@pytest.fixture
def views_dsn(events_dsn: str) -> str:
    """Give the connection string of a database with empty views."""
    create_schema(events_dsn)
    return events_dsn


@pytest.fixture
def pool(views_dsn: str) -> Iterator[ConnectionPool]:
    """Give a pool of connections to it."""
    with ConnectionPool(views_dsn, min_size=1, max_size=4, timeout=10) as opened:
        yield opened


@pytest.fixture
def make(pool: ConnectionPool) -> Make:
    """Make views of the database."""
    return lambda projection: postgres_view(pool, projection)


@pytest.fixture
def house(pool: ConnectionPool) -> House:
    return House(pool)


@pytest.fixture
def ada(house: House) -> SubjectId:
    """Give a person who registered and applied as a welder."""
    person = house.person()
    house.tell(person, registered(), ADA)
    house.tell(person, submitted(), WELDER)
    return person
