"""Ingest, erasure, sealing and look-ups go on while keys of every kind are rotated.

Seen to fail without the locks of a page, and when peppers are not asked for in the snapshot of the
look-up or under the locks of whoever writes one.
"""

from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout

import psycopg
import pytest

from domain.keyring import SourceRef
from infra.keys import arriving, rotating
from infra.keys.carrying import FinalisationUnderWay, alone
from infra.keys.rotating import rotate
from infra.keys.rotating_peppers import next_peppers
from infra.keys.rotating_roots import RootDoors
from infra.keys.rotation_run import Rotating
from infra.keys.sampling import open_sample
from tests.contracts.whole_keyring import claim
from tests.keys.bustling import Bustle
from tests.keys.finalising_houses import contact_of, finalise_now, person
from tests.keys.houses import KeyHouse, open_keyring

_ARRIVALS = "SELECT 1 FROM controller FOR NO KEY UPDATE"
_COHORTS = "SELECT 1 FROM cohort FOR UPDATE"
ROUNDS = 3
EVERYTHING = tuple(Rotating)


@pytest.fixture
def bustle(house: KeyHouse, monkeypatch: pytest.MonkeyPatch) -> Bustle:
    """Run everything at once, in small cohorts and pages."""
    monkeypatch.setattr(arriving, "COHORT_SIZE", 4)
    for what in rotating.PAGES:
        monkeypatch.setitem(rotating.PAGES, what, 2)
    made = Bustle(house, house.keyring.add_controller("miles"))

    def carry() -> None:
        for _ in range(ROUNDS):
            for what in EVERYTHING:
                rotate(house.keyring.vault, what, RootDoors(house.provider))

    made.run(carry)
    return made


def test_nothing_fails_and_nobody_is_made_twice(bustle: Bustle) -> None:
    house = bustle.house
    bustle.require_whole()
    people = house.sql(
        "SELECT count(*) FROM subject WHERE controller = %s AND NOT erased", bustle.controller
    )
    assert people == [(len(bustle.living),)]
    finalise_now(house)
    (version,) = house.provider.versions()
    open_sample(house.dsn, house.provider, version, every=True)
    bustle.require_whole()


@pytest.mark.parametrize("what", EVERYTHING)
def test_a_page_waits_for_whoever_holds_its_cohort(house: KeyHouse, what: Rotating) -> None:
    person(house.keyring, house.keyring.add_controller("miles"))
    with ThreadPoolExecutor(1) as threads, psycopg.connect(house.dsn) as connection:
        connection.execute("SELECT 1 FROM cohort FOR SHARE")
        doors = RootDoors(house.provider)
        working = threads.submit(rotate, house.keyring.vault, what, doors)
        with pytest.raises(FutureTimeout):
            working.result(0.2)
        connection.rollback()
        assert working.result().progress.done == 1


def test_new_peppers_wait_for_whoever_arrives(house: KeyHouse) -> None:
    house.keyring.add_controller("miles")
    with ThreadPoolExecutor(1) as threads, psycopg.connect(house.dsn) as connection:
        connection.execute(_ARRIVALS)
        doors = RootDoors(house.provider)
        working = threads.submit(rotate, house.keyring.vault, Rotating.PEPPERS, doors)
        with pytest.raises(FutureTimeout):
            working.result(0.2)
        assert house.sql("SELECT epoch FROM pepper") == [(1,)]
        connection.rollback()
        working.result()


@pytest.mark.parametrize("begins", [True, False], ids=["arrivals", "contacts"])
def test_whoever_waited_while_a_pepper_was_made_writes_under_it(
    house: KeyHouse, *, begins: bool
) -> None:
    controller = house.keyring.add_controller("miles")
    known = person(house.keyring, controller)
    ref = SourceRef("ats", "new") if begins else known.ref
    fresh = claim(ref, contacts=(contact_of("fresh"),))
    with ThreadPoolExecutor(1) as threads, psycopg.connect(house.dsn) as connection:
        connection.execute(_ARRIVALS if begins else _COHORTS)
        working = threads.submit(house.keyring.admit, controller, [fresh])
        with pytest.raises(FutureTimeout):
            working.result(0.2)
        with open_keyring(house.dsn, house.provider, house.clock) as other:
            next_peppers(other.vault, connection)
        connection.commit()
        working.result()
    assert house.sql("SELECT max(epoch) FROM pepper") == [(2,)]
    written = house.sql("SELECT epoch FROM lookup ORDER BY epoch")
    assert written == [(1,)] * 2 + [(2,)] * (2 if begins else 1)


@pytest.mark.parametrize("what", EVERYTHING)
def test_one_rotation_or_finalisation_runs_at_a_time(house: KeyHouse, what: Rotating) -> None:
    house.keyring.add_controller("miles")
    with (
        open_keyring(house.dsn, house.provider, house.clock) as other,
        alone(other.vault),
        pytest.raises(FinalisationUnderWay),
    ):
        rotate(house.keyring.vault, what, RootDoors(house.provider))
