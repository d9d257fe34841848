"""F4: what still refers to an older root version, in any table that names one.

Rules. The tables are not listed here but asked of the database: each that has a ``root_version``
column is counted, so a table added later is carried or stops the finalisation, and is never lost
with the old root. A row whose ``wrapped`` is null is destroyed and refers to nothing.
"""

from uuid import UUID

from psycopg import sql

from domain.answers import KeyringError
from infra.keys.database import Connection

_TABLES = (
    "SELECT c.table_name, EXISTS (SELECT 1 FROM information_schema.columns w WHERE"
    " w.table_schema = c.table_schema AND w.table_name = c.table_name"
    " AND w.column_name = 'wrapped' AND w.is_nullable = 'YES')"
    " FROM information_schema.columns c WHERE c.table_schema = current_schema()"
    " AND c.column_name = 'root_version' ORDER BY 1"
)
_COUNT = "SELECT count(*) FROM {} WHERE root_version < %b"
_LIVE = " AND wrapped IS NOT NULL"
_DROP = "DELETE FROM controller_key WHERE root_version < %b"
_LEFT = (
    "SELECT (SELECT count(*) FROM cohort WHERE root_version < %(version)b)"
    " + (SELECT count(*) FROM loose_bucket"
    " WHERE root_version < %(version)b AND wrapped IS NOT NULL)"
)
_SCOPES = "SELECT DISTINCT controller FROM controller_key ORDER BY controller"
_HOLDERS = "controller_key"
"""The table of the old controller keys themselves: dropped once nothing hangs off them."""


class StillReferred(KeyringError):  # noqa: N818 - what was found
    """Something hangs off an older root version; the message names the table and the count."""


def scopes(connection: Connection) -> list[UUID]:
    """Name everything that has controller keys: the controllers, and the house."""
    return [scope for (scope,) in connection.execute(_SCOPES, binary=True)]


def remaining(connection: Connection, version: int) -> int:
    """Count the cohorts and buckets that are still to be carried to ``version``."""
    rows = connection.execute(_LEFT, {"version": version}, binary=True).fetchall()
    left: int = rows[0][0]
    return left


def referring(connection: Connection, version: int) -> dict[str, int]:
    """Count, by table, the rows that refer to a root version older than ``version``."""
    found = {}
    for table, nullable in connection.execute(_TABLES).fetchall():
        statement = sql.SQL(_COUNT).format(sql.Identifier(table))
        if nullable:
            statement += sql.SQL(_LIVE)
        rows = connection.execute(statement, (version,)).fetchall()
        if rows[0][0]:
            found[table] = rows[0][0]
    return found


def require_none(connection: Connection, version: int) -> None:
    """Drop the older controller keys, once nothing hangs off them; the roots are seized.

    Raises:
        StillReferred: something does.
    """
    found = referring(connection, version)
    found.pop(_HOLDERS, None)
    if found:
        told = ", ".join(f"{table}: {count}" for table, count in sorted(found.items()))
        message = f"keys still hang off a root version older than {version} ({told})"
        raise StillReferred(message)
    connection.execute(_DROP, (version,))
