"""A reader that follows the log misses nothing: not beside sixteen writers, not over a restart."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import count
from pathlib import Path

import pytest

from consumers.ports import Batch, LogUnavailable
from infra.codec.facts import FactCodec
from infra.embedded.cluster import open_cluster
from infra.embedded.place import Sync
from infra.store.schema import create_schema
from infra.store.store import EventStore
from infra.store.subscription import Subscription
from tests import examples
from tests.contracts.log_contract import recording
from tests.store.sessions import end_other_sessions

WRITERS = 16
APPENDS = 40
PATIENCE = 30.0
TRIES = 8


def append_person(store: EventStore, person: int) -> None:
    facts = (examples.registered(), examples.submitted())
    store.append(Batch((recording(*facts, person=person),)))


def read_on(following: Subscription) -> list[int]:
    """Read the next facts' positions, as often as it takes and no more."""
    for _ in range(TRIES):
        with suppress(LogUnavailable):
            if page := following.next_page():
                return [entry.position for entry in page]
    pytest.fail(f"nothing was read in {TRIES} tries")


def test_a_tailing_reader_misses_nothing_under_16_writers(store: EventStore) -> None:
    people = count(1)
    total = 2 * WRITERS * APPENDS

    def write(_: int) -> None:
        for _ in range(APPENDS):
            append_person(store, next(people))

    seen: list[int] = []
    with ThreadPoolExecutor(max_workers=WRITERS) as writers, store.subscription(0) as following:
        done = [writers.submit(write, n) for n in range(WRITERS)]
        while len(seen) < total:
            page = following.next_page(PATIENCE)
            assert page, "the writers ended and the reader is not at the end"
            seen.extend([entry.position for entry in page])
        for writer in done:
            writer.result()
    assert seen == list(range(1, total + 1))


def test_a_reader_is_woken_by_an_append(store: EventStore) -> None:
    with ThreadPoolExecutor(max_workers=1) as pool, store.subscription(0) as following:
        assert following.next_page(0.0) == []
        waiting = pool.submit(following.next_page, PATIENCE)
        append_person(store, 1)
        assert [entry.position for entry in waiting.result()] == [1, 2]


def test_a_reader_begins_behind_its_position(store: EventStore) -> None:
    append_person(store, 1)
    with store.subscription(1) as following:
        assert [entry.position for entry in following.next_page()] == [2]
        assert following.position == 2


def test_an_iterating_reader_goes_on_when_its_connection_ended(
    store: EventStore, events_dsn: str
) -> None:
    with store.subscription(0) as following:
        pages = iter(following)
        append_person(store, 1)
        assert [entry.position for entry in next(pages)] == [1, 2]
        end_other_sessions(events_dsn)
        append_person(store, 2)
        assert [entry.position for entry in next(page for page in pages if page)] == [3, 4]


def test_a_stopped_reader_ends(store: EventStore) -> None:
    append_person(store, 1)
    with store.subscription(0) as following:
        pages = iter(following)
        assert len(next(pages)) == 2
        following.stop()
        assert list(pages) == []


def test_a_restart_of_postgresql_is_followed_through(home: Path, codec: FactCodec) -> None:
    cluster = open_cluster(home, Sync.OFF)
    create_schema(cluster.events_dsn)
    with EventStore(cluster.events_dsn, codec) as store, store.subscription(0) as following:
        append_person(store, 1)
        assert [entry.position for entry in following.next_page()] == [1, 2]
        cluster.close()
        with open_cluster(home, Sync.OFF):
            append_person(store, 2)
            assert read_on(following) == [3, 4]
            append_person(store, 3)
            assert read_on(following) == [5, 6]


def test_a_reader_of_a_database_that_is_away_says_so(
    store: EventStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store.database, "dsn", "host=/nonexistent user=nobody dbname=none")
    with store.subscription(0) as following, pytest.raises(LogUnavailable):
        following.next_page()
    assert following.position == 0
