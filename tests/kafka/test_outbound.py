"""Out by Kafka as the service does it: facts relayed, recipients told, acknowledgements settled."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest
from kafka import KafkaAdminClient, KafkaConsumer

from infra.broker.broker import Broker
from infra.cli.app import run
from infra.clock import FixedClock
from infra.kafka.downstream import Downstream, follow
from infra.kafka.options import Connection
from infra.kafka.outbound import relay, rights
from infra.kafka.publishing import sending
from infra.kafka.recipient_keys import read_keys, write_pair
from infra.kafka.relay import topic_of
from infra.kafka.rights import ACKNOWLEDGEMENTS, RIGHTS
from infra.kafka.topics import existing, look, needed
from infra.settings import KafkaPlace, Settings
from tests.kafka.test_consuming import people
from tests.proof.commands import use
from tests.proof.houses import SLUG, SOURCE, Proof, open_proof

STOP = Event()


@pytest.fixture
def place(broker: Broker) -> Iterator[Connection]:
    """Lend the broker with this house's topics, which are removed at the end."""
    connection = Connection((broker.address,))
    names = needed([SLUG])
    look(connection, names, make=True, replicas=1, partitions=2)
    yield connection
    admin = KafkaAdminClient(**connection.arguments())
    admin.delete_topics(list(names))
    admin.close()


@pytest.fixture
def settings(settings: Settings, broker: Broker, tmp_path: Path) -> Settings:
    """Let the house know the broker and its recipients' keys."""
    (tmp_path / "keys").mkdir()
    return replace(settings, kafka=KafkaPlace(broker.address, None, None, tmp_path / "keys"))


@pytest.fixture
def proof(settings: Settings, clock: FixedClock) -> Iterator[Proof]:
    with open_proof(settings, clock) as opened:
        yield opened


def obey(place: Connection, private: bytes, forgotten: list[str]) -> None:
    """Run the example downstream until it has forgotten one person."""
    consumer = KafkaConsumer(
        RIGHTS,
        **place.arguments(),
        group_id="downstream",
        auto_offset_reset="earliest",
        enable_auto_commit=False,
    )
    downstream = Downstream(SOURCE, private, {"erased": forgotten.append})
    with sending(place) as sender:
        follow(consumer, sender, downstream, lambda: bool(forgotten))
    consumer.close(autocommit=False)


def test_facts_go_out_for_a_controller_whose_topic_was_made(
    place: Connection, proof: Proof
) -> None:
    assert topic_of(SLUG) in existing(place)
    proof.take(people(3).items)
    entries = proof.house.store.entries(0, 100)
    mine = [entry for entry in entries if entry.stamp.controller == proof.controller]
    assert relay(proof.house, STOP) == len(mine)
    assert relay(proof.house, STOP) == 0


def test_an_erasure_reaches_her_source_and_comes_back_settled(
    place: Connection, proof: Proof, tmp_path: Path
) -> None:
    kept, _ = write_pair(tmp_path / "keys", SOURCE)
    proof.take(people(2).items)
    proof.erase(proof.person("r-0"))
    forgotten: list[str] = []
    assert rights(proof.house, STOP) == 0
    obey(place, bytes.fromhex(kept.read_text()), forgotten)
    assert rights(proof.house, STOP) == 1
    assert forgotten == ["r-0"]
    assert proof.house.outbox.waiting(10) == []


def test_without_a_key_a_notice_waits_for_a_person(place: Connection, proof: Proof) -> None:
    proof.take(people(2).items)
    proof.erase(proof.person("r-0"))
    rights(proof.house, STOP)
    assert ACKNOWLEDGEMENTS in existing(place)
    assert len(proof.house.outbox.waiting(10)) == 1


def test_a_pair_is_not_written_over(tmp_path: Path) -> None:
    write_pair(tmp_path, SOURCE)
    with pytest.raises(FileExistsError):
        write_pair(tmp_path, SOURCE)
    assert set(read_keys(tmp_path)) == {SOURCE}


def test_the_topics_command_makes_what_is_missing(
    settings: Settings, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, settings)
    monkeypatch.setenv("GLEMMEBOK_KAFKA", broker.address)
    assert run(["topics", "--make", "--partitions", "1", "--json"]) == 0
    connection = Connection((broker.address,))
    assert set(needed()) <= existing(connection)
    admin = KafkaAdminClient(**connection.arguments())
    admin.delete_topics(list(needed()))
    admin.close()
