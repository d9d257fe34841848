"""Views in PostgreSQL, for tests: under any fold, emptied between examples."""

from dataclasses import replace
from typing import Any

from psycopg_pool import ConnectionPool

from infra.views.postgres import PostgresView
from infra.views.tables import TABLES
from projections.projection import Projection


def postgres_view(pool: ConnectionPool, projection: Projection[Any]) -> PostgresView[Any]:
    """Return the stored view of a projection, or of a projection by its name."""
    (table,) = [table for table in TABLES if table.projection.name == projection.name]
    return PostgresView(pool, replace(table, projection=projection))


def emptied(pool: ConnectionPool) -> None:
    """Empty every view: the same database serves the next example."""
    with pool.connection() as connection:
        connection.execute(
            "TRUNCATE views.position, views.board, views.dossier, views.timeline, views.erasures, "
            "views.disclosures"
        )
