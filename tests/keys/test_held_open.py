"""Creating a key and destroying its person meet at one place, each time.

The creation is held open between its locks and its insertion while a destruction is ordered. The
races of ``test_races`` meet there by chance; here the guard can be taken away and missed.
"""

from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import suppress

import pytest

from domain.keyring import SourceRef
from domain.values import ControllerId
from infra.keys import creating, locking
from infra.keys.keyring import Keyring
from tests.contracts.whole_keyring import admit_one, claim, erase, sealed
from tests.keys.houses import KeyHouse, open_keyring

PAUSE_SECONDS = 1.0
"""A destruction that nothing holds up takes a fiftieth of it."""

_SHARED = ("_LOCK_SUBJECTS", "_LOCK_COHORTS")


def live_keys_after(
    house: KeyHouse, controller: ControllerId, monkeypatch: pytest.MonkeyPatch, other: Keyring
) -> list[tuple[str]]:
    """Seal for somebody whom another process erases meanwhile; return the keys that are left."""
    subject = admit_one(house.keyring, controller, claim(SourceRef("ats", "1")))
    wanted_keys = creating.wanted_keys
    destroying: list[Future[object]] = []
    with ThreadPoolExecutor(1) as threads:

        def held_open(*asked: object) -> object:
            wanted = wanted_keys(*asked)  # type: ignore[arg-type]  # handed on as they came
            destroying.append(threads.submit(erase, other, controller, subject))
            with suppress(FutureTimeout):
                destroying[0].result(PAUSE_SECONDS)
            return wanted

        monkeypatch.setattr(creating, "wanted_keys", held_open)
        sealed(house.keyring, controller, subject, "assessment/1")
        destroying[0].result()
    return house.sql("SELECT category FROM dek WHERE subject = %s", subject)


def test_a_key_made_while_destruction_is_ordered_dies_with_the_others(
    house: KeyHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    controller = house.keyring.add_controller("miles")
    with open_keyring(house.dsn, house.provider, house.clock) as other:
        assert live_keys_after(house, controller, monkeypatch, other) == []


def test_without_the_shared_locks_it_would_outlive_its_person(
    house: KeyHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in _SHARED:
        locked = getattr(locking, name)
        assert locked.endswith(" FOR SHARE")
        monkeypatch.setattr(locking, name, locked.removesuffix(" FOR SHARE"))
    controller = house.keyring.add_controller("miles")
    with open_keyring(house.dsn, house.provider, house.clock) as other:
        left = live_keys_after(house, controller, monkeypatch, other)
    assert left == [("assessment/1",)]
