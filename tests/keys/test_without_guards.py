"""Probes of the token, the provider and the cache fail when their guards are taken away."""

import hmac
from contextlib import suppress
from itertools import count
from pathlib import Path
from random import Random
from types import SimpleNamespace

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import GCM

from domain.answers import Answer, KeyUnavailable, Shredded
from domain.keyring import OpenRequest
from domain.values import ControllerId, FactId
from infra.keys import bounded, cache, provider
from infra.keys import token as tokens
from infra.keys.bounded import BoundedProvider
from infra.keys.cache import KeyCache
from infra.keys.keyring import Keyring
from infra.keys.leases import LeasedTable
from infra.keys.provider import LocalFileProvider
from infra.keys.token import DataKey
from infra.keys.wrapping import WrappingKey
from tests.contracts.provider_contract import ProviderContract
from tests.guardless import Guardless, Probe, cases_of, see_it_fail
from tests.keys import test_eviction as eviction
from tests.keys import test_memory as memory
from tests.keys import test_nonces as nonces
from tests.keys import test_provider as root_file
from tests.keys import test_providers_faulty as faulty
from tests.keys import test_token as token

Held = tuple[int, dict[int, str]]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "root.json"


@pytest.fixture
def faulty_file(path: Path) -> faulty.Faulty:
    made = faulty.Faulty(path)
    made.create_version()
    return made


# The token


