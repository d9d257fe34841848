"""The fed house held open for the officer's commands, and newcomers nobody else knows of."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count

import pytest

from consumers.ingest import Span
from domain.keyring import SourceRef
from infra.clock import Clock, SystemClock
from infra.gate import keep_gate
from infra.house import House, open_house
from infra.settings import Settings, read_process_settings
from tests.cli.conftest import World, surroundings
from tests.consumers.feed import UPLOADED, Feed

SOURCES = {"toptemp": "toptemp.mail", "miles": "miles.mail"}

Newcomers = Callable[..., list[str]]


@pytest.fixture(scope="session")
def kept(world: World) -> Iterator[House]:
    """Hold the fed house open: opening it anew costs a command most of its time."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        surroundings(monkeypatch, world.home)
        settings = read_process_settings()
    with open_house(settings, SystemClock()) as house:
        keep_gate(house)
        yield house


@pytest.fixture
def house(kept: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """Lend the open house, to the commands of the test too."""

    @contextmanager
    def opened(settings: Settings, _clock: Clock) -> Iterator[House]:
        assert settings.home == kept.settings.home
        yield kept

    monkeypatch.setattr("infra.cli.session.open_house", opened)
    return kept


@pytest.fixture(scope="session")
def numbers() -> Iterator[int]:
    return count(1)


@pytest.fixture
def newcomers(house: House, numbers: Iterator[int]) -> Newcomers:
    """Take in people nobody else asks about, each registered and with a document."""

    def come(wanted: int, slug: str = "toptemp") -> list[str]:
        refs = [SourceRef(SOURCES[slug], f"newcomer-{next(numbers)}") for _ in range(wanted)]
        feed = Feed(SOURCES[slug])
        for ref in refs:
            for topic in ("candidate.registered", UPLOADED):
                feed.tell(ref.remote_id, topic, event=f"{ref.remote_id}/{topic}")
        name = f"newcomers/{refs[0].remote_id}"
        house.ingest().commit(house.ingest().prepare(feed.items), Span(name, name, 0, 2 * wanted))
        owner = house.controllers[slug]
        return [str(house.keyring.find_source(owner, ref)) for ref in refs]

    return come


@pytest.fixture
def subject(newcomers: Newcomers) -> str:
    return newcomers(1)[0]


@pytest.fixture
def two(newcomers: Newcomers) -> tuple[str, str]:
    first, second = newcomers(2)
    return first, second
