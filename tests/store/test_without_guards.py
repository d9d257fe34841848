"""The append's probe fails when the append is not one transaction."""

from collections.abc import Sequence
from typing import Any

import psycopg
import pytest
from psycopg.rows import TupleRow

from infra.store.arrays import enable_arrays
from infra.store.recorder import LogRecorder
from infra.store.statement import Statement
from infra.store.store import EventStore
from tests.store.test_append import test_a_client_side_error_in_the_append_commits_nothing as probe


def piecemeal(
    _recorder: LogRecorder, connection: psycopg.Connection[Any], statements: Sequence[Statement]
) -> list[TupleRow]:
    """Commit each statement by itself, as one that swallows what goes wrong behind it would."""
    enable_arrays(connection)
    rows: list[TupleRow] = []
    for statement in statements:
        cursor = connection.execute(statement.sql, statement.params, binary=True)
        rows += cursor.fetchall() if cursor.description else []
        connection.commit()
    return rows


def test_without_one_transaction_a_client_side_error_leaves_facts_behind(
    store: EventStore, events_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LogRecorder, "_transact", piecemeal)
    with pytest.raises(AssertionError, match=r"== \{0\}"):
        probe(store, events_dsn, 7)
