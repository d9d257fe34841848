"""Notices and requests outlive the person they are about, for a while."""

import pytest

from domain.answers import Present, Shredded
from domain.values import ControllerId
from infra.clock import FixedClock
from infra.keys.shapes import NOTICE_PERIOD
from infra.random_ids import random_id
from tests.contracts.whole_keyring import (
    PROFILE,
    WholeKeyring,
    admit_one,
    claim,
    erase,
    opened,
    sealed,
)


class OutlivingContract:
    """The cases of the keys that outlive a person."""

    def test_notice_and_request_keys_outlive_the_person(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        subject = admit_one(keyring, controller, claim())
        notice = sealed(keyring, controller, subject, f"notice/{random_id()}")
        erase(keyring, controller, subject)
        assert opened(keyring, controller, notice) == Present(b"Kari")

    def test_a_notice_can_be_sealed_for_an_erased_person(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        subject = admit_one(keyring, controller, claim())
        erase(keyring, controller, subject)
        notice = sealed(keyring, controller, subject, f"request/{random_id()}")
        assert opened(keyring, controller, notice) == Present(b"Kari")

    def test_surviving_keys_are_not_named_for_erasure(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        subject = admit_one(keyring, controller, claim(categories=("notice/1",)))
        assert keyring.live_epochs(controller, [subject], None) == [()]

    def test_an_acknowledged_notice_is_shredded(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        subject = admit_one(keyring, controller, claim())
        notice = sealed(keyring, controller, subject, "notice/1")
        keyring.destroy_category_key(controller, subject, "notice/1")
        assert opened(keyring, controller, notice) == Shredded()

    def test_acknowledging_twice_finds_nothing(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        subject = admit_one(keyring, controller, claim(categories=("notice/1",)))
        first = keyring.destroy_category_key(controller, subject, "notice/1")
        assert (first, keyring.destroy_category_key(controller, subject, "notice/1")) == (
            True,
            False,
        )

    def test_a_profile_key_is_not_destroyed_without_an_erasure(
        self, keyring: WholeKeyring, controller: ControllerId
    ) -> None:
        subject = admit_one(keyring, controller, claim())
        with pytest.raises(ValueError, match="without an erasure"):
            keyring.destroy_category_key(controller, subject, PROFILE)

    def test_a_notice_expires_after_its_period(
        self, keyring: WholeKeyring, controller: ControllerId, clock: FixedClock
    ) -> None:
        subject = admit_one(keyring, controller, claim())
        notice = sealed(keyring, controller, subject, "notice/1")
        keyring.expire_notices(clock.now() + NOTICE_PERIOD)
        assert opened(keyring, controller, notice) == Shredded()

    def test_a_notice_stands_until_its_period_ends(
        self, keyring: WholeKeyring, controller: ControllerId, clock: FixedClock
    ) -> None:
        subject = admit_one(keyring, controller, claim())
        notice = sealed(keyring, controller, subject, "notice/1")
        keyring.expire_notices(clock.now() + NOTICE_PERIOD - 1)
        assert opened(keyring, controller, notice) == Present(b"Kari")

    def test_a_profile_key_never_expires(
        self, keyring: WholeKeyring, controller: ControllerId, clock: FixedClock
    ) -> None:
        request = sealed(keyring, controller, admit_one(keyring, controller, claim()))
        keyring.expire_notices(clock.now() + 10 * NOTICE_PERIOD)
        assert opened(keyring, controller, request) == Present(b"Kari")
