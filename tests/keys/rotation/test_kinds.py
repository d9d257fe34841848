"""Rotation in a quiet house: what each kind makes anew, and what stays as it was."""

import pytest

from domain.answers import KeyUnavailable, Present, Shredded
from domain.values import ControllerId
from infra.keys.carrying import FinalisationUnderWay
from infra.keys.finalisation_shapes import Terms
from infra.keys.keyring import Keyring
from infra.keys.rotation_run import Rotating
from infra.keys.sampling import open_sample
from infra.keys.token import key_id_of
from tests.contracts.whole_keyring import admit_one, claim, erase, opened, sealed
from tests.keys.finalising_houses import (
    SECOND,
    Person,
    contact_of,
    finalise_now,
    person,
)
from tests.keys.houses import KeyHouse
from tests.keys.rotation.doing import EVERYTHING, rotated


@pytest.mark.parametrize("what", EVERYTHING)
def test_whatever_is_rotated_everybody_is_as_before(
    house: KeyHouse, controller: ControllerId, people: list[Person], what: Rotating
) -> None:
    before = [house.keyring.footprint(controller, each.subject) for each in people]
    rotated(house, what)
    house.keyring.vault.tree.clear()
    answers = [house.keyring.open(controller, each.requests) for each in people]
    assert answers == [[Shredded(), Shredded(), Present(b"Kari")], *[[Present(b"Kari")] * 3] * 2]
    found = [house.keyring.find_source(controller, each.ref) for each in people]
    assert found == [None, people[1].subject, people[2].subject]
    assert house.keyring.find_contact(controller, people[1].email) == [people[1].subject]
    assert [house.keyring.footprint(controller, each.subject) for each in people] == before
    newest = max(house.provider.versions())
    assert sum(open_sample(house.dsn, house.provider, newest, every=True))


@pytest.mark.parametrize("what", EVERYTHING)
def test_a_process_that_hears_nothing_goes_on(
    house: KeyHouse,
    controller: ControllerId,
    people: list[Person],
    deaf: Keyring,
    what: Rotating,
) -> None:
    rotated(house, what)
    assert deaf.find_contact(controller, people[1].email) == [people[1].subject]
    other = contact_of("another")
    assert admit_one(deaf, controller, claim(people[2].ref, contacts=(other,))) == people[2].subject
    assert house.keyring.find_contact(controller, other) == [people[2].subject]
    fresh = sealed(deaf, controller, people[1].subject, "assessment/1")
    assert opened(house.keyring, controller, fresh) == Present(b"Kari")


@pytest.mark.parametrize("what", EVERYTHING)
def test_a_rotation_and_a_finalisation_after_it_leave_one_root(
    house: KeyHouse, controller: ControllerId, people: list[Person], what: Rotating
) -> None:
    rotated(house, what)
    ended = finalise_now(house)
    assert house.provider.versions() == (ended.to_version,)
    assert [record.covers for record in ended.records] == [1]
    assert house.keyring.open(controller, people[1].requests) == [Present(b"Kari")] * 3


def test_a_rotated_root_stays_until_it_is_finalised(house: KeyHouse, people: list[Person]) -> None:
    assert people
    done = rotated(house, Rotating.ROOT)
    assert done.root is not None
    assert (done.root.version, done.root.held) == (2, (1, 2))
    assert house.sql("SELECT DISTINCT root_version FROM controller_key") == [(2,)]
    assert house.sql("SELECT DISTINCT root_version FROM cohort") == [(2,)]


def test_the_root_is_not_rotated_while_a_finalisation_waits(
    house: KeyHouse, controller: ControllerId, people: list[Person]
) -> None:
    finalise_now(house, Terms(0.0, 7 * 86_400.0))
    erase(house.keyring, controller, people[1].subject)
    with pytest.raises(FinalisationUnderWay):
        rotated(house, Rotating.ROOT)
    house.clock.instant += 7 * 86_400 * SECOND
    assert [record.covers for record in finalise_now(house).records] == [1]


@pytest.mark.parametrize("what", [Rotating.COHORTS, Rotating.KEYS, Rotating.PEPPERS])
def test_what_was_erased_while_a_finalisation_waits_is_not_final_by_a_rotation(
    house: KeyHouse, controller: ControllerId, people: list[Person], what: Rotating
) -> None:
    finalise_now(house, Terms(0.0, 7 * 86_400.0))
    erase(house.keyring, controller, people[1].subject)
    rotated(house, what)
    house.clock.instant += 7 * 86_400 * SECOND
    assert [record.covers for record in finalise_now(house).records] == [1]
    assert [record.covers for record in finalise_now(house).records] == [2]


