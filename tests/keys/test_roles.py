"""The key database is the key role's alone."""

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from infra.keys.database import create_schema


@pytest.mark.requirement("A61")
def test_the_event_role_is_refused_on_the_key_database(keys_dsn: str, events_dsn: str) -> None:
    create_schema(keys_dsn)
    name = conninfo_to_dict(keys_dsn)["dbname"]
    intruding = make_conninfo(events_dsn, dbname=name)
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(intruding).close()


def test_a_database_open_to_all_is_closed_by_the_schema(keys_dsn: str, events_dsn: str) -> None:
    name = conninfo_to_dict(keys_dsn)["dbname"]
    with psycopg.connect(keys_dsn, autocommit=True) as connection:
        connection.execute(f'GRANT CONNECT ON DATABASE "{name}" TO PUBLIC'.encode())
    create_schema(keys_dsn)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(make_conninfo(events_dsn, dbname=name)).close()


def test_the_schema_may_be_made_twice(keys_dsn: str) -> None:
    create_schema(keys_dsn)
    create_schema(keys_dsn)
