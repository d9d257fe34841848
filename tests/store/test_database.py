"""How a connection string becomes the library's settings."""

from collections.abc import Iterator

import pytest
from eventsourcing.persistence import ProgrammingError
from eventsourcing.postgres import PostgresDatastore
from psycopg.conninfo import conninfo_to_dict

from infra.codec.facts import FactCodec
from infra.store.database import LogFactory
from infra.store.recorder import LogRecorder
from infra.store.schema import create_schema
from infra.store.store import EventStore

PLAIN = "host='/var/run/a home/s' port=5433 dbname=events user=writer password='p w' sslmode=prefer"
URL = "postgresql://writer:p%20w@:5433/events?host=/var/run/a%20home/s&sslmode=prefer"


@pytest.fixture
def factory(request: pytest.FixtureRequest) -> Iterator[LogFactory]:
    """Give the factory of the parameter's connection string."""
    made = LogFactory.from_dsn(request.param)
    yield made
    made.close()


@pytest.mark.parametrize("factory", [PLAIN, URL], indirect=True, ids=["key=value", "url"])
def test_both_forms_of_a_connection_string_say_the_same(factory: LogFactory) -> None:
    kwargs = factory.datastore.pool.kwargs
    assert isinstance(kwargs, dict)
    assert kwargs["host"] == "/var/run/a home/s"
    assert (kwargs["dbname"], kwargs["user"], kwargs["password"]) == ("events", "writer", "p w")
    assert (kwargs["port"], kwargs["sslmode"]) == ("5433", "prefer")


@pytest.mark.parametrize("factory", [PLAIN], indirect=True)
def test_the_librarys_database_functions_are_off(factory: LogFactory) -> None:
    assert not factory.datastore.enable_db_functions


def test_a_recorder_on_the_librarys_database_functions_is_refused() -> None:
    store = PostgresDatastore("none", "", 5432, "none", "", enable_db_functions=True)
    with pytest.raises(ProgrammingError):
        LogRecorder(store)


def test_a_store_opens_by_url(events_dsn: str, codec: FactCodec) -> None:
    create_schema(events_dsn)
    parts = conninfo_to_dict(events_dsn)
    host = str(parts["host"]).replace("/", "%2F").replace(" ", "%20")
    server = f"{host}:{parts['port']}"
    url = f"postgresql://{parts['user']}:{parts['password']}@{server}/{parts['dbname']}"
    with EventStore(url, codec) as store:
        assert store.last_position() == 0


def test_the_schema_may_be_applied_again(events_dsn: str, codec: FactCodec) -> None:
    create_schema(events_dsn)
    with EventStore(events_dsn, codec) as store:
        create_schema(events_dsn)
        assert store.last_position() == 0
