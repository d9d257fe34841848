"""A real broker for each test process, and topics of their own for each test."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from infra.broker.broker import Broker, open_broker
from infra.broker.unavailable import BrokerUnavailable
from infra.clock import FixedClock
from infra.foundation import found_house
from infra.random_ids import random_id
from infra.settings import Settings
from tests.engine import KAFKA, contained_kafka, why_not
from tests.kafka.topics import Topic, make_topic
from tests.proof.houses import Proof, open_proof, settings_of

CACHE = Path.home() / ".cache" / "glemmebok"
_numbers = count(1)


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """Run a broker from its jars for this process alone; tests may kill it."""
    try:
        with open_broker(tmp_path_factory.mktemp("broker"), CACHE) as running:
            yield running
    except BrokerUnavailable as why:
        reason = str(why).partition("; enable with")[0]
        pytest.skip(f"{reason}; enable with: make deps")


@pytest.fixture(scope="session")
def served(request: pytest.FixtureRequest) -> Iterator[str]:
    """Give the address of a broker: the one given, one in a container, else one from its jars."""
    if address := request.config.getoption("--kafka"):
        yield address
    elif request.config.getoption("--containers") or not why_not(KAFKA):
        with contained_kafka() as address:
            yield address
    else:
        yield request.getfixturevalue("broker").address


@pytest.fixture(scope="session")
def run_name() -> str:
    """Tell this run's topics from those of other runs: a broker that was given knows them all."""
    return random_id().hex[:8]


@pytest.fixture
def topic(request: pytest.FixtureRequest, run_name: str) -> Topic:
    """Make a topic of three partitions; on the test's own broker if it asks for that."""
    killable = "broker" in request.fixturenames
    address = request.getfixturevalue("broker").address if killable else None
    name = f"facts-{run_name}-{next(_numbers)}"
    return make_topic(address or request.getfixturevalue("served"), name, 3)


@pytest.fixture
def settings(events_dsn: str, keys_dsn: str, tmp_path: Path, clock: FixedClock) -> Settings:
    """Give the settings of a house that was just founded."""
    made = settings_of(events_dsn, keys_dsn, tmp_path)
    found_house(made, clock)
    return made


@pytest.fixture
def proof(settings: Settings, clock: FixedClock) -> Iterator[Proof]:
    """Give an open house that knows nobody."""
    with open_proof(settings, clock) as opened:
        yield opened
