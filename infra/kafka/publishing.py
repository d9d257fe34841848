"""A client for systems that publish facts: envelopes onto a topic, once each, in order per person.

Rules: the producer is idempotent and every replica acknowledges; the key of a record is a keyed
token of (source, remote candidate id), so that a person's facts share a partition and the broker
learns nothing of her; nothing personal is a key, a header or a topic's name.
"""

import hmac
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from types import TracebackType
from typing import Self

from kafka import KafkaProducer
from kafka.errors import KafkaError

from consumers.upstream import Envelope
from domain.framing import frame
from infra.codec.envelopes import EnvelopeCodec
from infra.kafka.options import Connection

LINGER_MS = 10
IN_FLIGHT_MAX = 10_000
"""Records sent and not acknowledged: the memory a slow broker may cost."""

DELIVERY_MS = 120_000
"""How long one record is tried before it counts as not delivered."""

SECRET_BYTES_MIN = 16


class NotDelivered(Exception):  # noqa: N818 - what happened to records
    """Some records were not acknowledged; sending them again is safe: each fact is taken once."""

    def __init__(self, delivered: int, lost: int) -> None:
        super().__init__(f"{lost} records were not acknowledged, {delivered} were")
        self.delivered = delivered
        self.lost = lost


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


class Publisher:
    """Sends envelopes to one topic. Use it as a context: leaving it waits for what is in flight."""

    def __init__(self, connection: Connection, topic: str, key: PartitionKey) -> None:
        self._topic = topic
        self._key = key
        self._codec = EnvelopeCodec()
        self._pending: list[object] = []
        self._delivered = 0
        self._lost = 0
        self._producer = KafkaProducer(
            **connection.arguments(),
            enable_idempotence=True,
            acks="all",
            linger_ms=LINGER_MS,
            delivery_timeout_ms=DELIVERY_MS,
        )

    def __enter__(self) -> Self:
        """Return the publisher."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """Wait for what is in flight, and close."""
        try:
            if kind is None:
                self.flush()
        finally:
            self._producer.close(timeout=10)

    def publish(self, envelope: Envelope) -> None:
        """Send an envelope; it is acknowledged when :meth:`flush` returns.

        Raises:
            NotDelivered: the page that was in flight before was not acknowledged whole.
        """
        self.send(self._key.of(envelope), self._codec.encode(envelope))

    def send(self, key: bytes, value: bytes) -> None:
        """Send a record that is encoded already.

        Raises:
            NotDelivered: the page that was in flight before was not acknowledged whole.
        """
        self._pending.append(self._producer.send(self._topic, value, key))
        if len(self._pending) >= IN_FLIGHT_MAX:
            self.flush()

    def flush(self) -> int:
        """Wait for every acknowledgement; return how many records were delivered in all.

        Raises:
            NotDelivered: some were not acknowledged in time.
        """
        pending, self._pending = self._pending, []
        self._producer.flush()
        for one in pending:
            try:
                one.get(DELIVERY_MS / 1000)  # type: ignore[attr-defined]
                self._delivered += 1
            except KafkaError:
                self._lost += 1
        if self._lost:
            lost, self._lost = self._lost, 0
            raise NotDelivered(self._delivered, lost)
        return self._delivered


@contextmanager
def publishing(connection: Connection, topic: str, secret: bytes) -> Iterator[Publisher]:
    """Open a publisher for as long as the block lasts."""
    with Publisher(connection, topic, PartitionKey(secret)) as publisher:
        yield publisher


def publish_all(publisher: Publisher, envelopes: Iterable[Envelope]) -> int:
    """Send envelopes in order; return how many were acknowledged.

    Raises:
        NotDelivered: some were not; sending all of them again is safe.
    """
    for envelope in envelopes:
        publisher.publish(envelope)
    return publisher.flush()