def test_every_cohort_gets_another_key_under_the_same_root(
    house: KeyHouse, people: list[Person]
) -> None:
    assert people
    person(house.keyring, house.keyring.add_controller("express"))
    before = house.sql("SELECT wrapped FROM dek")
    done = rotated(house, Rotating.COHORTS)
    rows = house.sql("SELECT root_version, generation, dirty FROM cohort")
    assert rows == [(1, 2, False)] * 2
    assert (done.progress.done, done.progress.total, done.progress.keys) == (2, 2, 10)
    assert not set(before) & set(house.sql("SELECT wrapped FROM dek"))


def test_what_is_sealed_after_the_data_keys_were_rotated_is_under_another_key(
    house: KeyHouse, controller: ControllerId, people: list[Person], deaf: Keyring
) -> None:
    before = people[1].requests[0]
    rotated(house, Rotating.KEYS)
    assert deaf.open(controller, [before]) == [Present(b"Kari")]
    first = sealed(deaf, controller, people[1].subject)
    assert opened(house.keyring, controller, before) == Present(b"Kari")
    second = sealed(house.keyring, controller, people[1].subject)
    ids = [key_id_of(each.token, each.fact_id) for each in (before, first, second)]
    assert ids[0] != ids[1] == ids[2]


def test_a_retired_key_that_was_opened_is_not_sealed_with(
    house: KeyHouse, controller: ControllerId, people: list[Person]
) -> None:
    before = people[1].requests[0]
    rotated(house, Rotating.KEYS)
    assert opened(house.keyring, controller, before) == Present(b"Kari")
    after = sealed(house.keyring, controller, people[1].subject)
    assert key_id_of(after.token, after.fact_id) != key_id_of(before.token, before.fact_id)


@pytest.mark.parametrize("category", [None, "profile"])
def test_an_erasure_names_and_destroys_every_epoch(
    house: KeyHouse, controller: ControllerId, people: list[Person], category: str | None
) -> None:
    keyring, each = house.keyring, people[1]
    requests = [each.requests[0]]
    for _ in range(2):
        rotated(house, Rotating.KEYS)
        requests.append(sealed(keyring, controller, each.subject))
    (epochs,) = keyring.live_epochs(controller, [each.subject], "profile")
    assert [epoch.epoch for epoch in epochs] == [1, 2, 3]
    assert {e.key_id.bytes for e in epochs} == {key_id_of(r.token, r.fact_id) for r in requests}
    erase(keyring, controller, each.subject, category)
    assert keyring.open(controller, requests) == [Shredded()] * 3
    assert keyring.live_epochs(controller, [each.subject], "profile") == [()]


def test_a_rotated_category_erased_and_used_again_gets_an_epoch_of_its_own(
    house: KeyHouse, controller: ControllerId, people: list[Person]
) -> None:
    rotated(house, Rotating.KEYS)
    erase(house.keyring, controller, people[1].subject, "profile")
    again = sealed(house.keyring, controller, people[1].subject)
    assert opened(house.keyring, controller, again) == Present(b"Kari")
    (epochs,) = house.keyring.live_epochs(controller, [people[1].subject], "profile")
    assert [epoch.epoch for epoch in epochs] == [2]


def test_keys_of_notices_are_not_retired(house: KeyHouse, people: list[Person]) -> None:
    assert people
    rotated(house, Rotating.KEYS)
    kept = house.sql("SELECT DISTINCT category FROM dek WHERE retired = 0")
    assert kept == [("notice/1",)]


def test_a_restricted_persons_retired_key_stays_withheld(
    house: KeyHouse, controller: ControllerId, people: list[Person]
) -> None:
    house.keyring.suspend(controller, [people[1].subject])
    before = opened(house.keyring, controller, people[1].requests[0])
    rotated(house, Rotating.KEYS)
    assert opened(house.keyring, controller, people[1].requests[0]) == before != Present(b"Kari")


@pytest.mark.parametrize("what", EVERYTHING)
def test_without_the_provider_nothing_is_rotated_in_part(
    house: KeyHouse, controller: ControllerId, people: list[Person], what: Rotating
) -> None:
    house.keyring.vault.tree.clear()
    root = house.provider._path  # noqa: SLF001 - the file that holds the root key
    kept = root.read_bytes()
    root.unlink()
    if what is Rotating.KEYS:
        rotated(house, what)  # it unwraps nothing
    else:
        with pytest.raises(KeyUnavailable):
            rotated(house, what)
    root.write_bytes(kept)
    root.chmod(0o600)
    rotated(house, what)
    assert house.keyring.open(controller, people[1].requests) == [Present(b"Kari")] * 3
