"""Row 8: facts out of a Kafka topic into the log, beside a client that only polls its bytes."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from benchmarks.arrivals import natural
from benchmarks.figures import Figure, Samples, at_least, rounds_of
from benchmarks.site import Site
from consumers.ingest import PAGE
from consumers.tally import Tally
from infra.broker.broker import open_broker
from infra.codec.envelopes import EnvelopeCodec
from infra.kafka.consumer import consumption
from infra.kafka.consuming import POLL_MS, Observer
from infra.kafka.options import Connection, connection
from infra.kafka.schemas import NoSchemas
from infra.kafka.topics import look

FACTS = 20_000
"""Facts of new people a round: forty pages of one partition."""

ROW = "8 Kafka to log: one member, one partition, pages of 500"
CACHE = Path.home() / ".cache" / "glemmebok"


class _Pace:
    """Times pages from the end of the first to the end of the last: joining is not paid for."""

    def __init__(self, clock: Callable[[], float] = perf_counter) -> None:
        self._clock = clock
        self._first: float | None = None
        self._last = 0.0
        self._items = 0

    def page(self, items: int) -> None:
        """Note that a page was done."""
        self._last = self._clock()
        if self._first is None:
            self._first = self._last
        else:
            self._items += items

    def rate(self) -> float:
        """Return items a second."""
        assert self._first is not None
        return self._items / (self._last - self._first)


def measure_consuming(site: Site, rounds: int, facts: int = FACTS) -> list[Figure]:
    """Measure row 8."""
    folder = TemporaryDirectory(prefix="glemmebok-bench-")
    with folder as parent, open_broker(Path(parent), CACHE) as broker:
        place = connection(broker.address, None)
        samples = rounds_of(rounds, lambda number, s: _round(site, place, (number, facts), s))
    return [
        Figure(
            ROW,
            f"{facts:,} facts of new people, the feeds' own mix",
            samples.median("log"),
            "facts/s",
        ),
        Figure(ROW, "kafka-python polling the same bytes", samples.median("poll"), "records/s"),
        Figure(ROW, "a record", samples.median("bytes"), "bytes"),
        Figure(ROW, "ratio of the two", samples.ratio("log", "poll"), "x", at_least(0.12)),
    ]


def _round(site: Site, place: Connection, what: tuple[int, int], samples: Samples) -> None:
    number, facts = what
    topic = f"round-{number}"
    look(place, [topic], make=True, replicas=1, partitions=1)
    size = _publish(place, topic, number, facts)
    samples.add("log", _consumed(site, place, topic, facts))
    samples.add("poll", _polled(place, topic, facts))
    samples.add("bytes", size / facts)


def _publish(place: Connection, topic: str, number: int, facts: int) -> int:
    """Publish a round's facts; return their bytes."""
    producer, codec = KafkaProducer(**place.arguments(), acks="all"), EnvelopeCodec()
    size = 0
    for item in natural(4_000 + number, facts):
        assert item.envelope is not None
        value = codec.encode(item.envelope)
        producer.send(topic, value, b"key")
        size += len(value)
    producer.flush()
    producer.close()
    return size


def _consumed(site: Site, place: Connection, topic: str, facts: int) -> float:
    """Take a topic in as ``consume`` does; return facts a second."""
    pace = _Pace()

    def taken(_name: str, tally: Tally) -> None:
        pace.page(tally.recorded)

    member = consumption(
        site.house,
        place,
        [topic],
        group=topic,
        schemas=NoSchemas(),
        observer=Observer(taken=taken),
        stopped=lambda: False,
    )
    with member as one:
        tally = one.run(until_idle=True)
    if tally.recorded != facts:
        message = f"{tally.recorded} facts of {facts} were recorded"
        raise AssertionError(message)
    return pace.rate()


def _polled(place: Connection, topic: str, facts: int) -> float:
    """Poll a topic and do nothing with it; return records a second."""
    consumer = KafkaConsumer(**place.arguments(), enable_auto_commit=False)
    partition = TopicPartition(topic, 0)
    consumer.assign([partition])
    consumer.seek(partition, 0)
    pace, seen = _Pace(), 0
    while seen < facts:
        rows = consumer.poll(POLL_MS, max_records=PAGE).get(partition, [])
        if rows:
            seen += len(rows)
            pace.page(len(rows))
    consumer.close(autocommit=False)
    return pace.rate()
