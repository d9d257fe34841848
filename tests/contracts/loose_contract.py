"""What every set of loose keys must do: the cases, run on memory and on PostgreSQL."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

import pytest

from domain.answers import Answer, KeyUnavailable, Present, SealBroken, Shredded
from domain.values import ControllerId, Instant
from infra.clock import FixedClock
from infra.random_ids import random_id

DAY = 86_400_000_000
PURPOSE = "parked"


class Loose(Protocol):
    """The door."""

    def seal(
        self,
        controller: ControllerId | None,
        purpose: str,
        items: Sequence[tuple[UUID, bytes]],
        until: Instant,
    ) -> list[bytes]: ...

    def open(self, purpose: str, items: Sequence[tuple[UUID, bytes]]) -> list[Answer]: ...

    def destroy(self, ids: Sequence[UUID]) -> int: ...

    def expire(self, now: Instant) -> int: ...


def parked(
    loose: Loose, clock: FixedClock, owner: ControllerId | None = None
) -> tuple[UUID, bytes]:
    """Seal one payload for a day under a new id."""
    item = random_id()
    (token,) = loose.seal(owner, PURPOSE, [(item, b"payload")], clock.now() + DAY)
    return item, token


class LooseContract:
    """The cases; ``loose``, ``clock`` and ``controller`` are fixtures."""

    def test_a_payload_opens(self, loose: Loose, clock: FixedClock) -> None:
        assert loose.open(PURPOSE, [parked(loose, clock)]) == [Present(b"payload")]

    def test_a_controllers_payload_opens(
        self, loose: Loose, clock: FixedClock, controller: ControllerId
    ) -> None:
        assert loose.open(PURPOSE, [parked(loose, clock, controller)]) == [Present(b"payload")]

    def test_a_page_opens_in_order(self, loose: Loose, clock: FixedClock) -> None:
        items = [(random_id(), bytes([n])) for n in range(9)]
        tokens = loose.seal(None, PURPOSE, items, clock.now() + DAY)
        page = [(item, token) for (item, _), token in zip(items, tokens, strict=True)]
        assert loose.open(PURPOSE, page) == [Present(plaintext) for _, plaintext in items]

    def test_an_empty_page_is_sealed(self, loose: Loose, clock: FixedClock) -> None:
        assert loose.seal(None, PURPOSE, [], clock.now() + DAY) == []

    def test_a_second_sealing_of_an_id_opens_too(self, loose: Loose, clock: FixedClock) -> None:
        item, first = parked(loose, clock)
        (second,) = loose.seal(None, PURPOSE, [(item, b"again")], clock.now() + DAY)
        answers = loose.open(PURPOSE, [(item, first), (item, second)])
        assert answers == [Present(b"payload"), Present(b"again")]

    def test_a_token_of_another_item_is_broken(self, loose: Loose, clock: FixedClock) -> None:
        _, token = parked(loose, clock)
        with pytest.raises(SealBroken):
            loose.open(PURPOSE, [(random_id(), token)])

    def test_a_token_of_another_purpose_does_not_open(
        self, loose: Loose, clock: FixedClock
    ) -> None:
        item, token = parked(loose, clock)
        with pytest.raises((SealBroken, KeyUnavailable)):
            loose.open("notice", [(item, token)])

    def test_a_token_of_an_unknown_key_is_unavailable(
        self, loose: Loose, clock: FixedClock
    ) -> None:
        item, token = parked(loose, clock)
        with pytest.raises(KeyUnavailable):
            loose.open(PURPOSE, [(item, token[:2] + bytes(16) + token[18:])])

    def test_a_destroyed_payload_is_shredded(self, loose: Loose, clock: FixedClock) -> None:
        item, token = parked(loose, clock)
        loose.destroy([item])
        assert loose.open(PURPOSE, [(item, token)]) == [Shredded()]

    def test_destroying_counts_the_keys_there_were(self, loose: Loose, clock: FixedClock) -> None:
        item, _ = parked(loose, clock)
        assert (loose.destroy([item]), loose.destroy([item])) == (1, 0)

    def test_other_payloads_stay(self, loose: Loose, clock: FixedClock) -> None:
        kept = parked(loose, clock)
        loose.destroy([parked(loose, clock)[0]])
        assert loose.open(PURPOSE, [kept]) == [Present(b"payload")]

    def test_an_expired_payload_is_shredded(self, loose: Loose, clock: FixedClock) -> None:
        item = parked(loose, clock)
        loose.expire(clock.now() + DAY)
        assert loose.open(PURPOSE, [item]) == [Shredded()]

    def test_a_payload_stands_until_its_time(self, loose: Loose, clock: FixedClock) -> None:
        item = parked(loose, clock)
        loose.expire(clock.now() + DAY - 1)
        assert loose.open(PURPOSE, [item]) == [Present(b"payload")]

    def test_an_expired_payload_dies_in_a_bucket_that_lives_on(
        self, loose: Loose, clock: FixedClock
    ) -> None:
        loose.seal(None, PURPOSE, [(random_id(), b"long")], clock.now() + 9 * DAY)
        item = parked(loose, clock)
        loose.expire(clock.now() + DAY)
        assert loose.open(PURPOSE, [item]) == [Shredded()]

    def test_a_bucket_lives_as_long_as_its_longest_payload(
        self, loose: Loose, clock: FixedClock
    ) -> None:
        item = random_id()
        (token,) = loose.seal(None, PURPOSE, [(item, b"long")], clock.now() + 9 * DAY)
        parked(loose, clock)
        loose.expire(clock.now() + DAY)
        assert loose.open(PURPOSE, [(item, token)]) == [Present(b"long")]
