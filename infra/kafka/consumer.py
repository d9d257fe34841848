"""Makes a group's member out of a house and a connection: what the program and its tests run."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from kafka import KafkaAdminClient, KafkaConsumer
from kafka.errors import KafkaError

from consumers.ports import Advance, Batch
from infra.house import House
from infra.kafka.consuming import Consumption, Observer, Way
from infra.kafka.faults import ClusterUnavailable, TopicMissing
from infra.kafka.options import Connection
from infra.kafka.places import Places
from infra.kafka.wire import Wire, WriterSchemas
from infra.random_ids import random_id

GROUP = "glemmebok"
TOPIC = "glemmebok.facts"
SESSION_MS = 30_000
"""How long a member may be silent before its partitions go to another one."""

HEARTBEAT_MS = 3_000
POLL_INTERVAL_MS = 300_000
"""How long a page may take: thousands of times what one takes."""

FETCH_BYTES_MAX = 16 * 1024 * 1024
"""What one fetch brings at most: the memory of a member, several times over in the client."""


@contextmanager
def consumption(  # noqa: PLR0913 - each is a port or an option
    house: House,
    connection: Connection,
    topics: Sequence[str],
    *,
    group: str = GROUP,
    schemas: WriterSchemas,
    observer: Observer,
    stopped: Callable[[], bool],
    accept_gaps: bool = False,
) -> Iterator[Consumption]:
    """Join a group for as long as the block lasts.

    ``accept_gaps`` passes over records that were deleted before they were read.

    Raises:
        ClusterUnavailable: no broker answers.
        TopicMissing: a topic is not there.
    """
    try:
        cluster = cluster_of(connection, topics)
        consumer = _client(connection, group)
    except KafkaError as error:
        raise ClusterUnavailable(type(error).__name__) from None
    try:
        places = Places(cluster, house.store.position, mover(house), accepting=accept_gaps)
        way = Way(house.ingest(), Wire(schemas), places, observer)
        yield Consumption(consumer, topics, way, stopped, time.sleep)
    finally:
        consumer.close(autocommit=False)


def _client(connection: Connection, group: str) -> KafkaConsumer:
    return KafkaConsumer(
        **connection.arguments(),
        group_id=group,
        enable_auto_commit=False,
        auto_offset_reset="none",
        isolation_level="read_committed",
        allow_auto_create_topics=False,
        session_timeout_ms=SESSION_MS,
        heartbeat_interval_ms=HEARTBEAT_MS,
        max_poll_interval_ms=POLL_INTERVAL_MS,
        fetch_max_bytes=FETCH_BYTES_MAX,
    )


def mover(house: House) -> Callable[[str, int, int], None]:
    """Make what moves a named number of the event database from a start to an end."""

    def move(name: str, start: int, end: int) -> None:
        house.store.append(Batch(advance=Advance(name, start, end, random_id())))

    return move


def cluster_of(connection: Connection, topics: Sequence[str]) -> str:
    """Return the cluster's id, which names its positions.

    Raises:
        TopicMissing: a topic is not there.
        KafkaError: no broker answers.
    """
    admin = KafkaAdminClient(**connection.arguments())
    try:
        missing = sorted(set(topics) - set(admin.list_topics()))
        if missing:
            raise TopicMissing(missing[0])
        return str(admin.describe_cluster()["cluster_id"])
    finally:
        admin.close()
