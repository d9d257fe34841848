"""Creates the tables of the views; running it again changes nothing."""

from importlib.resources import files

import psycopg
from psycopg import sql


def create_schema(dsn: str) -> None:
    """Create what ``schema.sql`` says in the database of ``dsn``, in one transaction.

    Raises:
        psycopg.OperationalError: the database is away.
    """
    script = files("infra.views").joinpath("schema.sql").read_text(encoding="utf-8")
    with psycopg.connect(dsn) as connection:
        connection.execute("SET LOCAL client_min_messages = warning")
        connection.execute(sql.SQL(script))
