"""A KEK provider that hangs, throttles, or lost a version."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

import pytest

from domain.answers import KeyUnavailable
from infra.clock import FixedClock
from infra.keys.bounded import BoundedProvider
from infra.keys.provider import Destroyed, DestructionKind, LocalFileProvider, ProviderBusy
from tests.keys.finalising_houses import person
from tests.keys.houses import KeyHouse, open_keyring
from tests.keys.test_providers import TestLocalFile as _LocalFile

HANG_SECONDS = 30.0
"""How long it hangs when nobody lets it go: many times the limit it is given."""


def _never(seconds: float) -> None:
    pytest.fail(f"waited for {seconds} s")


@dataclass
class Faulty(LocalFileProvider):
    """A file that hangs until it is let go, or refuses some calls for a moment."""

    path: Path
    go_on: Event = field(default_factory=Event)
    hangs: bool = False
    busy: int = 0

    def __post_init__(self) -> None:
        super().__init__(self.path)

    def versions(self) -> tuple[int, ...]:
        if self.hangs:
            self.go_on.wait(HANG_SECONDS)
        if self.busy:
            self.busy -= 1
            message = "429"
            raise ProviderBusy(message)
        return super().versions()


@pytest.fixture
def faulty(tmp_path: Path) -> Faulty:
    made = Faulty(tmp_path / "root.json")
    made.create_version()
    return made


def test_a_call_that_hangs_is_given_up(faulty: Faulty) -> None:
    faulty.hangs = True
    bounded = BoundedProvider(faulty, Event().wait, 0.05)
    with pytest.raises(KeyUnavailable, match="within"):
        bounded.versions()
    with pytest.raises(KeyUnavailable, match="still hangs"):
        bounded.versions()
    faulty.hangs = False
    faulty.go_on.set()
    _until(lambda: bounded.versions() == (1,))


def _until(holds: Callable[[], bool]) -> None:
    waiting = Event()
    for _ in range(200):
        try:
            assert holds()
        except KeyUnavailable:
            waiting.wait(0.01)
        else:
            return
    pytest.fail("it did not become healthy")


def test_a_throttled_call_is_made_again(faulty: Faulty) -> None:
    pauses: list[float] = []
    faulty.busy = 3
    assert BoundedProvider(faulty, pauses.append).versions() == (1,)
    assert pauses == [0.1, 0.2, 0.4]


def test_one_throttled_for_long_is_unavailable(faulty: Faulty) -> None:
    faulty.busy = 4
    with pytest.raises(KeyUnavailable):
        BoundedProvider(faulty, [0.0].append).versions()


class TestBounded(_LocalFile):
    """A file behind the limits keeps the contract."""

    @pytest.fixture
    def provider(self, path: Path) -> BoundedProvider:
        return BoundedProvider(LocalFileProvider(path), _never)


def test_a_revoked_version_is_unavailable_and_not_an_erasure(
    house: KeyHouse, clock: FixedClock
) -> None:
    controller = house.keyring.add_controller("miles")
    somebody = person(house.keyring, controller)
    assert house.provider.destroy_version(1) == Destroyed(DestructionKind.FILE_REWRITTEN)
    with open_keyring(house.dsn, house.provider, clock) as fresh, pytest.raises(KeyUnavailable):
        fresh.open(controller, somebody.requests)
