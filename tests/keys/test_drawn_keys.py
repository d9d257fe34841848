"""A key is drawn, never derived: what made it once cannot make it again after its destruction."""

from collections.abc import Iterator

import pytest

from domain.values import ControllerId, SubjectId
from infra.keys import creating
from infra.keys.creating import Wanted
from infra.keys.fetching import dek_aad
from infra.keys.tree import CohortKey
from infra.keys.wrapping import KEY_BYTES, KeyedHash, WrappingKey
from infra.random_ids import random_bytes, random_id

CONTROLLER, KARI = ControllerId(random_id()), SubjectId(random_id())
COHORT = CohortKey(1, 0, WrappingKey(bytes(KEY_BYTES)), KeyedHash(bytes(KEY_BYTES)))
PROFILE = Wanted(KARI, "profile", 1, COHORT)


def made(*wanted: Wanted) -> Iterator[bytes]:
    """Make keys on one page and unwrap them: 32 bytes each."""
    held, columns = creating._make_page(CONTROLLER, wanted)  # noqa: SLF001 - what is sent to the database
    for key, each, wrapped in zip(held, wanted, columns[-1], strict=True):
        assert isinstance(wrapped, bytes)
        place = dek_aad(CONTROLLER, each.subject, key.key_id, each.category, each.epoch)
        yield COHORT.key.unwrap(wrapped, place)


def test_a_key_made_again_for_the_same_is_another_key() -> None:
    """Same person, category, epoch, cohort: a derived key would be the destroyed one."""
    assert len({*made(PROFILE), *made(PROFILE)}) == 2


def test_no_two_keys_of_a_page_are_one_key() -> None:
    other = Wanted(SubjectId(random_id()), "profile", 1, COHORT)
    assert len(set(made(PROFILE, PROFILE._replace(category="special"), other))) == 3


def test_a_derived_key_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    def derived(length: int) -> bytes:
        drawn, each = random_bytes(length), 16 + KEY_BYTES + 12
        keys = [drawn[at : at + each] for at in range(0, length, each)]
        return b"".join(key[:16] + KARI.bytes * 2 + key[48:] for key in keys)

    monkeypatch.setattr(creating, "random_bytes", derived)
    with pytest.raises(AssertionError):
        test_a_key_made_again_for_the_same_is_another_key()
    with pytest.raises(AssertionError):
        test_no_two_keys_of_a_page_are_one_key()
