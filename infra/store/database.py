"""The event database's connections: the library's factory and pool, behind one door.

Whatever psycopg or the library raise because the database is away becomes
:class:`consumers.ports.LogUnavailable`, without their text.
"""

from collections.abc import Callable, Sequence
from typing import LiteralString, Self, TypeVar

from eventsourcing.persistence import InterfaceError, OperationalError
from eventsourcing.postgres import PostgresFactory
from eventsourcing.utils import Environment
from psycopg import Cursor
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import TupleRow, tuple_row
from psycopg_pool import PoolTimeout

from consumers.ports import LogUnavailable
from infra.store.arrays import enable_arrays
from infra.store.recorder import LOG_TABLE, LogRecorder

POOL_SIZE = 2
"""Connections kept open: one that appends, one that reads."""

POOL_OVERFLOW = 18
"""More of them while they are asked for; 20 is a fifth of PostgreSQL's default allowance."""

CONNECT_SECONDS = 5
"""How long a caller waits for a connection, a restart of the server included, unless the
connection string says otherwise (``connect_timeout``)."""

LOCK_SECONDS = 10
"""How long an append waits for the log: a hundred batches of others."""

ATTEMPTS = 3
"""Tries of one piece of work; waiting happens in the pool, not between them."""

_LIBRARY_OPTIONS = ("dbname", "host", "port", "user", "password")

T = TypeVar("T")


class LogFactory(PostgresFactory):
    """The library's factory, making our recorder on our table."""

    application_recorder_class = LogRecorder

    @classmethod
    def from_dsn(cls, dsn: str) -> Self:
        """Make a factory from a libpq connection string or URL.

        Options the library does not know (``sslmode`` and others) are passed on to libpq.
        """
        options = {name: str(value) for name, value in conninfo_to_dict(dsn).items()}
        named = {f"POSTGRES_{n.upper()}": options.pop(n, "") for n in _LIBRARY_OPTIONS}
        limits = {
            "POSTGRES_CONNECT_TIMEOUT": options.get("connect_timeout", str(CONNECT_SECONDS)),
            "POSTGRES_LOCK_TIMEOUT": str(LOCK_SECONDS),
            "POSTGRES_POOL_SIZE": str(POOL_SIZE),
            "POSTGRES_MAX_OVERFLOW": str(POOL_OVERFLOW),
            "POSTGRES_ENABLE_DB_FUNCTIONS": "no",
            "CREATE_TABLE": "no",
        }
        factory = cls(Environment("", {**named, **limits}))
        pooled = factory.datastore.pool.kwargs
        assert isinstance(pooled, dict)
        pooled.update(options)
        return factory

    def application_recorder(self) -> LogRecorder:
        """Make the recorder of the log."""
        recorder = LogRecorder(self.datastore, events_table_name=LOG_TABLE)
        if self.env_create_table():
            recorder.create_table()
        return recorder


class Database:
    """A pool of connections to one event database, safe to share between threads."""

    def __init__(self, dsn: str) -> None:
        self.dsn = dsn
        self._factory = LogFactory.from_dsn(dsn)
        self._datastore = self._factory.datastore
        try:
            self.recorder = self.attempt(self._factory.application_recorder)
        except LogUnavailable:
            self.close()
            raise

    def attempt(self, work: Callable[[], T]) -> T:
        """Do ``work``, again if its connection was lost; it must bear being done twice.

        Raises:
            LogUnavailable: the event database is away.
        """
        for _ in range(ATTEMPTS):
            try:
                return work()
            except (OperationalError, InterfaceError) as error:
                if isinstance(error.__cause__, PoolTimeout):
                    break
                self._datastore.pool.check()
        message = "the event database is away"
        raise LogUnavailable(message)

    def rows(self, sql: LiteralString, params: Sequence[object] = ()) -> list[TupleRow]:
        """Return the rows of one statement, which is retried: it must bear being done twice.

        Raises:
            LogUnavailable: the event database is away.
        """
        return self.attempt(lambda: self._rows(sql, params))

    def write(self, work: Callable[[Cursor[TupleRow]], T]) -> T:
        """Do ``work`` in one transaction, which is retried: it must bear being done twice.

        Raises:
            LogUnavailable: the event database is away.
        """
        return self.attempt(lambda: self._write(work))

    def close(self) -> None:
        """Close the connections."""
        self._factory.close()

    def _rows(self, sql: LiteralString, params: Sequence[object]) -> list[TupleRow]:
        with self._datastore.get_connection() as connection:
            enable_arrays(connection)
            cursor = connection.cursor(row_factory=tuple_row, binary=True)
            return cursor.execute(sql, params, prepare=True).fetchall()

    def _write(self, work: Callable[[Cursor[TupleRow]], T]) -> T:
        with self._datastore.get_connection() as connection, connection.transaction():
            enable_arrays(connection)
            return work(connection.cursor(row_factory=tuple_row, binary=True))
