"""The connection to the key database, and what its failures become.

Rules. Every failure of the driver or the pool is ``KeyUnavailable``, without the driver's text:
that text may hold values. Connections are used in autocommit with explicit transactions, so a
plain read is one round trip; the pool belongs to this room alone. READ COMMITTED: locks, not
snapshots, decide (each statement after a lock sees what the lock waited for).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg_pool import ConnectionPool

from domain.answers import KeyUnavailable

Connection = psycopg.Connection[Any]
Cursor = psycopg.Cursor[Any]

_WAIT_SECONDS = 5.0
"""How long a caller waits for a connection before the key database counts as away."""

IDLE_SECONDS = 30
"""How long a transaction may stand between two statements before the server ends it.

A process that stands still in one holds its locks, and everybody else waits. As long as a group of
readers waits for a silent member, and several times what a slow key provider takes.
"""

TRANSACTION_SECONDS = 300
"""How long a transaction may take at all, where the server can tell (17 and later).

Among statements that were sent without waiting, standing still is not seen as such.
"""

_TELLS_TIME = 17_00_00

_PLANS = (
    "SELECT set_config('enable_seqscan', 'off', false),"
    " set_config('enable_hashjoin', 'off', false), set_config('enable_mergejoin', 'off', false),"
    " set_config('idle_in_transaction_session_timeout', %b, false)"
)
"""Every access is by index: a plan made while a table was small must not outlive that."""

_SCHEMA = (
    Path(__file__).with_name("schema.sql"),
    Path(__file__).with_name("finalisation.sql"),
    Path(__file__).with_name("rotation.sql"),
)


class KeyDatabase:
    """The pool, seen as reads and transactions."""

    def __init__(self, pool: ConnectionPool[Connection]) -> None:
        self.pool = pool

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Lend a connection in autocommit: each statement is its own snapshot.

        Raises:
            KeyUnavailable: the key database is away.
        """
        try:
            with self.pool.connection(timeout=_WAIT_SECONDS) as connection:
                if not connection.autocommit:
                    _prepare(connection)
                yield connection
        except psycopg.Error as error:
            raise KeyUnavailable(_away(error)) from None

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Lend a connection inside one transaction, committed when the block ends without error.

        Raises:
            KeyUnavailable: the key database is away; nothing was committed, or it is not known.
        """
        with self.reading() as connection, connection.transaction():
            yield connection


def _prepare(connection: Connection) -> None:
    connection.autocommit = True
    connection.execute(_PLANS, (f"{IDLE_SECONDS}s",))
    if connection.info.server_version >= _TELLS_TIME:
        limit = f"{TRANSACTION_SECONDS}s"
        connection.execute("SELECT set_config('transaction_timeout', %b, false)", (limit,))


def create_schema(dsn: str) -> None:
    """Make the tables where they are missing and close the database to every other role.

    ``dsn`` is the key role's own; the role must own the database.

    Raises:
        KeyUnavailable: the key database is away, or not the role's own.
    """
    try:
        with psycopg.connect(dsn) as connection:
            _lay_out(connection)
    except psycopg.Error as error:
        raise KeyUnavailable(_away(error)) from None


def _lay_out(connection: Connection) -> None:
    for part in _SCHEMA:
        connection.execute(part.read_bytes())
    name = sql.Identifier(connection.info.dbname)
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
    connection.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")


def _away(error: psycopg.Error) -> str:
    """Name the failure by its class and SQLSTATE, which hold no values."""
    return f"key database: {type(error).__name__} {error.sqlstate or ''}".rstrip()
