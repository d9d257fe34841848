"""A client for systems that publish facts: envelopes onto a topic, once each, in order per person.

Rules: the producer is idempotent and every replica acknowledges; the key of a record is a keyed
token of (source, remote candidate id), so that a person's facts share a partition and the broker
learns nothing of her; nothing personal is a key, a header or a topic's name.
"""

import hmac
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from kafka import KafkaAdminClient, KafkaProducer
from kafka.errors import KafkaError

from consumers.upstream import Envelope
from domain.framing import frame
from infra.codec.envelopes import EnvelopeCodec
from infra.kafka.faults import ClusterUnavailable, NotDelivered, TopicMissing
from infra.kafka.options import Connection

LINGER_MS = 10
IN_FLIGHT_MAX = 10_000
"""Records sent and not acknowledged: the memory a slow broker may cost."""

DELIVERY_MS = 120_000
"""How long one record is tried before it counts as not delivered."""

SECRET_BYTES_MIN = 16
CLOSE_SECONDS = 10


@dataclass(frozen=True, slots=True)
class PartitionKey:
    """Makes record keys: HMAC-SHA256(secret, lp(source) ‖ lp(remote candidate id))[:16].

    ``secret`` is the publisher's own, the same for all of its processes; another one sends a
    person's later facts to another partition, out of order with the earlier ones.

    Raises:
        ValueError: the secret is shorter than 16 bytes.
    """

    secret: bytes

    def __post_init__(self) -> None:
        """Refuse a secret that can be guessed."""
        if len(self.secret) < SECRET_BYTES_MIN:
            message = f"a secret of at least {SECRET_BYTES_MIN} bytes is needed"
            raise ValueError(message)

    def __repr__(self) -> str:
        """Hide the secret."""
        return "<PartitionKey>"

    def of(self, envelope: Envelope) -> bytes:
        """Return the key of an envelope's record."""
        named = frame(envelope.source.encode(), envelope.remote_candidate_id.encode())
        return hmac.digest(self.secret, named, sha256)[:16]


class Sending:
    """An idempotent producer. Use it as a context: leaving it waits for what is in flight."""

    def __init__(self, connection: Connection) -> None:
        self._pending: list[Any] = []
        self._delivered = 0
        self._producer = KafkaProducer(
            **connection.arguments(),
            enable_idempotence=True,
            acks="all",
            linger_ms=LINGER_MS,
            delivery_timeout_ms=DELIVERY_MS,
        )

    def send(self, topic: str, key: bytes, value: bytes) -> None:
        """Send a record; it is acknowledged when :meth:`flush` returns.

        Raises:
            NotDelivered: the records in flight before were not all acknowledged.
        """
        self._pending.append(self._producer.send(topic, value, key))
        if len(self._pending) >= IN_FLIGHT_MAX:
            self.flush()

    def flush(self) -> int:
        """Wait for every acknowledgement; return how many records were delivered in all.

        Raises:
            NotDelivered: some were not acknowledged in time.
        """
        pending, self._pending = self._pending, []
        self._producer.flush()
        lost = sum(not _acknowledged(one) for one in pending)
        self._delivered += len(pending) - lost
        if lost:
            raise NotDelivered(self._delivered, lost)
        return self._delivered

    def close(self) -> None:
        """Close; what is in flight and was not flushed may be lost."""
        self._producer.close(timeout=CLOSE_SECONDS)


def _acknowledged(one: Any) -> bool:  # noqa: ANN401 - the library ships no types
    try:
        one.get(DELIVERY_MS / 1000)
    except KafkaError:
        return False
    return True


@contextmanager
def sending(connection: Connection) -> Iterator[Sending]:
    """Open a producer for as long as the block lasts; what was sent is waited for at its end.

    Raises:
        ClusterUnavailable: no broker answers.
        NotDelivered: something was not acknowledged in time.
    """
    try:
        made = Sending(connection)
    except KafkaError as error:
        raise ClusterUnavailable(type(error).__name__) from None
    try:
        yield made
        made.flush()
    finally:
        made.close()


@dataclass(frozen=True, slots=True)
class Publisher:
    """Publishes envelopes to one Kafka topic."""

    sending: Sending
    topic: str
    key: PartitionKey
    codec: EnvelopeCodec = field(default_factory=EnvelopeCodec)

    def publish(self, envelope: Envelope) -> None:
        """Send an envelope; it is acknowledged when :meth:`flush` returns.

        Raises:
            NotDelivered: the envelopes in flight before were not all acknowledged.
        """
        self.sending.send(self.topic, self.key.of(envelope), self.codec.encode(envelope))

    def flush(self) -> int:
        """Wait for every acknowledgement; return how many were published in all.

        Raises:
            NotDelivered: some were not acknowledged in time.
        """
        return self.sending.flush()


@contextmanager
def publishing(connection: Connection, topic: str, secret: bytes) -> Iterator[Publisher]:
    """Open a publisher for as long as the block lasts.

    Raises:
        TopicMissing: the cluster has no such topic; the client itself would wait a minute for it.
        ClusterUnavailable: no broker answers.
        NotDelivered: something was not acknowledged in time.
    """
    _require(connection, topic)
    with sending(connection) as made:
        yield Publisher(made, topic, PartitionKey(secret))


def _require(connection: Connection, topic: str) -> None:
    try:
        admin = KafkaAdminClient(**connection.arguments())
        try:
            known = admin.list_topics()
        finally:
            admin.close()
    except KafkaError as error:
        raise ClusterUnavailable(type(error).__name__) from None
    if topic not in known:
        raise TopicMissing(topic)


def publish_all(publisher: Publisher, envelopes: Iterable[Envelope]) -> int:
    """Send envelopes in order; return how many were acknowledged.

    Raises:
        NotDelivered: some were not; sending all of them again is safe.
    """
    for envelope in envelopes:
        publisher.publish(envelope)
    return publisher.flush()
