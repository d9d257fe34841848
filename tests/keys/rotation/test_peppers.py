"""Peppers made anew: look-ups stand under new tokens; guards and pointers answer as before."""

from itertools import count

from domain.keyring import LateFact
from domain.suppression import SuppressionReason, SuppressOrder
from domain.values import ControllerId
from infra.keys.keyring import Keyring
from infra.keys.rotating import rotate
from infra.keys.rotating_roots import RootDoors
from infra.keys.rotation_run import Rotating
from tests.contracts.whole_keyring import claim, erase
from tests.keys.finalising_houses import Person
from tests.keys.houses import KeyHouse
from tests.keys.rotation.doing import rotated

_FIRST_PAGE = 2
"""What is durable second, after the beginning."""


def test_a_process_that_hears_nothing_finds_by_the_new_pepper(
    house: KeyHouse, controller: ControllerId, people: list[Person], deaf: Keyring
) -> None:
    rotated(house, Rotating.PEPPERS)
    assert deaf.find_source(controller, people[1].ref) == people[1].subject


def test_every_token_is_made_again_and_the_old_pepper_is_gone(
    house: KeyHouse, controller: ControllerId, people: list[Person]
) -> None:
    before = {token for (token,) in house.sql("SELECT token FROM lookup")}
    done = rotated(house, Rotating.PEPPERS)
    after = {token for (token,) in house.sql("SELECT token FROM lookup")}
    assert len(after) == len(before) == done.progress.lookups == 2 * len(people[1:])
    assert not before & after
    assert house.sql("SELECT epoch FROM pepper") == [(2,)]
    assert house.keyring.vault.tree.ring(controller).peppers.keys() == {2}


def test_after_new_peppers_an_erased_persons_source_is_still_late(
    house: KeyHouse, controller: ControllerId, people: list[Person]
) -> None:
    rotated(house, Rotating.PEPPERS)
    (answer,) = house.keyring.admit(controller, [claim(people[0].ref, at=0)])
    assert isinstance(answer, LateFact)


def test_after_new_peppers_a_pointer_still_bars(
    house: KeyHouse, controller: ControllerId, people: list[Person]
) -> None:
    reason = SuppressionReason.OPTED_OUT
    order = SuppressOrder(people[1].subject, (), reason, None)
    house.keyring.suppress(controller, [order])
    rotated(house, Rotating.PEPPERS)
    groups = [(people[1].email,), (people[2].email,)]
    assert house.keyring.suppressed(controller, groups) == [frozenset({reason}), frozenset()]
    order = SuppressOrder(people[2].subject, (), reason, None)
    assert house.keyring.suppress(controller, [order]) == 1
    assert house.keyring.suppressed(controller, groups) == [frozenset({reason})] * 2


def test_a_look_up_left_behind_is_moved_before_the_old_pepper_goes(
    house: KeyHouse, controller: ControllerId, people: list[Person]
) -> None:
    house.sql("CREATE TABLE kept AS SELECT * FROM lookup")
    put_back = "INSERT INTO lookup SELECT * FROM kept ON CONFLICT DO NOTHING"
    durable = count(1)

    def reached() -> None:
        if next(durable) == _FIRST_PAGE:
            house.sql(put_back)

    rotate(house.keyring.vault, Rotating.PEPPERS, RootDoors(house.provider), reached=reached)
    assert house.sql("SELECT DISTINCT epoch FROM lookup") == [(2,)]
    assert house.sql("SELECT count(*) FROM lookup") == [(4,)]
    assert house.keyring.find_source(controller, people[1].ref) == people[1].subject


def test_an_erased_persons_look_up_put_back_is_not_moved(
    house: KeyHouse, controller: ControllerId, people: list[Person]
) -> None:
    house.sql("CREATE TABLE kept AS SELECT * FROM lookup")
    erase(house.keyring, controller, people[1].subject)
    house.sql("INSERT INTO lookup SELECT * FROM kept ON CONFLICT DO NOTHING")
    rotated(house, Rotating.PEPPERS)
    assert house.sql("SELECT count(*) FROM lookup") == [(2,)]
