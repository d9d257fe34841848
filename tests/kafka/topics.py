"""Topics as an upstream system fills them, and members that read them."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer
from kafka.admin import NewTopic

from consumers.tally import Tally
from consumers.upstream import Envelope
from infra.codec.envelopes import EnvelopeCodec
from infra.kafka.consumer import mover
from infra.kafka.consuming import Consumption, Observer, Way
from infra.kafka.places import Places
from infra.kafka.schemas import NoSchemas
from infra.kafka.wire import Wire
from tests.consumers.feed import Feed
from tests.proof.houses import Proof

CLUSTER = "cluster-1"
NOBODY = Observer()


@dataclass(frozen=True)
class Topic:
    """A topic and who serves it."""

    address: str
    name: str
    partitions: int

    def send(self, values: Iterable[tuple[int, bytes | None]]) -> None:
        """Send values, each to the partition named."""
        producer = KafkaProducer(bootstrap_servers=self.address, acks="all")
        sent = [producer.send(self.name, value, b"key", partition=where) for where, value in values]
        producer.flush()
        for one in sent:
            one.get(10)
        producer.close()

    def tell(self, feed: Feed) -> None:
        """Send a feed's messages, those of one person to one partition, in order."""
        self.send((self.partition_of(e), encoded(e)) for e in envelopes_of(feed))

    def partition_of(self, envelope: Envelope) -> int:
        return sum(envelope.remote_candidate_id.encode()) % self.partitions

    def name_of(self, partition: int) -> str:
        return f"kafka/{CLUSTER}/{self.name}/{partition}"


def make_topic(address: str, name: str, partitions: int) -> Topic:
    admin = KafkaAdminClient(bootstrap_servers=address)
    admin.create_topics([NewTopic(name, partitions, 1)])
    admin.close()
    return Topic(address, name, partitions)


def envelopes_of(feed: Feed) -> Iterator[Envelope]:
    for item in feed.items:
        assert item.envelope is not None
        yield item.envelope


def encoded(envelope: Envelope) -> bytes:
    return EnvelopeCodec().encode(envelope)


def group_of(topic: Topic, group: str = "readers") -> str:
    return f"{topic.name}-{group}"


@contextmanager
def client(topic: Topic, group: str = "readers", **more: int) -> Iterator[KafkaConsumer]:
    """Open a member's client; short times, so that a dead member is seen soon."""
    times = {"session_timeout_ms": 6_000, "heartbeat_interval_ms": 250, "fetch_max_wait_ms": 100}
    consumer = KafkaConsumer(
        bootstrap_servers=topic.address,
        group_id=group_of(topic, group),
        enable_auto_commit=False,
        auto_offset_reset="none",
        **{**times, **more},
    )
    try:
        yield consumer
    finally:
        consumer.close(autocommit=False)


def member(
    consumer: KafkaConsumer,
    topic: Topic,
    proof: Proof,
    observer: Observer = NOBODY,
    stopped: Callable[[], bool] = lambda: False,
    *,
    accepting: bool = False,
) -> Consumption:
    where = places(proof, accepting=accepting)
    way = Way(proof.house.ingest(), Wire(NoSchemas()), where, observer)
    return Consumption(consumer, [topic.name], way, stopped, time.sleep)


def places(proof: Proof, *, accepting: bool = False) -> Places:
    position = proof.house.store.position
    return Places(CLUSTER, position, mover(proof.house), accepting=accepting)


def read(topic: Topic, proof: Proof, group: str = "readers", *, accepting: bool = False) -> Tally:
    """Read a topic to its end, as a member of its own that ends then."""
    with client(topic, group) as consumer:
        return member(consumer, topic, proof, accepting=accepting).run(until_idle=True)
