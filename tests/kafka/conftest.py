"""A real broker for each test process, and topics of their own for each test."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from infra.broker.broker import Broker, open_broker
from infra.broker.unavailable import BrokerUnavailable
from infra.clock import FixedClock
from infra.foundation import found_house
from infra.settings import Settings
from tests.kafka.topics import Topic, make_topic
from tests.proof.houses import Proof, open_proof, settings_of

CACHE = Path.home() / ".cache" / "glemmebok"
_numbers = count(1)


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """Run a broker for this process alone."""
    try:
        with open_broker(tmp_path_factory.mktemp("broker"), CACHE) as running:
            yield running
    except BrokerUnavailable as why:
        pytest.skip(str(why))


@pytest.fixture
def topic(broker: Broker) -> Topic:
    """Make a topic of three partitions."""
    return make_topic(broker.address, f"facts-{next(_numbers)}", 3)


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
