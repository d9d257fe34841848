"""The Kafka topics a house uses, and how each is kept.

========================================  ==========  =========================================
``glemmebok.facts``                       in          what publishers tell; 30 days
``glemmebok.subject-rights``              out         what recipients must do; 30 days
``glemmebok.acknowledgements``            in          what recipients did; 30 days
``glemmebok.<controller>.facts-out``      out         stored facts, sealed; made on purpose only
========================================  ==========  =========================================

Thirty days are as long as the keys of parked payloads and notices live.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kafka import KafkaAdminClient
from kafka.admin import NewTopic
from kafka.errors import KafkaError

from infra.kafka.consumer import TOPIC
from infra.kafka.faults import ClusterUnavailable
from infra.kafka.options import Connection
from infra.kafka.rights import ACKNOWLEDGEMENTS, RIGHTS

RETENTION_MS = 30 * 24 * 3600 * 1000
PARTITIONS = 12
"""Partitions of a topic: four times as many members as one machine runs; fixed for life."""


@dataclass(frozen=True, slots=True)
class TopicState:
    """A topic that is needed: its partitions, 0 when it is not there."""

    name: str
    partitions: int
    made: bool


def needed(slugs: Sequence[str] = ()) -> Sequence[str]:
    """Name the topics; ``slugs`` are the controllers whose facts are to go out."""
    return (TOPIC, RIGHTS, ACKNOWLEDGEMENTS, *[f"glemmebok.{slug}.facts-out" for slug in slugs])


def existing(connection: Connection) -> frozenset[str]:
    """Name the cluster's topics.

    Raises:
        ClusterUnavailable: no broker answers.
    """
    return frozenset(_partitions(connection))


def look(
    connection: Connection, names: Sequence[str], *, make: bool, replicas: int, partitions: int
) -> list[TopicState]:
    """Say how each topic stands, made first if it is missing and ``make`` is given.

    Raises:
        ClusterUnavailable: no broker answers, or it refuses.
    """
    before = _partitions(connection)
    missing = [name for name in names if name not in before]
    if make and missing:
        _make(connection, missing, partitions, replicas)
    after = _partitions(connection) if make and missing else before
    return [
        TopicState(name, after.get(name, 0), name in after and name in missing) for name in names
    ]


def _make(connection: Connection, names: Sequence[str], partitions: int, replicas: int) -> None:
    configs = {"cleanup.policy": "delete", "retention.ms": str(RETENTION_MS)}
    try:
        admin = KafkaAdminClient(**connection.arguments())
        try:
            admin.create_topics(
                [NewTopic(n, partitions, replicas, topic_configs=configs) for n in names]
            )
        finally:
            admin.close()
    except KafkaError as error:
        raise ClusterUnavailable(type(error).__name__) from None


def _partitions(connection: Connection) -> Mapping[str, int]:
    try:
        admin = KafkaAdminClient(**connection.arguments())
        try:
            told = admin.describe_topics()
        finally:
            admin.close()
    except KafkaError as error:
        raise ClusterUnavailable(type(error).__name__) from None
    return {one["name"]: len(one["partitions"]) for one in told}
