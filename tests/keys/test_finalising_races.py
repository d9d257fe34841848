"""Ingest, erasure and loose keys go on while it runs: nothing fails, nothing is left behind.

Each keyring stands for a process of its own. Seen to fail without the locks of F3 on cohorts and on
buckets, without the shared lock of a footprint, and without holding or seizing the roots.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import ExitStack, suppress
from dataclasses import replace
from threading import Event, Lock
from uuid import UUID

import psycopg
import pytest

from domain.answers import Present, Shredded, SubjectErased
from domain.values import ControllerId
from infra.keys import arriving
from infra.keys.finalisation_shapes import Terms
from infra.keys.finalising import finalise
from infra.keys.keyring import Keyring
from infra.keys.loose import LooseKeys
from infra.keys.roots import hold_roots, seize_roots
from infra.keys.sampling import open_sample
from infra.random_ids import random_bytes, random_id
from tests.contracts.whole_keyring import claim, erase, sealed
from tests.keys.finalising_houses import SECOND, Person, doors_of, finalise_now, loose_keys, person
from tests.keys.houses import KeyHouse, open_keyring

RUNS = 4
LEASE_SECONDS = 0.02
"""Longer than any read between two statements of a round, and much shorter than a lease."""


PAUSE_SECONDS = 0.003
"""Between two deeds, so that everybody gets a turn on two processors."""


class Bustle:
    """What everybody does until the finaliser is done."""

    def __init__(self, house: KeyHouse, controller: ControllerId) -> None:
        self.house = house
        self.controller = controller
        self.done = Event()
        self.lock = Lock()
        self.living: list[Person] = []
        self.erased: list[Person] = []
        self.kept: dict[UUID, bytes] = {}
        self.destroyed: dict[UUID, bytes] = {}

    def until_done(self, deed: Callable[[], None], times: int) -> None:
        while not self.done.wait(PAUSE_SECONDS) and times:
            deed()
            times -= 1

    def arrive(self, keyring: Keyring) -> None:
        fresh = person(keyring, self.controller)
        with self.lock:
            self.living.append(fresh)

    def go_on(self, keyring: Keyring) -> None:
        """Seal, open and find somebody who may be erased meanwhile."""
        each = self.somebody()
        number = random_bytes(1)[0] % 8
        with suppress(SubjectErased):
            sealed(keyring, self.controller, each.subject, f"documents/{number}")
        answers = keyring.open(self.controller, each.requests)
        assert set(answers) <= {Present(b"Kari"), Shredded()}
        keyring.footprint(self.controller, each.subject)
        keyring.admit(self.controller, [claim(each.ref, contacts=(each.email,))])

    def erase(self, keyring: Keyring) -> None:
        with self.lock:
            if len(self.living) < 20:
                return
            each = self.living.pop(random_bytes(1)[0] % len(self.living))
            self.erased.append(each)
        erase(keyring, self.controller, each.subject)
        keyring.destroy_category_key(self.controller, each.subject, "notice/1")

    def park(self, loose: LooseKeys) -> None:
        items = [random_id(), random_id()]
        until = self.house.clock.now() + 3_600 * SECOND
        for scope in (self.controller, None):
            tokens = loose.seal(scope, "parked", [(item, b"x") for item in items], until)
            loose.destroy(items[:1])
            self.destroyed[items[0]], self.kept[items[1]] = tokens
            items = [random_id(), random_id()]

    def found(self, keyring: Keyring) -> None:
        """Found controllers, and people of theirs."""
        controller = keyring.add_controller(str(random_id()))
        person(keyring, controller)

    def somebody(self) -> Person:
        with self.lock:
            return self.living[random_bytes(1)[0] % len(self.living)]

    def finalise(self) -> None:
        doors = replace(doors_of(self.house), wait=Event().wait)
        try:
            for _ in range(RUNS):
                # The house's clock stands, so the lease is waited for whole.
                finalise(self.house.keyring.vault, doors, Terms(LEASE_SECONDS, 0.0))
        finally:
            self.done.set()


@pytest.fixture
def bustle(house: KeyHouse, monkeypatch: pytest.MonkeyPatch) -> Bustle:
    """Run everything at once, in small cohorts so that new ones are made all the time."""
    monkeypatch.setattr(arriving, "COHORT_SIZE", 4)
    made = Bustle(house, house.keyring.add_controller("miles"))
    for _ in range(24):
        made.arrive(house.keyring)
    with ExitStack() as stack, ThreadPoolExecutor(8) as threads:
        rings = [
            stack.enter_context(open_keyring(house.dsn, house.provider, house.clock))
            for _ in range(5)
        ]
        loose = stack.enter_context(loose_keys(house))
        deeds: list[tuple[Callable[[], None], int]] = [
            (lambda: made.arrive(rings[0]), 100),
            (lambda: made.go_on(rings[1]), 1_000),
            (lambda: made.go_on(rings[2]), 1_000),
            (lambda: made.erase(rings[3]), 60),
            (lambda: made.park(loose), 40),
            (lambda: made.found(rings[4]), 6),
        ]
        working = [threads.submit(made.until_done, *deed) for deed in deeds]
        working.append(threads.submit(made.finalise))
        for work in working:
            work.result()  # and raises what the deed raised
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
    house, keyring, controller = bustle.house, bustle.house.keyring, bustle.controller
    (version,) = house.provider.versions()
    assert version == RUNS + 1
    open_sample(house.dsn, house.provider, version, every=True)
    for each in bustle.living:
        assert keyring.open(controller, each.requests) == [Present(b"Kari")] * 3
        assert keyring.find_source(controller, each.ref) == each.subject
        assert keyring.footprint(controller, each.subject).lookups == {"source": 1, "email": 1}
    assert bustle.erased
    for each in bustle.erased:
        assert set(keyring.open(controller, each.requests)) == {Shredded()}
        assert house.sql("SELECT 1 FROM dek WHERE subject = %s", each.subject) == []
    with loose_keys(house) as loose:
        assert set(loose.open("parked", list(bustle.kept.items()))) == {Present(b"x")}
        assert set(loose.open("parked", list(bustle.destroyed.items()))) == {Shredded()}
