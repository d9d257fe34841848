"""Ends sessions, as a restart of the server would."""

import psycopg


def end_other_sessions(dsn: str) -> None:
    """End every session on the database but this one."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND backend_type = 'client backend'"
        )
