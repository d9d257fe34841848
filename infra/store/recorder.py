"""The library's application recorder, with an append in which nothing is swallowed.

Why the whole of ``insert_events`` is replaced: the library catches every exception inside its
transaction and raises it again after the commit, so an error on our side of the connection would
commit what came before it. Here an exception of any kind leaves through the transaction, which
rolls back.

Positions are given out by the log's own chain, under the table lock, and have no gaps; the
library's database functions, which take no lock, are refused.
"""

from collections.abc import Sequence
from typing import Any

from eventsourcing.persistence import ProgrammingError, StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from psycopg import Connection, Cursor
from psycopg.rows import DictRow, TupleRow, tuple_row

from infra.store.arrays import enable_arrays
from infra.store.schema import apply_schema
from infra.store.statement import Statement
from infra.store.statements import chained

LOG_TABLE = "fact_log"
"""The log's table, and the channel that tells of appends."""


class Unmet(Exception):  # noqa: N818 - a condition of the transaction, not a fault
    """A statement touched other rows than it must; nothing was committed."""


class LogRecorder(PostgresApplicationRecorder):
    """Appends to the log under its EXCLUSIVE lock.

    So the order of positions is the order of commits, and a tailing reader misses nothing.
    """

    def __init__(self, datastore: PostgresDatastore, *, events_table_name: str = LOG_TABLE) -> None:
        if datastore.enable_db_functions:
            message = "the library's database functions append without the table lock"
            raise ProgrammingError(message)
        if events_table_name != LOG_TABLE:
            message = f"the log's table is {LOG_TABLE}"
            raise ProgrammingError(message)
        super().__init__(datastore, events_table_name=events_table_name)
        self.sql_create_statements.clear()

    def create_table(self) -> None:
        """Apply ``schema.sql``; the library's own tables and functions are not made."""
        with self.datastore.transaction(commit=True) as cursor:
            apply_schema(cursor)

    def insert_events(
        self,
        stored_events: Sequence[StoredEvent],
        **kwargs: Any,  # noqa: ANN401 - the library's signature
    ) -> Sequence[int] | None:
        """Append stored events and nothing else; return their positions.

        It is not retried: after a lost acknowledgement a repetition cannot be told from a
        conflict here. :meth:`infra.store.store.EventStore.append` can tell, and is retried.

        Raises:
            IntegrityError: a version of a stream is taken.
        """
        assert not kwargs, "facts are appended with their batch"
        if not stored_events:
            return None
        (first, last) = self.commit(chained(stored_events))[0]
        return list(range(first, last + 1))

    def commit(self, statements: Sequence[Statement]) -> list[TupleRow]:
        """Run statements under the log's lock in one transaction; return the rows they give back.

        Raises:
            Unmet: a statement touched another number of rows than it must.
            eventsourcing.persistence.PersistenceError: the library's names of what psycopg raised.
        """
        with self.datastore.get_connection() as connection:
            return self._transact(connection, statements)

    def _transact(
        self, connection: Connection[DictRow], statements: Sequence[Statement]
    ) -> list[TupleRow]:
        enable_arrays(connection)
        with connection.pipeline() as pipeline, connection.transaction():
            with connection.cursor() as cursor:
                self._lock_table(cursor)
            sent = [(_send(connection, statement), statement) for statement in statements]
            with connection.cursor() as cursor:
                self._notify_channel(cursor)
            pipeline.sync()
            return [row for cursor, statement in sent for row in _outcome(cursor, statement)]


def _send(connection: Connection[DictRow], statement: Statement) -> Cursor[TupleRow]:
    cursor = connection.cursor(row_factory=tuple_row, binary=True)
    return cursor.execute(statement.sql, statement.params, prepare=True)


def _outcome(cursor: Cursor[TupleRow], statement: Statement) -> list[TupleRow]:
    if statement.expected is not None and cursor.rowcount != statement.expected:
        message = f"{cursor.rowcount} rows instead of {statement.expected}"
        raise Unmet(message)
    return cursor.fetchall() if cursor.description else []
