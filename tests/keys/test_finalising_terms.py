"""T2, the journal that records it, and what a house is told of it."""

import time
from threading import Event

import psycopg
import pytest

from domain.values import ControllerId, Instant
from infra.clock import FixedClock
from infra.keys.finalisation_shapes import Finalised, Progress
from infra.keys.finalised import FinalisedBroken, finalisation_of, verify_finalised
from infra.keys.finality import key_status
from infra.keys.listening import EvictionListener
from infra.keys.provider import Destroyed, DestructionKind, LocalFileProvider
from tests.contracts.whole_keyring import erase
from tests.keys.finalising_houses import (
    SECOND,
    Person,
    finalise_now,
    person,
)
from tests.keys.houses import KeyHouse


@pytest.fixture
def controller(house: KeyHouse) -> ControllerId:
    return house.keyring.add_controller("miles")


@pytest.fixture
def people(house: KeyHouse, controller: ControllerId) -> list[Person]:
    return [person(house.keyring, controller) for _ in range(3)]


# T2 and its journal


def test_t2_covers_what_was_erased_before_it(
    house: KeyHouse, controller: ControllerId, people: list[Person]
) -> None:
    first = erase(house.keyring, controller, people[0].subject)
    (record,) = finalise_now(house).records
    later = erase(house.keyring, controller, people[1].subject)
    assert (record.covers, record.final_at) == (first.head.sequence, house.clock.now())
    found = finalisation_of(house.keyring.vault, controller, first.head.sequence)
    assert found is not None
    assert found.decoded() == record
    assert finalisation_of(house.keyring.vault, controller, later.head.sequence) is None


def test_what_is_erased_while_it_runs_waits_for_the_next(
    house: KeyHouse, controller: ControllerId, people: list[Person]
) -> None:
    def erase_more(step: str) -> None:
        if step == "rekeyed":
            erase(house.keyring, controller, people[1].subject)

    erase(house.keyring, controller, people[0].subject)
    (first,) = finalise_now(house, reached=erase_more).records
    assert (first.covers, key_status(house.keyring.vault).controllers[0].open) == (1, 1)
    (second,) = finalise_now(house).records
    assert second.covers == 2


def test_a_cohort_begun_while_it_runs_does_not_hold_t2_back(
    house: KeyHouse, controller: ControllerId, people: list[Person]
) -> None:
    def begin_a_cohort(step: str) -> None:
        if step == "rekeyed":
            house.sql("UPDATE controller SET arrivals = 256")
            person(house.keyring, controller)

    erase(house.keyring, controller, people[0].subject)
    (record,) = finalise_now(house, reached=begin_a_cohort).records
    assert record.covers == 1


def test_the_record_names_how_the_root_died(house: KeyHouse, people: list[Person]) -> None:
    assert people
    (record,) = finalise_now(house).records
    (ended,) = record.destroyed
    assert (ended.where, ended.kind) == ("provider", "file-rewritten")


def test_a_scheduled_deletion_is_final_when_it_happens(
    house: KeyHouse, people: list[Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert people
    at: Instant = house.clock.now() + 7 * 86_400 * SECOND
    destroy = LocalFileProvider.destroy_version

    def schedule(provider: LocalFileProvider, version: int) -> Destroyed:
        destroy(provider, version)
        return Destroyed(DestructionKind.DELETION_SCHEDULED, at)

    monkeypatch.setattr(LocalFileProvider, "destroy_version", schedule)
    (record,) = finalise_now(house).records
    assert record.final_at == at


def test_the_journal_of_finalisations_verifies(
    house: KeyHouse, controller: ControllerId, people: list[Person]
) -> None:
    for each in people:
        erase(house.keyring, controller, each.subject)
        finalise_now(house)
    assert verify_finalised(house.keyring.vault, controller) == 3


@pytest.mark.parametrize(
    "edit",
    [
        "UPDATE finalised SET encoded = overlay(encoded placing '\\x07' from 12) WHERE number = 2",
        "DELETE FROM finalised WHERE number = 2",
        "UPDATE finalised SET number = CASE number WHEN 1 THEN -2 ELSE 1 END WHERE number < 3",
    ],
    ids=["edited", "cut", "reordered"],
)
def test_an_edited_journal_of_finalisations_shows(
    house: KeyHouse, controller: ControllerId, people: list[Person], edit: str
) -> None:
    for _ in people:
        finalise_now(house)
    house.sql(edit)
    with pytest.raises(FinalisedBroken):
        verify_finalised(house.keyring.vault, controller)


# Progress and status


def test_progress_counts_cohorts_and_what_hung_off_the_dirty(
    house: KeyHouse, controller: ControllerId, people: list[Person]
) -> None:
    erase(house.keyring, controller, people[0].subject)
    ended = finalise_now(house)
    # Two people with three keys each and a notice key; a source id and an address each.
    assert ended.progress == Progress(done=1, total=1, dirty=1, keys=7, lookups=4)


def test_the_status_tells_what_is_open_since_when(
    house: KeyHouse, clock: FixedClock, controller: ControllerId, people: list[Person]
) -> None:
    before: Finalised = finalise_now(house)
    erased_at = clock.now()
    erase(house.keyring, controller, people[0].subject)
    clock.instant += 60 * SECOND
    status = key_status(house.keyring.vault)
    (mine,) = status.controllers
    assert (mine.open, mine.oldest_at, mine.final_at) == (1, erased_at, before.records[0].final_at)
    assert (status.dirty_cohorts, status.clean_cohorts, status.run) == (1, 0, None)
    assert status.root_versions == {2: 1}


def test_a_listener_that_comes_back_forgets_what_the_tree_holds(house: KeyHouse) -> None:
    forgotten = Event()
    listener = EvictionListener(lambda: psycopg.connect(house.dsn, autocommit=True), time.monotonic)
    listener.start(house.keyring.vault.cache, forgotten.set)
    assert forgotten.wait(5)
    listener.stop()
