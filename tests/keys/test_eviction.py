"""The cache holds material, never authority: leases, evictions, and a listener that died."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from domain.answers import KeyUnavailable, Present, Shredded
from domain.values import ControllerId, SubjectId
from infra.clock import FixedClock
from infra.keys.cache import CacheLimits, HeldKey, KeyCache, Known
from infra.keys.keyring import Keyring
from infra.keys.listening import EvictionListener
from infra.keys.provider import LocalFileProvider
from infra.random_ids import random_id
from tests.contracts.whole_keyring import admit_one, claim, erase, opened, sealed
from tests.keys.houses import KeyHouse, Monotonic, open_keyring

DEADLINE_SECONDS = 10.0
KARI, OLA = SubjectId(random_id()), SubjectId(random_id())
CONTROLLER = ControllerId(random_id())


def held(subject: SubjectId = KARI, key_id: bytes = b"k") -> HeldKey:
    return HeldKey(key_id, CONTROLLER, subject, "profile", b"", None, Shredded())


def cache(
    monotonic: Callable[[], float] | None = None,
    *,
    alive: Callable[[], bool] = lambda: True,
    limits: CacheLimits | None = None,
) -> KeyCache:
    return KeyCache(limits or CacheLimits(), monotonic or Monotonic(), alive)


def eventually(fact: Callable[[], bool]) -> bool:
    """Ask until it holds, without a pause, at most ten seconds."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not fact():
        if time.monotonic() > deadline:
            return False
    return True


# The cache alone


def test_what_was_kept_is_found() -> None:
    keys = cache()
    keys.keep_keys(keys.generation(), [held()])
    assert keys.by_id([b"k"])[0] is not None


def test_a_lease_ends() -> None:
    monotonic = Monotonic()
    keys = cache(monotonic, limits=CacheLimits(lease_seconds=30))
    keys.keep_keys(keys.generation(), [held()])
    monotonic.seconds = 30
    assert keys.by_id([b"k"]) == [None]


def test_a_lease_is_a_minute_at_most() -> None:
    with pytest.raises(ValueError, match="lease"):
        CacheLimits(lease_seconds=61)


def test_an_evicted_persons_keys_are_gone() -> None:
    keys = cache()
    keys.keep_keys(keys.generation(), [held()])
    keys.evict(KARI.int)
    assert keys.by_id([b"k"]) == [None]


def test_anothers_keys_stay() -> None:
    keys = cache()
    keys.keep_keys(keys.generation(), [held(), held(OLA, b"o")])
    keys.evict(KARI.int)
    assert keys.by_id([b"o"]) != [None]


def test_what_was_fetched_before_an_eviction_is_not_kept_after_it() -> None:
    keys = cache()
    generation = keys.generation()
    keys.evict(KARI.int)
    keys.keep_keys(generation, [held()])
    assert keys.by_id([b"k"]) == [None]


def test_what_was_fetched_before_a_clearing_is_not_kept_after_it() -> None:
    keys = cache()
    generation = keys.generation()
    keys.clear()
    keys.keep_keys(generation, [held()])
    assert keys.by_id([b"k"]) == [None]


def test_anothers_fetch_is_kept_across_an_eviction() -> None:
    keys = cache()
    generation = keys.generation()
    keys.evict(OLA.int)
    keys.keep_keys(generation, [held()])
    assert keys.by_id([b"k"]) != [None]


def test_whom_a_source_id_names_is_evicted_with_her() -> None:
    keys = cache()
    keys.keep_people(keys.generation(), [(b"inner", Known(KARI, None))])
    keys.evict(KARI.int)
    assert keys.people([b"inner"]) == [None]


def test_that_nobody_is_there_is_not_kept() -> None:
    keys = cache()
    keys.keep_people(keys.generation(), [(b"inner", Known(None, None))])
    assert keys.people([b"inner"]) == [None]


def test_the_cache_is_bounded() -> None:
    keys = cache(limits=CacheLimits(keys=2))
    keys.keep_keys(keys.generation(), [held(KARI, bytes([n])) for n in range(3)])
    assert [found is None for found in keys.by_id([b"\0", b"\1", b"\2"])] == [True, False, False]


def test_the_least_recently_used_goes_first() -> None:
    keys = cache(limits=CacheLimits(keys=2))
    keys.keep_keys(keys.generation(), [held(KARI, b"a"), held(KARI, b"b")])
    keys.by_id([b"a"])
    keys.keep_keys(keys.generation(), [held(KARI, b"c")])
    assert keys.by_id([b"a"]) != [None]


def test_without_a_listener_nothing_is_kept() -> None:
    keys = cache(alive=lambda: False)
    keys.keep_keys(keys.generation(), [held()])
    assert keys.by_id([b"k"]) == [None]


def test_without_a_listener_what_was_kept_is_not_used() -> None:
    hears = [True]
    keys = cache(alive=lambda: hears[0])
    keys.keep_keys(keys.generation(), [held()])
    hears[0] = False
    assert keys.by_id([b"k"]) == [None]


