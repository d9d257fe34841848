"""The two databases and their login roles: each role is refused on the other's database."""

from collections.abc import Callable
from dataclasses import dataclass

import psycopg
from psycopg import Connection, sql

from infra.embedded.unavailable import EmbeddedUnavailable


@dataclass(frozen=True, slots=True)
class Database:
    """A database's name and the role that owns it and alone may connect."""

    name: str
    role: str


EVENTS = Database("glemmebok", "glemmebok_events")
KEYS = Database("glemmebok_keys", "glemmebok_keys")


def prepare(superuser_dsn: Callable[[str], str], *, events: str, keys: str) -> None:
    """Make the roles with their passwords, and the databases; what is there already stays.

    Raises:
        EmbeddedUnavailable: the server refused.
    """
    try:
        with psycopg.connect(superuser_dsn("postgres"), autocommit=True) as connection:
            for name in ("postgres", "template1"):
                _close_to_others(connection, name)
            for database, password in ((EVENTS, events), (KEYS, keys)):
                create_role(connection, database.role, password)
                create_database(connection, database)
    except psycopg.Error as error:
        message = f"the roles and databases cannot be made (SQLSTATE {error.sqlstate})"
        raise EmbeddedUnavailable(message) from None


def create_role(connection: Connection, role: str, password: str) -> None:
    """Make a login role, or give it this password. Only the password's verifier is sent."""
    found = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    verb = sql.SQL("ALTER" if found else "CREATE")
    verifier = connection.pgconn.encrypt_password(
        password.encode(), role.encode(), b"scram-sha-256"
    ).decode()
    connection.execute(
        sql.SQL("{} ROLE {} LOGIN PASSWORD {}").format(verb, sql.Identifier(role), verifier)
    )


def create_database(connection: Connection, database: Database) -> None:
    """Make a database that its role owns, from the empty template; one that exists stays."""
    query = "SELECT 1 FROM pg_database WHERE datname = %s"
    if connection.execute(query, [database.name]).fetchone() is None:
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0").format(
                sql.Identifier(database.name), sql.Identifier(database.role)
            )
        )
    _close_to_others(connection, database.name)


def _close_to_others(connection: Connection, name: str) -> None:
    connection.execute(
        sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name))
    )
