"""Probes of the append, the log and the audit fail when their guards are taken away."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, LiteralString

import psycopg
import pytest
from psycopg.rows import TupleRow

from infra.store import audit, reading
from infra.store.arrays import enable_arrays
from infra.store.chain import Link, Row
from infra.store.recorder import LogRecorder
from infra.store.records import ChainHead
from infra.store.statement import Statement
from infra.store.store import EventStore
from tests.store import test_append as appending
from tests.store import test_audit as audits
from tests.store import test_chain as chains
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


@pytest.mark.parametrize(
    "edit",
    [
        "UPDATE fact_log SET state = state || 'x' WHERE notification_id = 5",
        "UPDATE fact_log SET originator_id = gen_random_uuid() WHERE notification_id = 5",
        "UPDATE log_chain SET chain = sha256('x') WHERE last_position = 6",
    ],
)
def test_a_log_whose_chain_nobody_follows_may_be_edited(
    store: EventStore, events_dsn: str, monkeypatch: pytest.MonkeyPatch, edit: LiteralString
) -> None:
    def believed(start: ChainHead, links: Iterable[Link], rows: Iterator[Row]) -> ChainHead:
        head = start
        for _, last, chain in links:
            assert list(islice(rows, last - head.position))
            head = ChainHead(last, chain)
        return head

    monkeypatch.setattr(reading, "follow", believed)
    with pytest.raises(pytest.fail.Exception, match="DID NOT RAISE"):
        chains.test_a_change_is_found(chains.fill(store), events_dsn, edit)


@pytest.mark.parametrize(
    "edit",
    [
        "UPDATE access_audit SET who = 'user-8' WHERE sequence = 3",
        "DELETE FROM access_audit WHERE sequence = 3",
    ],
)
def test_an_audit_whose_chain_says_nothing_may_be_edited(
    store: EventStore, events_dsn: str, monkeypatch: pytest.MonkeyPatch, edit: LiteralString
) -> None:
    monkeypatch.setattr(audit, "_chain", lambda previous, _access: previous)
    with pytest.raises(pytest.fail.Exception, match="DID NOT RAISE"):
        audits.test_a_change_is_found(audits.opened_thrice(store), events_dsn, edit)


def test_a_log_without_its_triggers_may_be_shortened(store: EventStore, events_dsn: str) -> None:
    with psycopg.connect(events_dsn) as connection:
        for table in ("fact_log", "log_chain", "inbox"):
            connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER append_only".encode())
    with pytest.raises(pytest.fail.Exception, match="DID NOT RAISE"):
        appending.test_the_log_and_the_inbox_are_append_only(store, events_dsn)
