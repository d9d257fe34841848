"""Three people in a house, one of them erased; and a process that hears nothing."""

from collections.abc import Iterator

import pytest

from domain.answers import Present
from domain.values import ControllerId
from infra.keys.keyring import Keyring
from tests.contracts.whole_keyring import erase, opened
from tests.keys.finalising_houses import Person, person
from tests.keys.houses import KeyHouse, open_keyring


@pytest.fixture
def controller(house: KeyHouse) -> ControllerId:
    return house.keyring.add_controller("miles")


@pytest.fixture
def people(house: KeyHouse, controller: ControllerId) -> list[Person]:
    """Three people; the first was erased."""
    made = [person(house.keyring, controller) for _ in range(3)]
    erase(house.keyring, controller, made[0].subject)
    return made


@pytest.fixture
def deaf(house: KeyHouse, controller: ControllerId, people: list[Person]) -> Iterator[Keyring]:
    """Give another process that has unwrapped everything and hears of nothing any more."""
    with open_keyring(house.dsn, house.provider, house.clock) as other:
        assert opened(other, controller, people[1].requests[0]) == Present(b"Kari")
        assert other.find_contact(controller, people[1].email) == [people[1].subject]
        other._listener.stop()  # noqa: SLF001 - deaf on purpose
        yield other
