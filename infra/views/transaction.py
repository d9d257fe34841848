"""One transaction on the database of the views, its failures told without its words.

A database's error text can quote the row it refused; only its class and code are passed on.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg_pool import ConnectionPool

from infra.store.arrays import enable_arrays
from projections.view import ViewBroken, ViewUnavailable

Cursor = psycopg.Cursor[Any]


@contextmanager
def transaction(pool: ConnectionPool, what: str) -> Iterator[Cursor]:
    """Run a transaction on a connection of the pool: committed at the end, or rolled back.

    ``what`` names the work in an error.

    Raises:
        ViewUnavailable: the database is away, or a lock did not come in time.
        ViewBroken: the database refused a statement.
    """
    try:
        with pool.connection() as connection:
            connected: psycopg.Connection[Any] = connection  # arrays do not care what rows are
            enable_arrays(connected)
            with connected.cursor(binary=True) as cursor:
                yield cursor
    except psycopg.OperationalError as error:
        raise ViewUnavailable(_told(what, error)) from None
    except psycopg.Error as error:
        raise ViewBroken(_told(what, error)) from None


def _told(what: str, error: psycopg.Error) -> str:
    return f"{what}: {type(error).__name__} {error.sqlstate or 'without code'}"
