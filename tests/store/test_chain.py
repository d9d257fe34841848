"""The log's hash chain finds every edit."""

from concurrent.futures import ThreadPoolExecutor
from typing import LiteralString

import psycopg
import pytest

from consumers.ports import Batch
from infra.store.chain import BEGINNING
from infra.store.records import ChainHead, LogTampered
from infra.store.store import EventStore
from tests import examples
from tests.contracts.log_contract import recording


@pytest.fixture
def filled(store: EventStore) -> EventStore:
    return fill(store)


def fill(store: EventStore) -> EventStore:
    """Give a log of six batches of two facts."""
    for person in range(1, 7):
        facts = (examples.registered(), examples.submitted())
        store.append(Batch((recording(*facts, person=person, first=2 * person),)))
    return store


def tamper(dsn: str, *statements: LiteralString) -> None:
    with psycopg.connect(dsn) as connection:
        for table in ("fact_log", "log_chain"):
            connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER append_only")
        for statement in statements:
            connection.execute(statement)


def test_an_empty_log_has_the_chains_beginning(store: EventStore) -> None:
    assert store.chain_head() == store.verify_chain() == BEGINNING


def test_an_untouched_log_follows_its_chain(filled: EventStore) -> None:
    assert filled.verify_chain() == filled.chain_head()
    assert filled.chain_head().position == 12


@pytest.mark.parametrize(
    "edit",
    [
        "UPDATE fact_log SET state = state || 'x' WHERE notification_id = 5",
        "UPDATE fact_log SET topic = 'candidate.sourced' WHERE notification_id = 5",
        "UPDATE fact_log SET originator_version = 9 WHERE notification_id = 5",
        "UPDATE fact_log SET originator_id = gen_random_uuid() WHERE notification_id = 5",
        "DELETE FROM fact_log WHERE notification_id = 5",
        "DELETE FROM fact_log WHERE notification_id = 12",
        "DELETE FROM fact_log WHERE notification_id > 10",
        "UPDATE log_chain SET first_position = 6 WHERE last_position = 6",
        "UPDATE log_chain SET last_position = 13 WHERE last_position = 12",
        "UPDATE fact_log SET notification_id = 13 WHERE notification_id = 12",
        "INSERT INTO fact_log SELECT gen_random_uuid(), 1, topic, state, 0 FROM fact_log LIMIT 1",
        "DELETE FROM log_chain WHERE last_position = 6",
        "UPDATE log_chain SET chain = sha256('x') WHERE last_position = 6",
        "INSERT INTO fact_log SELECT gen_random_uuid(), 1, topic, state, 13 FROM fact_log LIMIT 1",
        (
            "UPDATE fact_log SET notification_id = -5 WHERE notification_id = 5;"
            "UPDATE fact_log SET notification_id = 5 WHERE notification_id = 6;"
            "UPDATE fact_log SET notification_id = 6 WHERE notification_id = -5"
        ),
    ],
    ids=[
        "bytes edited",
        "name edited",
        "version edited",
        "person edited",
        "removed",
        "last removed",
        "last batch removed",
        "link's first edited",
        "link's last edited",
        "last moved",
        "added before",
        "link removed",
        "link edited",
        "added",
        "reordered",
    ],
)
def test_a_change_is_found(filled: EventStore, events_dsn: str, edit: LiteralString) -> None:
    tamper(events_dsn, edit)
    with pytest.raises(LogTampered):
        filled.verify_chain()


def test_a_log_that_grows_meanwhile_follows_its_chain(filled: EventStore) -> None:
    def grow(person: int) -> None:
        filled.append(Batch((recording(examples.registered(), person=person),)))

    with ThreadPoolExecutor(max_workers=2) as pool:
        growing = [pool.submit(grow, person) for person in range(100, 220)]
        while not growing[-1].done():
            assert filled.verify_chain().position >= 12
    assert filled.verify_chain().position == 132


def test_the_place_of_a_change_is_named(filled: EventStore, events_dsn: str) -> None:
    tamper(events_dsn, "UPDATE fact_log SET state = '' WHERE notification_id = 5")
    with pytest.raises(LogTampered) as raised:
        filled.verify_chain()
    assert (raised.value.first, raised.value.last) == (5, 6)


def test_a_log_can_be_verified_from_where_it_was_verified_last(
    filled: EventStore, events_dsn: str
) -> None:
    tamper(events_dsn, "UPDATE fact_log SET state = '' WHERE notification_id = 5")
    assert filled.verify_chain(after=6) == filled.chain_head()


def test_a_log_cut_back_to_an_earlier_batch_does_not_pass_its_anchor(
    filled: EventStore, events_dsn: str
) -> None:
    anchored = filled.chain_head()
    tamper(
        events_dsn,
        "DELETE FROM fact_log WHERE notification_id > 10",
        "DELETE FROM log_chain WHERE last_position > 10",
    )
    assert filled.verify_chain().position == 10
    with pytest.raises(LogTampered):
        filled.verify_chain(anchored=anchored)


def test_a_log_rewritten_with_its_chain_does_not_pass_its_anchor(filled: EventStore) -> None:
    anchored = ChainHead(filled.chain_head().position, bytes(32))
    with pytest.raises(LogTampered):
        filled.verify_chain(anchored=anchored)
