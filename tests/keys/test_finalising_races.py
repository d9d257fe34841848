"""Ingest, erasure and loose keys go on while it runs: nothing fails, nothing is left behind.

Seen to fail without the locks of F3 on cohorts and on buckets, without the shared lock of a
footprint, and without holding or seizing the roots.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import replace
from threading import Event

import psycopg
import pytest

from domain.values import ControllerId
from infra.keys import arriving
from infra.keys.finalisation_shapes import Terms
from infra.keys.finalising import finalise
from infra.keys.roots import hold_roots, seize_roots
from infra.keys.sampling import open_sample
from infra.random_ids import random_id
from tests.keys.bustling import Bustle
from tests.keys.finalising_houses import SECOND, doors_of, finalise_now, loose_keys, person
from tests.keys.houses import KeyHouse

RUNS = 4
LEASE_SECONDS = 0.02
"""Longer than any read between two statements of a round, and much shorter than a lease."""


@pytest.fixture
def bustle(house: KeyHouse, monkeypatch: pytest.MonkeyPatch) -> Bustle:
    """Run everything at once, in small cohorts so that new ones are made all the time."""
    monkeypatch.setattr(arriving, "COHORT_SIZE", 4)
    made = Bustle(house, house.keyring.add_controller("miles"))
    doors = replace(doors_of(house), wait=Event().wait)

    def carry() -> None:
        for _ in range(RUNS):
            # The house's clock stands, so the lease is waited for whole.
            finalise(house.keyring.vault, doors, Terms(LEASE_SECONDS, 0.0))

    made.run(carry)
    return made


def _seal_loose(house: KeyHouse, controller: ControllerId) -> None:
    with loose_keys(house) as loose:
        loose.seal(controller, "parked", [(random_id(), b"x")], house.clock.now() + SECOND)


def _begin_a_cohort(house: KeyHouse, controller: ControllerId) -> None:
    house.sql("UPDATE controller SET arrivals = 256 WHERE controller = %s", controller)
    person(house.keyring, controller)


def _found(house: KeyHouse, controller: ControllerId) -> None:
    assert house.keyring.add_controller("another") != controller


def _found_again(house: KeyHouse, controller: ControllerId) -> None:
    house.sql("DELETE FROM controller_secret WHERE purpose = 'suppression'")
    assert house.keyring.add_controller("miles") == controller


@pytest.mark.parametrize("deed", [_seal_loose, _begin_a_cohort, _found, _found_again])
def test_whoever_wraps_under_a_controller_key_waits_while_the_roots_are_seized(
    house: KeyHouse, deed: Callable[[KeyHouse, ControllerId], None]
) -> None:
    controller = house.keyring.add_controller("miles")
    with ThreadPoolExecutor(1) as threads, psycopg.connect(house.dsn) as connection:
        seize_roots(connection)
        working = threads.submit(deed, house, controller)
        with pytest.raises(FutureTimeout):
            working.result(0.2)
        connection.rollback()
        working.result()


def test_the_next_controller_key_waits_for_whoever_wraps_under_the_present_one(
    house: KeyHouse,
) -> None:
    controller = house.keyring.add_controller("miles")
    person(house.keyring, controller)
    with ThreadPoolExecutor(1) as threads, psycopg.connect(house.dsn) as connection:
        hold_roots(connection)
        working = threads.submit(finalise_now, house)
        with pytest.raises(FutureTimeout):
            working.result(0.2)
        assert house.sql("SELECT max(root_version) FROM controller_key") == [(1,)]
        connection.rollback()
        assert working.result().records


def test_nothing_fails_and_nothing_is_left_behind(bustle: Bustle) -> None:
    house = bustle.house
    (version,) = house.provider.versions()
    assert version == RUNS + 1
    open_sample(house.dsn, house.provider, version, every=True)
    bustle.require_whole()
