"""Probes of the key database fail when their guards are taken away."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from hashlib import sha256

import pytest

from domain.answers import Answer, KeyUnavailable, Shredded
from domain.keyring import JournalHead, OpenRequest
from domain.values import Category, ControllerId
from infra.keys import (
    burying,
    clearing,
    creating,
    database,
    fetching,
    finalising,
    journal,
    opening,
    sealing,
)
from infra.keys.cache import HeldKey
from infra.keys.fetching import Pair
from infra.keys.finalisation_run import Step
from infra.keys.locking import Locked
from infra.keys.provider import KekProvider
from infra.keys.record import ChainedRecord
from infra.keys.ring import ControllerRing
from infra.keys.vault import Vault
from infra.random_ids import random_id
from tests.contracts.keyring_erasure_contract import ErasureContract
from tests.contracts.keyring_opening_contract import OpeningContract
from tests.contracts.whole_keyring import admit_one, claim, erase
from tests.guardless import Guardless, Probe, cases_of, method, see_it_fail
from tests.keys import test_finalising_crashes as finalisations
from tests.keys import test_journal as journals
from tests.keys import test_lookups as lookups
from tests.keys import test_roles as roles
from tests.keys import test_suppression as pointers
from tests.keys.houses import KeyHouse


def who_has_no_key_is_sealed_with_none(patch: pytest.MonkeyPatch) -> None:
    fetch, usable = sealing._fetch, sealing._usable  # noqa: SLF001 - the guard

    class Plain:
        def _seal(self, _fact_id: object, _slot: object, plaintext: bytes, _nonce: object) -> bytes:
            return plaintext

    def fetched(*asked: object) -> dict[tuple[int, Category], HeldKey]:
        with suppress(KeyUnavailable):
            return fetch(*asked)  # type: ignore[arg-type]  # handed on as they came
        return {}

    def some(held: HeldKey | None, controller: ControllerId) -> object:
        return Plain() if held is None else usable(held, controller)

    patch.setattr(sealing, "_fetch", fetched)
    patch.setattr(sealing, "_usable", some)


def a_missing_key_is_an_erased_one(patch: pytest.MonkeyPatch) -> None:
    answer = opening.answer

    def answered(controller: ControllerId, asked: OpenRequest, held: HeldKey | None) -> Answer:
        return Shredded() if held is None else answer(controller, asked, held)

    patch.setattr(opening, "answer", answered)


def a_destruction_takes_the_whole_cohorts_keys(patch: pytest.MonkeyPatch) -> None:
    """As one key for all would: who opens next meets a key that is not there."""
    patch.setattr(burying, "_DELETE_KEYS", "DELETE FROM dek WHERE key_id = ANY(%b) OR true")
    patch.setattr(fetching, "_NOT_DESTROYED", "true")
    a_missing_key_is_an_erased_one(patch)


def epochs_are_not_counted(patch: pytest.MonkeyPatch) -> None:
    planned = creating.wanted_keys

    def first(locked: Locked, pairs: Sequence[Pair]) -> list[creating.Wanted]:
        return [each._replace(epoch=1) for each in planned(locked, pairs)]

    patch.setattr(creating, "wanted_keys", first)


def a_wrapped_key_names_no_place(patch: pytest.MonkeyPatch) -> None:
    for module in (fetching, creating):
        patch.setattr(module, "dek_aad", lambda *_: b"")


def a_look_up_names_no_place(patch: pytest.MonkeyPatch) -> None:
    for name in ("infra.keys.lookups.lookup_aad", "infra.keys.clearing.lookup_aad"):
        patch.setattr(name, lambda *_: b"")


def nobody_reads_look_ups_back(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(clearing, "_read_back", lambda *_: None)


def look_ups_are_not_deleted(patch: pytest.MonkeyPatch) -> None:
    nobody_reads_look_ups_back(patch)
    patch.setattr(clearing, "_DELETE", clearing._DELETE + " AND false")  # noqa: SLF001 - the guard


def agencies_share_their_secrets(patch: pytest.MonkeyPatch) -> None:
    for name in ("inner", "pointer", "late_token"):
        patch.setattr(ControllerRing, name, lambda _self, told: sha256(told).digest())


def agencies_share_their_peppers(patch: pytest.MonkeyPatch) -> None:
    agencies_share_their_secrets(patch)
    patch.setattr(ControllerRing, "token", lambda _self, inner: sha256(inner).digest())
    patch.setattr(ControllerRing, "tokens", lambda self, inner: [self.token(inner)])


def nobody_walks_the_chain(patch: pytest.MonkeyPatch) -> None:
    def believed(*asked: object) -> JournalHead:
        page = asked[-1]
        assert isinstance(page, list)
        last: ChainedRecord = page[-1]
        return JournalHead(last.sequence, last.chain)

    patch.setattr(journal, "verify", believed)


def the_chain_ends_where_its_records_end(patch: pytest.MonkeyPatch) -> None:
    def last(vault: Vault, controller: ControllerId) -> JournalHead:
        record = journal.journal_records(vault, controller, 0, 100)[-1]
        return JournalHead(record.sequence, record.chain)

    patch.setattr(journal, "journal_head", last)


def a_version_that_was_made_is_made_again(patch: pytest.MonkeyPatch) -> None:
    def made(provider: KekProvider, _escrows: object, after: int, done: Callable[[], None]) -> int:
        version = provider.create_version(after)
        done()
        return version

    patch.setattr(finalising, "next_version", made)


def the_database_is_open_to_all(patch: pytest.MonkeyPatch) -> None:
    lay_out = database._lay_out  # noqa: SLF001 - the guard

    def open_to_all(connection: database.Connection) -> None:
        lay_out(connection)
        name = f'"{connection.info.dbname}"'
        connection.execute(f"GRANT CONNECT ON DATABASE {name} TO PUBLIC".encode())

    patch.setattr(database, "_lay_out", open_to_all)


def alone(probe: Probe) -> Probe:
    """Run a case of a contract in a key database of its own."""

    def of_its_own(house: KeyHouse) -> None:
        probe(None, house.keyring, house.keyring.add_controller("a"))

    of_its_own.__name__ = probe.__name__
    return of_its_own


def chained(probe: Probe) -> Probe:
    """Give a probe a controller with three erasures in its journal."""

    def of_three(own: KeyHouse) -> None:
        controller = own.keyring.add_controller(str(random_id()))
        for n in range(3):
            wanted = claim()._replace(ref=claim().ref._replace(remote_id=str(n)))
            erase(own.keyring, controller, admit_one(own.keyring, controller, wanted))
        probe(own, controller)

    of_three.__name__ = probe.__name__
    return of_three


def died_when_a_version_was_made(house: KeyHouse) -> None:
    finalisations.test_one_that_died_at_a_step_is_taken_up_and_ends_the_same(
        house, Step.VERSION_CREATED
    )


PROBES: dict[Guardless, tuple[Probe, ...]] = {
    who_has_no_key_is_sealed_with_none: (
        method(OpeningContract.test_sealing_for_an_unknown_person_is_unavailable),
    ),
    a_missing_key_is_an_erased_one: (
        method(OpeningContract.test_a_token_of_an_unknown_key_is_unavailable),
        lookups.test_a_deleted_key_row_without_a_tombstone_is_no_erasure,
    ),
    a_destruction_takes_the_whole_cohorts_keys: (
        alone(ErasureContract.test_everybody_else_still_opens),
    ),
    epochs_are_not_counted: (
        method(ErasureContract.test_a_category_used_again_has_the_next_epoch),
    ),
    a_wrapped_key_names_no_place: (
        lookups.test_nothing_is_sealed_with_another_persons_wrapped_key,
    ),
    a_look_up_names_no_place: (lookups.test_a_look_up_moved_to_another_token_is_broken,),
    nobody_reads_look_ups_back: (lookups.test_a_look_up_that_cannot_be_deleted_stops_the_erasure,),
    look_ups_are_not_deleted: (lookups.test_no_look_up_row_is_left_after_an_erasure,),
    agencies_share_their_peppers: (lookups.test_two_controllers_tokens_of_one_address_differ,),
    agencies_share_their_secrets: (pointers.test_two_controllers_pointers_of_one_address_differ,),
    nobody_walks_the_chain: (
        chained(journals.test_an_edited_record_shows),
        chained(journals.test_a_record_cut_from_the_middle_shows),
        chained(journals.test_swapped_records_show),
    ),
    the_chain_ends_where_its_records_end: (
        chained(journals.test_a_record_cut_from_the_end_shows),
        chained(journals.test_an_edited_head_shows),
    ),
    a_version_that_was_made_is_made_again: (died_when_a_version_was_made,),
    the_database_is_open_to_all: (roles.test_the_event_role_is_refused_on_the_key_database,),
}


@cases_of(PROBES)
def test_without_its_guard_a_probe_fails(
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    remove: Guardless,
    probe: Probe,
) -> None:
    remove(monkeypatch)
    see_it_fail(request, probe)
