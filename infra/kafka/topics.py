"""The Kafka topics a house uses, and how each is kept.

========================================  ==========  =========================================
``glemmebok.facts``                       in          what publishers tell; 30 days
``glemmebok.subject-rights``              out         what recipients must do; 30 days
``glemmebok.acknowledgements``            in          what recipients did; 30 days
``glemmebok.<controller>.facts-out``      out         stored facts, sealed; made on purpose only
``glemmebok.anchor``                      both        the anchor: one partition, kept for ever
========================================  ==========  =========================================

Thirty days are as long as the keys of parked payloads and notices live. The anchor's records hold
ids, numbers and hashes; one is small, and there is at most one a minute.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kafka import KafkaAdminClient
from kafka.admin import ConfigResource, ConfigResourceType, NewTopic
from kafka.errors import KafkaError

from infra.kafka.anchor import ANCHOR
from infra.kafka.consumer import TOPIC
from infra.kafka.faults import ClusterUnavailable
from infra.kafka.options import Connection
from infra.kafka.rights import ACKNOWLEDGEMENTS, RIGHTS

RETENTION_MS = 30 * 24 * 3600 * 1000
PARTITIONS = 12
"""Partitions of a topic: four times as many members as one machine runs; fixed for life."""


_LIMITS = ("retention.ms", "retention.bytes")
_UNLIMITED = "-1"


@dataclass(frozen=True, slots=True)
class TopicState:
    """A topic that is needed: its partitions, 0 when it is not there.

    ``faults`` are the settings of the anchor's topic that let records go, or come out of order.
    """

    name: str
    partitions: int
    made: bool
    faults: tuple[str, ...] = ()


def needed(slugs: Sequence[str] = ()) -> Sequence[str]:
    """Name the topics; ``slugs`` are the controllers whose facts are to go out."""
    facts_out = [f"glemmebok.{slug}.facts-out" for slug in slugs]
    return (TOPIC, RIGHTS, ACKNOWLEDGEMENTS, ANCHOR, *facts_out)


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
    faults = anchor_faults(connection, after.get(ANCHOR, 0)) if ANCHOR in names else ()
    return [
        TopicState(
            name,
            after.get(name, 0),
            name in after and name in missing,
            faults if name == ANCHOR else (),
        )
        for name in names
    ]


def anchor_faults(connection: Connection, partitions: int | None = None) -> tuple[str, ...]:
    """Name what is wrong with how the anchor's topic is kept; nothing when it is not there.

    Raises:
        ClusterUnavailable: no broker answers, or it refuses.
    """
    there = _partitions(connection).get(ANCHOR, 0) if partitions is None else partitions
    if not there:
        return ()
    kept = _kept(connection)
    wrong = ["partitions"] if there > 1 else []
    wrong += ["cleanup.policy"] if "compact" in kept["cleanup.policy"] else []
    return (*wrong, *[limit for limit in _LIMITS if kept[limit] != _UNLIMITED])


def _kept(connection: Connection) -> Mapping[str, str]:
    resource = ConfigResource(ConfigResourceType.TOPIC, ANCHOR)
    try:
        admin = KafkaAdminClient(**connection.arguments())
        try:
            told = admin.describe_configs([resource], config_filter="all")
        finally:
            admin.close()
    except KafkaError as error:
        raise ClusterUnavailable(type(error).__name__) from None
    (kinds,) = told.values()
    return {key: str(one["value"]) for key, one in kinds[ANCHOR].items()}


def _make(connection: Connection, names: Sequence[str], partitions: int, replicas: int) -> None:
    asked = [_topic(name, partitions, replicas) for name in names]
    try:
        admin = KafkaAdminClient(**connection.arguments())
        try:
            admin.create_topics(asked)
        finally:
            admin.close()
    except KafkaError as error:
        raise ClusterUnavailable(type(error).__name__) from None


def _topic(name: str, partitions: int, replicas: int) -> NewTopic:
    if name == ANCHOR:
        forever = dict.fromkeys(_LIMITS, _UNLIMITED)
        return NewTopic(name, 1, replicas, topic_configs={"cleanup.policy": "delete", **forever})
    kept = {"cleanup.policy": "delete", "retention.ms": str(RETENTION_MS)}
    return NewTopic(name, partitions, replicas, topic_configs=kept)


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
