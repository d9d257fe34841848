"""Finalisation in a quiet house: what it carries, records, refuses and takes up again."""

import pytest

from domain.answers import Present, Shredded
from domain.values import ControllerId
from infra.keys.sampling import open_sample
from infra.random_ids import random_id
from tests.contracts.whole_keyring import claim, erase, opened, sealed
from tests.keys.finalising_houses import (
    SECOND,
    Person,
    finalise_now,
    loose_keys,
    person,
)
from tests.keys.houses import KeyHouse, open_keyring

WRAPS = {
    "controller_key",
    "controller_secret",
    "pepper",
    "cohort",
    "dek",
    "lookup",
    "loose_bucket",
    "loose_key",
}
"""Every table with a column ``wrapped``: what a finalisation carries. A new one must join them."""


@pytest.fixture
def controller(house: KeyHouse) -> ControllerId:
    return house.keyring.add_controller("miles")


@pytest.fixture
def people(house: KeyHouse, controller: ControllerId) -> list[Person]:
    return [person(house.keyring, controller) for _ in range(3)]


def _filled(house: KeyHouse) -> None:
    """Have something in every table of keys, for two controllers and the house itself."""
    for slug in ("express", "toptemp"):
        controller = house.keyring.add_controller(slug)
        person(house.keyring, controller)
        erase(house.keyring, controller, person(house.keyring, controller).subject)
        with loose_keys(house) as loose:
            for scope in (controller, None):
                items = [random_id(), random_id()]
                until = house.clock.now() + 9_000_000 * SECOND
                loose.seal(scope, "parked", [(item, b"x") for item in items], until)
                loose.destroy(items[:1])


def test_every_wrap_of_the_schema_is_carried(house: KeyHouse) -> None:
    rows = house.sql(
        "SELECT table_name FROM information_schema.columns"
        " WHERE column_name = 'wrapped' AND table_schema = 'public'"
    )
    assert {table for (table,) in rows} == WRAPS


def test_afterwards_every_wrap_unwraps_with_the_new_version_alone(house: KeyHouse) -> None:
    _filled(house)
    ended = finalise_now(house)
    assert house.provider.versions() == (ended.to_version,)
    every = open_sample(house.dsn, house.provider, ended.to_version, every=True)
    counted = {
        table: house.sql(f"SELECT count(*) FROM {table} WHERE wrapped IS NOT NULL")[0][0]  # noqa: S608 - our names
        for table in WRAPS
    }
    assert all(counted.values())
    assert sum(every) == sum(counted.values())


@pytest.mark.requirement("A117")
def test_afterwards_the_living_open_and_the_erased_are_shredded(
    house: KeyHouse, controller: ControllerId, people: list[Person]
) -> None:
    erase(house.keyring, controller, people[0].subject)
    finalise_now(house)
    answers = [house.keyring.open(controller, each.requests) for each in people]
    assert answers[0] == [Shredded(), Shredded(), Present(b"Kari")]
    assert answers[1:] == [[Present(b"Kari")] * 3] * 2


def test_afterwards_people_are_found_as_before(
    house: KeyHouse, controller: ControllerId, people: list[Person]
) -> None:
    erase(house.keyring, controller, people[0].subject)
    finalise_now(house)
    found = [house.keyring.find_source(controller, each.ref) for each in people]
    assert found == [None, people[1].subject, people[2].subject]
    assert house.keyring.find_contact(controller, people[1].email) == [people[1].subject]


def test_a_repeated_address_stays_one_row_after_rekeying(
    house: KeyHouse, controller: ControllerId, people: list[Person]
) -> None:
    erase(house.keyring, controller, people[0].subject)
    finalise_now(house)
    before = house.keyring.footprint(controller, people[1].subject)
    house.keyring.admit(controller, [claim(people[1].ref, contacts=(people[1].email,))])
    assert house.keyring.footprint(controller, people[1].subject) == before


def test_a_dirty_cohort_gets_another_key_and_a_clean_one_keeps_its_own(
    house: KeyHouse, controller: ControllerId, people: list[Person]
) -> None:
    other = house.keyring.add_controller("express")
    person(house.keyring, other)
    erase(house.keyring, controller, people[0].subject)
    finalise_now(house)
    rows = house.sql("SELECT controller, generation, dirty FROM cohort")
    assert {row[0]: row[1:] for row in rows} == {controller: (2, False), other: (1, False)}


def test_new_people_after_it_hang_off_the_new_version(
    house: KeyHouse, controller: ControllerId
) -> None:
    with open_keyring(house.dsn, house.provider, house.clock) as other:
        other._listener.stop()  # noqa: SLF001 - deaf on purpose
        other.find_source(controller, person(house.keyring, controller).ref)
        house.sql("UPDATE controller SET arrivals = 256")
        ended = finalise_now(house)
        somebody = person(other, controller)
    rows = house.sql("SELECT root_version FROM cohort ORDER BY cohort")
    assert rows == [(ended.to_version,)] * 2
    assert opened(house.keyring, controller, somebody.requests[0]) == Present(b"Kari")


def test_a_process_that_hears_nothing_goes_on(
    house: KeyHouse, controller: ControllerId, people: list[Person]
) -> None:
    with (
        open_keyring(house.dsn, house.provider, house.clock, monotonic=lambda: 0.0) as other,
        loose_keys(house) as loose,
    ):
        other._listener.stop()  # noqa: SLF001 - deaf on purpose
        opened(other, controller, people[1].requests[0])
        until = house.clock.now() + SECOND
        erase(house.keyring, controller, people[0].subject)
        finalise_now(house)
        assert opened(other, controller, people[1].requests[0]) == Present(b"Kari")
        fresh = sealed(other, controller, people[1].subject, "assessment/1")
        assert opened(house.keyring, controller, fresh) == Present(b"Kari")
        item = random_id()
        tokens = loose.seal(controller, "parked", [(item, b"x")], until)
        assert loose.open("parked", [(item, tokens[0])]) == [Present(b"x")]


def test_a_key_row_put_back_beside_its_tombstone_is_not_carried(
    house: KeyHouse, controller: ControllerId, people: list[Person]
) -> None:
    house.sql("CREATE TABLE kept AS SELECT * FROM dek")
    house.sql("CREATE TABLE kept_lookup AS SELECT * FROM lookup")
    erase(house.keyring, controller, people[0].subject)
    house.sql("INSERT INTO dek SELECT * FROM kept ON CONFLICT DO NOTHING")
    house.sql("INSERT INTO lookup SELECT * FROM kept_lookup ON CONFLICT DO NOTHING")
    finalise_now(house)
    left = house.sql("SELECT category FROM dek WHERE subject = %s", people[0].subject)
    assert left == [("notice/1",)]
    assert house.keyring.find_source(controller, people[0].ref) is None


def test_a_destroyed_notice_key_dirties_its_cohort(
    house: KeyHouse, controller: ControllerId, people: list[Person]
) -> None:
    house.keyring.destroy_category_key(controller, people[0].subject, "notice/1")
    assert house.sql("SELECT dirty FROM cohort") == [(True,)]


def test_an_expired_notice_key_dirties_its_cohort(house: KeyHouse, people: list[Person]) -> None:
    house.clock.instant += 31 * 86_400 * SECOND
    assert house.keyring.expire_notices(house.clock.now()) == len(people)
    assert house.sql("SELECT dirty FROM cohort") == [(True,)]
