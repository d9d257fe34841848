"""The PostgreSQL that the tests make their databases in, and one that somebody else runs.

A server that was given must be empty, and is left empty: what is dropped in the end was made here.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

_DATABASES = """
    SELECT datname FROM pg_database
    WHERE oid >= 16384 AND datname <> current_database() ORDER BY datname
"""
_ROLES = "SELECT rolname FROM pg_roles WHERE oid >= 16384 AND rolname <> current_user"
"""What initdb made has numbers below 16384."""


class Server(Protocol):
    """A PostgreSQL in which databases and roles may be made."""

    def superuser_dsn(self, dbname: str = "postgres") -> str:
        """How its superuser reaches a database."""
        ...


@dataclass(frozen=True, repr=False)
class GivenServer:
    """A server that a superuser's URL leads to. Never printed: the URL holds a password."""

    url: str

    def superuser_dsn(self, dbname: str = "postgres") -> str:
        return make_conninfo(self.url, dbname=dbname)


@contextmanager
def given_server(url: str) -> Iterator[Server]:
    """Take a server that is empty, and leave it so."""
    with psycopg.connect(url, autocommit=True) as connection:
        if names := _names(connection, _DATABASES):
            message = f"the server of --postgres-url is in use: it holds {', '.join(names)}"
            pytest.exit(message, returncode=pytest.ExitCode.USAGE_ERROR)
        roles = set(_names(connection, _ROLES))
        try:
            yield GivenServer(url)
        finally:
            for name in _names(connection, _DATABASES):
                _drop(connection, "DROP DATABASE {} WITH (FORCE)", name)
            for name in set(_names(connection, _ROLES)) - roles:
                _drop(connection, "DROP ROLE {}", name)


def _names(connection: psycopg.Connection, query: str) -> list[str]:
    return [name for (name,) in connection.execute(query.encode())]


def _drop(connection: psycopg.Connection, statement: str, name: str) -> None:
    connection.execute(sql.SQL(statement).format(sql.Identifier(name)))