class Unchecked:
    """AES-GCM whose tag nobody looks at."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def encrypt(self, nonce: bytes, data: bytes, aad: bytes) -> bytes:
        return AESGCM(self._key).encrypt(nonce, data, aad)

    def decrypt(self, nonce: bytes, data: bytes, _aad: bytes) -> bytes:
        return Cipher(AES(self._key), GCM(nonce)).decryptor().update(data[:-16])


def nobody_looks_at_the_tag(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(tokens, "AESGCM", Unchecked)


def nobody_looks_at_the_commitment(patch: pytest.MonkeyPatch) -> None:
    agreeing = SimpleNamespace(digest=hmac.digest, compare_digest=lambda *_: True)
    patch.setattr(tokens, "hmac", agreeing)


def any_version_is_taken_for_ours(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(tokens, "key_id_of", lambda token, _fact_id: token[2:18])


def a_form_without_context_is_still_read(patch: pytest.MonkeyPatch) -> None:
    opened = DataKey.open

    def read(self: DataKey, fact_id: FactId, slot: str, sealed: bytes) -> bytes:
        for context in (None, tokens.HEADER):
            with suppress(InvalidTag):
                return self._aead.decrypt(sealed[18:30], sealed[62:], context)
        return opened(self, fact_id, slot, sealed)

    patch.setattr(DataKey, "open", read)


def nonces_come_from_a_state_that_forks(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(tokens, "random_bytes", Random(1).randbytes)
    patch.setattr(nonces, "PAGE", 100)


def nonces_are_fixed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(tokens, "random_bytes", bytes)


def golden(name: str) -> Probe:
    """Fix the vector."""
    (vector,) = [one for one in token.GOLDEN if one["name"] == name]

    def probe() -> None:
        token.test_a_golden_token_gets_its_answer(vector)

    probe.__name__ = name
    return probe


def without_context() -> None:
    token.test_a_token_sealed_without_its_context_does_not_open(None)


def with_its_header_alone() -> None:
    token.test_a_token_sealed_without_its_context_does_not_open(tokens.HEADER)


# The provider


def what_cannot_be_read_is_empty(patch: pytest.MonkeyPatch) -> None:
    read = LocalFileProvider._read  # noqa: SLF001 - the guard

    def read_or_begun(self: LocalFileProvider) -> Held:
        try:
            return read(self)
        except KeyUnavailable:
            return 1, {}

    patch.setattr(LocalFileProvider, "_read", read_or_begun)


def nobody_looks_at_the_files_mode(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(provider, "_OTHERS", 0)


def an_outage_is_remembered(patch: pytest.MonkeyPatch) -> None:
    read, gone = LocalFileProvider._read, set[LocalFileProvider]()  # noqa: SLF001 - the guard

    def read_once(self: LocalFileProvider) -> Held:
        try:
            if self in gone:
                pytest.fail("it is not tried again")
            return read(self)
        except KeyUnavailable:
            gone.add(self)
            raise

    patch.setattr(LocalFileProvider, "_read", read_once)


def every_version_is_one_key(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(LocalFileProvider, "_root", lambda *_: WrappingKey(bytes(32)))


def a_call_takes_as_long_as_it_takes(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(faulty, "HANG_SECONDS", 0.2)
    patch.setattr(BoundedProvider, "_once", lambda _self, work: work())


def a_throttled_call_is_made_again_for_ever(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(bounded, "_ATTEMPTS", 1_000)


def an_outage_is_an_erasure(patch: pytest.MonkeyPatch) -> None:
    opened = Keyring.open

    def answered(self: Keyring, controller: ControllerId, asked: list[OpenRequest]) -> list[Answer]:
        try:
            return opened(self, controller, asked)
        except KeyUnavailable:
            return [Shredded()] * len(asked)

    patch.setattr(Keyring, "open", answered)


def away(path: Path) -> None:
    aside = path.with_suffix(".away")
    probe = ProviderContract.test_away_every_call_is_unavailable
    probe(None, LocalFileProvider(path), lambda: _move(path, aside))  # type: ignore[arg-type]  # its self is not used


def back(path: Path) -> None:
    aside = path.with_suffix(".away")
    probe = ProviderContract.test_back_it_is_healthy_without_a_restart
    go, come = (lambda: _move(path, aside)), (lambda: _move(aside, path))
    probe(None, LocalFileProvider(path), go, come)  # type: ignore[arg-type]  # likewise


def another_version(path: Path) -> None:
    probe = ProviderContract.test_a_key_does_not_unwrap_under_another_version
    probe(None, LocalFileProvider(path))  # type: ignore[arg-type]  # likewise


def _move(path: Path, to: Path) -> None:
    path.rename(to)


def hanging(faulty_file: faulty.Faulty) -> None:
    faulty.test_a_call_that_hangs_is_given_up(faulty_file)


def throttled(faulty_file: faulty.Faulty) -> None:
    faulty.test_one_throttled_for_long_is_unavailable(faulty_file)


# The cache


def an_eviction_leaves_the_material(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(LeasedTable, "evict", lambda _self, _owner: None)


def a_lease_is_as_long_as_one_likes(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(cache, "LEASE_LIMIT_SECONDS", float("inf"))


def a_lease_never_ends(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(LeasedTable, "get", lambda self, key, _now: self._entries[key][0])


def the_cache_has_no_bound(patch: pytest.MonkeyPatch) -> None:
    put = LeasedTable.put

    def unbounded(self: LeasedTable[object, object], *what: object) -> None:
        self._bound = 2**63
        put(self, *what)  # type: ignore[arg-type]  # handed on as they came

    patch.setattr(LeasedTable, "put", unbounded)


def who_hears_nothing_uses_what_it_kept(patch: pytest.MonkeyPatch) -> None:
    made = KeyCache.__init__

    def deaf(self: KeyCache, limits: object, monotonic: object, _alive: object) -> None:
        made(self, limits, monotonic, lambda: True)  # type: ignore[arg-type]  # handed on as they came

    patch.setattr(KeyCache, "__init__", deaf)


def a_fetch_from_before_an_eviction_is_kept(patch: pytest.MonkeyPatch) -> None:
    later = count(1_000)
    patch.setattr(KeyCache, "generation", lambda _self: next(later))


PROBES: dict[Guardless, tuple[Probe, ...]] = {
    nobody_looks_at_the_tag: (golden("a byte of the tag flipped"), golden("moved to another slot")),
    nobody_looks_at_the_commitment: (golden("a byte of the commitment flipped"),),
    any_version_is_taken_for_ours: (golden("version 2"), golden("a byte of the algorithm flipped")),
    a_form_without_context_is_still_read: (without_context, with_its_header_alone),
    nonces_come_from_a_state_that_forks: (nonces.test_forked_processes_draw_unlike_nonces,),
    nonces_are_fixed: (token.test_two_tokens_of_one_value_differ,),
    what_cannot_be_read_is_empty: (
        away,
        root_file.test_a_missing_file_is_unavailable,
        root_file.test_a_torn_file_is_unavailable,
    ),
    nobody_looks_at_the_files_mode: (root_file.test_a_file_open_to_others_is_refused,),
    an_outage_is_remembered: (back,),
    every_version_is_one_key: (another_version,),
    a_call_takes_as_long_as_it_takes: (hanging,),
    a_throttled_call_is_made_again_for_ever: (throttled,),
    an_outage_is_an_erasure: (faulty.test_a_revoked_version_is_unavailable_and_not_an_erasure,),
    an_eviction_leaves_the_material: (
        memory.test_a_process_that_heard_of_a_destruction_holds_none_of_its_keys,
        eviction.test_an_evicted_persons_keys_are_gone,
    ),
    a_lease_is_as_long_as_one_likes: (eviction.test_a_lease_is_a_minute_at_most,),
    a_lease_never_ends: (eviction.test_a_lease_ends,),
    the_cache_has_no_bound: (eviction.test_the_cache_is_bounded,),
    who_hears_nothing_uses_what_it_kept: (
        eviction.test_without_a_listener_what_was_kept_is_not_used,
    ),
    a_fetch_from_before_an_eviction_is_kept: (
        eviction.test_what_was_fetched_before_an_eviction_is_not_kept_after_it,
    ),
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
