"""What a finalisation waits for, and what stops it before the old root is destroyed."""

from dataclasses import replace
from pathlib import Path

import pytest

from domain.answers import KeyUnavailable, SealBroken
from domain.values import ControllerId
from infra.keys.escrow import FileEscrow
from infra.keys.finalisation_shapes import Terms
from infra.keys.finalising import FinalisationUnderWay, finalise
from infra.keys.provider import Destroyed, DestructionKind, LocalFileProvider
from infra.keys.sampling import open_sample
from infra.keys.stragglers import StillReferred
from tests.keys.finalising_houses import (
    SECOND,
    Person,
    Waiting,
    doors_of,
    finalise_now,
    person,
)
from tests.keys.houses import KeyHouse, open_keyring


@pytest.fixture
def controller(house: KeyHouse) -> ControllerId:
    return house.keyring.add_controller("miles")


@pytest.fixture
def people(house: KeyHouse, controller: ControllerId) -> list[Person]:
    return [person(house.keyring, controller) for _ in range(3)]


def test_it_waits_for_leases_and_grace(house: KeyHouse, people: list[Person]) -> None:
    assert people
    waiting = Waiting(house.clock)
    finalise(house.keyring.vault, replace(doors_of(house), wait=waiting), Terms(30.0, 45.0))
    assert waiting.waited == [30.0, 15.0]


def test_a_long_grace_is_left_to_a_later_call(house: KeyHouse, people: list[Person]) -> None:
    assert people
    week = Terms(0.0, 7 * 86_400.0)
    began = house.clock.now()
    waiting = finalise_now(house, week)
    assert (waiting.records, waiting.due_at) == ((), began + 7 * 86_400 * SECOND)
    assert house.provider.versions() == (1, 2)
    house.clock.instant += 7 * 86_400 * SECOND
    ended = finalise_now(house, week)
    assert (ended.run, ended.resumed, len(ended.records)) == (waiting.run, True, 1)
    assert house.provider.versions() == (2,)


def test_a_second_process_is_told_that_one_is_at_it(house: KeyHouse, people: list[Person]) -> None:
    assert people

    def begin_another(step: str) -> None:
        if step == "begun":
            with (
                open_keyring(house.dsn, house.provider, house.clock) as other,
                pytest.raises(FinalisationUnderWay),
            ):
                finalise(other.vault, doors_of(house))

    assert finalise_now(house, reached=begin_another).records


def test_a_table_nobody_carries_stops_it_before_the_root_dies(
    house: KeyHouse, people: list[Person]
) -> None:
    assert people
    house.sql("CREATE TABLE forgotten (root_version integer, wrapped bytea NOT NULL)")
    house.sql("INSERT INTO forgotten VALUES (1, 'x')")
    with pytest.raises(StillReferred, match="forgotten: 1"):
        finalise_now(house)
    assert house.provider.versions() == (1, 2)
    house.sql("DROP TABLE forgotten")
    assert finalise_now(house).records


def test_a_backup_that_does_not_open_stops_it(house: KeyHouse, people: list[Person]) -> None:
    def break_a_key(step: str) -> None:
        if step == "checked":
            house.sql("UPDATE dek SET fingerprint = 'another' WHERE subject = %s", subject)

    subject = people[0].subject
    with pytest.raises(SealBroken):
        finalise_now(house, reached=break_a_key)
    assert 1 in house.provider.versions()


class _Undying(LocalFileProvider):
    """Says it destroyed and did not."""

    def destroy_version(self, version: int) -> Destroyed:
        assert version
        return Destroyed(DestructionKind.OBJECT_DESTROYED)


def test_a_root_that_still_unwraps_is_not_recorded_as_destroyed(
    house: KeyHouse, people: list[Person], tmp_path: Path
) -> None:
    assert people
    doors = replace(doors_of(house), provider=_Undying(tmp_path / "root.json"))
    with pytest.raises(SealBroken, match="still unwraps"):
        finalise(house.keyring.vault, doors, Terms(0, 0))
    assert house.sql("SELECT count(*) FROM finalised") == [(0,)]


class _Leaving(LocalFileProvider):
    """Goes away in the moment it is asked to destroy."""

    def destroy_version(self, version: int) -> Destroyed:
        path = self._path
        path.rename(path.with_suffix(".away"))
        return (
            Destroyed(DestructionKind.OBJECT_DESTROYED) if version else super().destroy_version(0)
        )


def test_a_provider_that_went_away_is_not_taken_for_a_destruction(
    house: KeyHouse, controller: ControllerId, people: list[Person], tmp_path: Path
) -> None:
    assert people
    doors = replace(doors_of(house), provider=_Leaving(tmp_path / "root.json"))

    def remember(step: str) -> None:
        if step == "grace-passed":
            # Whoever records has every key in memory: only the canaries can tell.
            house.keyring.vault.tree.ring(controller)

    with pytest.raises(KeyUnavailable):
        finalise(house.keyring.vault, doors, Terms(0, 0), reached=remember)
    assert house.sql("SELECT count(*) FROM finalised") == [(0,)]
    (tmp_path / "root.away").rename(tmp_path / "root.json")
    assert finalise_now(house).records


# Escrow


@pytest.fixture
def escrow(house: KeyHouse, tmp_path: Path) -> FileEscrow:
    copy = FileEscrow("safe", tmp_path / "safe.json", house.provider)
    copy.keep(1)
    return copy


def test_an_escrow_copy_gets_the_new_root_and_loses_the_old(
    house: KeyHouse, people: list[Person], tmp_path: Path, escrow: FileEscrow
) -> None:
    assert people
    (record,) = finalise_now(house, escrows=(escrow,)).records
    assert LocalFileProvider(tmp_path / "safe.json").versions() == (2,)
    assert [ended.where for ended in record.destroyed] == ["safe", "provider"]
    open_sample(house.dsn, LocalFileProvider(tmp_path / "safe.json"), 2, every=True)


def test_an_escrow_copy_that_is_away_stops_it_before_anything_is_destroyed(
    house: KeyHouse, people: list[Person], tmp_path: Path, escrow: FileEscrow
) -> None:
    assert people

    def take_away(step: str) -> None:
        if step == "grace-passed":
            (tmp_path / "safe.json").rename(tmp_path / "safe.away")

    with pytest.raises(KeyUnavailable):
        finalise_now(house, reached=take_away, escrows=(escrow,))
    assert house.provider.versions() == (1, 2)
    (tmp_path / "safe.away").rename(tmp_path / "safe.json")
    assert finalise_now(house, escrows=(escrow,)).records
