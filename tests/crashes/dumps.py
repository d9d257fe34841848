"""A database's rows, kept in memory and put back: some databases are slow to copy, rows never are.

Only a superuser can: triggers that forbid deleting are passed over.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

_TABLES = """
    SELECT quote_ident(nspname) || '.' || quote_ident(relname), relkind = 'S'
    FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE relkind IN ('r', 'S') AND nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
"""
_END_SESSIONS = """
    SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
_HALF_MADE = "views_next."


@dataclass(frozen=True, slots=True)
class Dump:
    """The rows of every table, as COPY gives them, and where every sequence stands."""

    tables: Mapping[str, bytes]
    sequences: Mapping[str, int]


def dump(superuser_dsn: str) -> Dump:
    """Take the rows out, once."""
    with psycopg.connect(superuser_dsn, autocommit=True) as connection:
        tables = {name: _copied(connection, name) for name in _names(connection, sequences=False)}
        sequences = {name: _last(connection, name) for name in _names(connection, sequences=True)}
    return Dump({name: rows for name, rows in tables.items() if rows}, sequences)


def restore(superuser_dsn: str, rows: Dump) -> None:
    """Make the database hold these rows and no others; whoever is connected is thrown out."""
    with psycopg.connect(superuser_dsn) as connection:
        connection.execute(_END_SESSIONS)
        connection.execute("SET LOCAL session_replication_role = replica")
        for name in _names(connection, sequences=False):
            gone = "DROP TABLE {}" if name.startswith(_HALF_MADE) else "DELETE FROM {}"
            connection.execute(_named(gone, name))
        for name, copied in rows.tables.items():
            with connection.cursor().copy(_named("COPY {} FROM STDIN", name)) as copy:
                copy.write(copied)
        for name, last in rows.sequences.items():
            connection.execute("SELECT setval(%s, %s)", [name, last])


def database_of(dsn: str) -> str:
    """Name the database of a connection string."""
    return str(conninfo_to_dict(dsn)["dbname"])


def _names(connection: psycopg.Connection, *, sequences: bool) -> list[str]:
    found = connection.execute(_TABLES).fetchall()
    return [name for name, is_sequence in found if is_sequence is sequences]


def _copied(connection: psycopg.Connection, name: str) -> bytes:
    with connection.cursor().copy(_named("COPY {} TO STDOUT", name)) as copy:
        return b"".join(copy)


def _last(connection: psycopg.Connection, name: str) -> int:
    row = connection.execute(_named("SELECT last_value FROM {}", name)).fetchone()
    assert row is not None
    return int(row[0])


def _named(statement: str, name: str) -> sql.Composed:
    """Put a name in that the database has quoted itself."""
    return sql.SQL(statement).format(sql.SQL(name))
