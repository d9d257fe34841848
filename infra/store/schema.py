"""Applies ``schema.sql``, whole, as often as asked."""

from importlib.resources import files
from typing import Any

import psycopg
from psycopg import Cursor
from psycopg.sql import SQL

from consumers.ports import LogUnavailable

_SCHEMA_LOCK = 0x676C656D_6C6F6773
"""Key of the advisory lock under which the schema is applied: "glemlogs"."""


def create_schema(dsn: str) -> None:
    """Create what is missing of the event database, in one transaction.

    Raises:
        LogUnavailable: the event database is away.
    """
    try:
        with psycopg.connect(dsn) as connection:
            apply_schema(connection.cursor())
    except (psycopg.OperationalError, psycopg.InterfaceError):
        message = "the event database is away"
        raise LogUnavailable(message) from None


def apply_schema(cursor: Cursor[Any]) -> None:
    """Apply the schema in the cursor's transaction; two processes that do so take turns."""
    statements = files("infra.store").joinpath("schema.sql").read_text(encoding="utf-8")
    cursor.execute("SELECT pg_advisory_xact_lock(%s)", (_SCHEMA_LOCK,))
    cursor.execute("SET LOCAL client_min_messages = warning")
    cursor.execute(SQL(statements))
