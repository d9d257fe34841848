"""The topic of the anchor: how it must be kept, and what is told when it is not."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from kafka import KafkaAdminClient
from kafka.admin import NewTopic

from infra.anchoring import anchor_all, push_anchor
from infra.broker.broker import Broker
from infra.checks import Verdict, examine
from infra.cli.app import run
from infra.clock import FixedClock
from infra.kafka.anchor import ANCHOR
from infra.kafka.options import Connection
from infra.kafka.topics import anchor_faults, look
from infra.settings import KafkaPlace, Settings
from tests.kafka.test_consuming import people
from tests.proof.commands import use
from tests.proof.houses import Proof, open_proof


@pytest.fixture
def place(broker: Broker) -> Iterator[Connection]:
    """Lend the broker with the anchor's topic, which is removed at the end."""
    connection = Connection((broker.address,))
    look(connection, [ANCHOR], make=True, replicas=1, partitions=3)
    yield connection
    _remove(connection)


def _remove(connection: Connection) -> None:
    admin = KafkaAdminClient(**connection.arguments())
    admin.delete_topics([ANCHOR])
    admin.close()


@pytest.fixture
def settings(settings: Settings, place: Connection) -> Settings:
    """Let the house know the broker."""
    return replace(settings, kafka=KafkaPlace(place.servers[0], None, None))


@pytest.fixture
def proof(settings: Settings, clock: FixedClock) -> Iterator[Proof]:
    """Give an open house with two people, anchored in the files and on Kafka."""
    with open_proof(settings, clock) as opened:
        opened.take(people(2).items)
        anchor_all(opened.house)
        yield opened


def test_a_topic_that_was_not_made_is_told(proof: Proof, place: Connection) -> None:
    _remove(place)
    assert push_anchor(proof.house) == 0
    (check,) = [one for one in examine(proof.house) if one.name == "kafka_anchor"]
    assert (check.verdict, check.names) == (Verdict.ATTENTION, ("missing",))
    look(place, [ANCHOR], make=True, replicas=1, partitions=3)


def test_the_topic_is_made_with_one_partition_and_kept_for_ever(place: Connection) -> None:
    (state,) = look(place, [ANCHOR], make=False, replicas=1, partitions=3)
    assert (state.partitions, state.faults) == (1, ())


def test_a_topic_that_forgets_is_told(
    settings: Settings,
    place: Connection,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    _remove(place)
    admin = KafkaAdminClient(**place.arguments())
    admin.create_topics([NewTopic(ANCHOR, 3, 1, topic_configs={"cleanup.policy": "compact"})])
    admin.close()
    assert anchor_faults(place) == ("partitions", "cleanup.policy", "retention.ms")
    use(monkeypatch, settings)
    monkeypatch.setenv("GLEMMEBOK_KAFKA", place.servers[0])
    assert run(["topics"]) == 0
    assert "cleanup.policy" in capsys.readouterr().out
