"""What every KEK provider keeps to: versions wrap in their place, die for good, and come back."""

from collections.abc import Callable

import pytest

from domain.answers import KeyUnavailable
from infra.keys.provider import Destroyed, DestructionKind, KekProvider

KEY = bytes(range(32))
PLACE = b"controller-key of one controller"


class ProviderContract:
    """The cases of KekProvider.

    A class that takes them gives ``provider``: empty, and ``another``: opens the same place as
    another process does. ``take_away`` and ``bring_back`` make the place unreachable and reachable.
    """

    KIND: DestructionKind

    def test_what_was_wrapped_unwraps_in_its_place(self, provider: KekProvider) -> None:
        version = provider.create_version()
        assert provider.unwrap(version, provider.wrap(version, KEY, PLACE), PLACE) == KEY

    def test_another_process_unwraps_it(
        self, provider: KekProvider, another: Callable[[], KekProvider]
    ) -> None:
        version = provider.create_version()
        wrapped = provider.wrap(version, KEY, PLACE)
        assert another().unwrap(version, wrapped, PLACE) == KEY

    def test_what_is_wrapped_twice_looks_unlike(self, provider: KekProvider) -> None:
        version = provider.create_version()
        assert provider.wrap(version, KEY, PLACE) != provider.wrap(version, KEY, PLACE)

    def test_a_key_does_not_unwrap_in_another_place(self, provider: KekProvider) -> None:
        version = provider.create_version()
        wrapped = provider.wrap(version, KEY, PLACE)
        with pytest.raises(KeyUnavailable):
            provider.unwrap(version, wrapped, b"elsewhere")

    def test_a_changed_byte_does_not_unwrap(self, provider: KekProvider) -> None:
        version = provider.create_version()
        wrapped = bytearray(provider.wrap(version, KEY, PLACE))
        wrapped[-1] ^= 1
        with pytest.raises(KeyUnavailable):
            provider.unwrap(version, bytes(wrapped), PLACE)

    def test_a_key_does_not_unwrap_under_another_version(self, provider: KekProvider) -> None:
        first, second = provider.create_version(), provider.create_version()
        wrapped = provider.wrap(first, KEY, PLACE)
        with pytest.raises(KeyUnavailable):
            provider.unwrap(second, wrapped, PLACE)

    def test_a_version_nobody_made_is_unavailable(self, provider: KekProvider) -> None:
        provider.create_version()
        with pytest.raises(KeyUnavailable):
            provider.wrap(7, KEY, PLACE)

    def test_versions_are_numbered_from_one_and_listed_ascending(
        self, provider: KekProvider
    ) -> None:
        made = [provider.create_version() for _ in range(3)]
        assert (made, provider.versions()) == ([1, 2, 3], (1, 2, 3))

    def test_a_version_is_numbered_after_another_providers(self, provider: KekProvider) -> None:
        provider.create_version()
        assert provider.create_version(after=8) == 9
        assert provider.create_version(after=3) == 10

    def test_a_destroyed_version_unwraps_nothing(
        self, provider: KekProvider, another: Callable[[], KekProvider]
    ) -> None:
        version = provider.create_version()
        wrapped = provider.wrap(version, KEY, PLACE)
        other = another()
        assert other.unwrap(version, wrapped, PLACE) == KEY
        provider.destroy_version(version)
        for each in (provider, other):
            with pytest.raises(KeyUnavailable):
                each.unwrap(version, wrapped, PLACE)

    def test_destroying_a_version_leaves_the_others(self, provider: KekProvider) -> None:
        first, second = provider.create_version(), provider.create_version()
        wrapped = provider.wrap(second, KEY, PLACE)
        provider.destroy_version(first)
        assert provider.versions() == (second,)
        assert provider.unwrap(second, wrapped, PLACE) == KEY

    def test_destroying_says_what_was_promised_and_may_be_done_twice(
        self, provider: KekProvider
    ) -> None:
        version = provider.create_version()
        assert provider.destroy_version(version) == Destroyed(self.KIND)
        assert provider.destroy_version(version) == Destroyed(self.KIND)

    def test_a_number_never_comes_again(
        self, provider: KekProvider, another: Callable[[], KekProvider]
    ) -> None:
        provider.destroy_version(provider.create_version())
        assert provider.versions() == ()
        assert another().create_version() == 2

    def test_away_every_call_is_unavailable(
        self, provider: KekProvider, take_away: Callable[[], None]
    ) -> None:
        version = provider.create_version()
        wrapped = provider.wrap(version, KEY, PLACE)
        take_away()
        calls: list[Callable[[], object]] = [
            lambda: provider.wrap(version, KEY, PLACE),
            lambda: provider.unwrap(version, wrapped, PLACE),
            provider.versions,
            lambda: provider.destroy_version(version),
        ]
        for call in calls:
            with pytest.raises(KeyUnavailable):
                call()

    def test_back_it_is_healthy_without_a_restart(
        self,
        provider: KekProvider,
        take_away: Callable[[], None],
        bring_back: Callable[[], None],
    ) -> None:
        version = provider.create_version()
        wrapped = provider.wrap(version, KEY, PLACE)
        take_away()
        with pytest.raises(KeyUnavailable):
            provider.versions()
        bring_back()
        assert provider.unwrap(version, wrapped, PLACE) == KEY
        assert provider.versions() == (version,)
        assert provider.create_version() == version + 1