def test_what_was_fetched_before_the_listener_came_is_not_kept(shared_dsn: str) -> None:
    listener = EvictionListener(
        lambda: psycopg.connect(shared_dsn, autocommit=True), time.monotonic
    )
    keys = cache(alive=listener.alive)
    generation = keys.generation()
    listener.start(keys, lambda: None)
    assert listener.wait_until_alive(DEADLINE_SECONDS)
    keys.keep_keys(generation, [held()])
    found = keys.by_id([b"k"])
    listener.stop()
    assert found == [None]


# Two processes


@pytest.fixture
def other(shared_dsn: str, provider: LocalFileProvider, clock: FixedClock) -> Iterator[Keyring]:
    """Give a second process's keyring over the same key database."""
    with open_keyring(shared_dsn, provider, clock) as opened_too:
        yield opened_too


def test_a_key_destroyed_elsewhere_is_evicted_here(
    keyring: Keyring, other: Keyring, controller: ControllerId
) -> None:
    request = sealed(keyring, controller, admit_one(keyring, controller, claim()))
    assert opened(other, controller, request) == Present(b"Kari")
    erase(keyring, controller, request.subject)
    assert eventually(lambda: opened(other, controller, request) == Shredded())


def test_a_person_destroyed_elsewhere_is_late_here(
    keyring: Keyring, other: Keyring, controller: ControllerId
) -> None:
    subject = admit_one(other, controller, claim())
    erase(keyring, controller, subject)
    assert eventually(lambda: not hasattr(other.admit(controller, [claim()])[0], "subject"))


def test_a_suspension_elsewhere_is_heard_here(
    keyring: Keyring, other: Keyring, controller: ControllerId
) -> None:
    request = sealed(keyring, controller, admit_one(keyring, controller, claim()))
    opened(other, controller, request)
    keyring.suspend(controller, [request.subject])
    assert eventually(lambda: not isinstance(opened(other, controller, request), Present))


def test_a_key_destroyed_by_this_process_is_gone_at_once(
    keyring: Keyring, controller: ControllerId
) -> None:
    request = sealed(keyring, controller, admit_one(keyring, controller, claim()))
    opened(keyring, controller, request)
    erase(keyring, controller, request.subject)
    assert opened(keyring, controller, request) == Shredded()


def test_a_keyring_that_hears_nothing_asks_the_database_each_time(
    keyring: Keyring, other: Keyring, controller: ControllerId
) -> None:
    request = sealed(keyring, controller, admit_one(keyring, controller, claim()))
    other.close()
    assert opened(other, controller, request) == Present(b"Kari")
    erase(keyring, controller, request.subject)
    assert opened(other, controller, request) == Shredded()


def test_a_listener_that_lost_its_connection_comes_back(
    own: KeyHouse, controller: ControllerId
) -> None:
    request = sealed(own.keyring, controller, admit_one(own.keyring, controller, claim()))
    _cut_listeners(own)
    opened(own.keyring, controller, request)
    own.sql("UPDATE subject SET restricted = true WHERE controller = %s", controller)
    assert eventually(lambda: not isinstance(opened(own.keyring, controller, request), Present))


def test_an_unreadable_message_clears_the_cache(own: KeyHouse, controller: ControllerId) -> None:
    request = sealed(own.keyring, controller, admit_one(own.keyring, controller, claim()))
    opened(own.keyring, controller, request)
    own.sql("UPDATE subject SET restricted = true WHERE controller = %s", controller)
    own.sql("NOTIFY glemmebok_keys, 'no subject'")
    assert eventually(lambda: not isinstance(opened(own.keyring, controller, request), Present))


def test_a_closed_keyring_leaves_no_thread(own: KeyHouse) -> None:
    before = set(threading.enumerate())
    with open_keyring(own.dsn, own.provider, own.clock):
        assert set(threading.enumerate()) > before
    assert not [t for t in set(threading.enumerate()) - before if t.name == "key-evictions"]


# The database or the provider away


def test_a_key_database_that_is_away_is_no_erasure(
    house: KeyHouse,
) -> None:
    controller = house.keyring.add_controller("a")
    request = sealed(house.keyring, controller, admit_one(house.keyring, controller, claim()))
    house.sql("ALTER TABLE dek RENAME TO away")
    with (
        open_keyring(house.dsn, house.provider, house.clock) as cold,
        pytest.raises(KeyUnavailable),
    ):
        opened(cold, controller, request)


def test_a_provider_that_is_away_is_no_erasure(
    own: KeyHouse, controller: ControllerId, tmp_path: Path
) -> None:
    request = sealed(own.keyring, controller, admit_one(own.keyring, controller, claim()))
    away = LocalFileProvider(tmp_path / "root.json")
    with (
        open_keyring(own.dsn, away, own.clock) as cold,
        pytest.raises(KeyUnavailable),
    ):
        opened(cold, controller, request)


def test_a_failure_does_not_quote_the_database(house: KeyHouse) -> None:
    controller = house.keyring.add_controller("a")
    house.sql("ALTER TABLE lookup RENAME TO away")
    with pytest.raises(KeyUnavailable) as failure:
        house.keyring.admit(controller, [claim()])
    assert "lookup" not in str(failure.value)


def _cut_listeners(own: KeyHouse) -> None:
    with psycopg.connect(own.dsn, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE query LIKE 'LISTEN%' OR query = 'SELECT 1'"
        )
