"""Between facts and stored bytes: the library's mapper, with Avro and stored names.

The library would name an event class by its module path and store that for ever; every fact class
here is registered under its own stored name instead.
"""

from typing import NamedTuple
from uuid import UUID

from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import Mapper, StoredEvent
from eventsourcing.utils import register_topic

from domain.catalogue import BY_TOPIC
from domain.fact import Fact, Stamp
from infra.codec.facts import FactCodec


class Placed(NamedTuple):
    """A fact and its place in a stream; ``originator_id`` is the library's word for the subject."""

    originator_id: UUID
    originator_version: int
    stamp: Stamp
    fact: Fact


class AvroMapper(Mapper[UUID]):
    """Turns :class:`Placed` facts into stored events and back; takes any other event for a fault.

    The library's transcoder, compressor and cipher have no part in it: values are sealed before
    they come here.
    """

    def __init__(self, codec: FactCodec) -> None:
        for topic, fact in BY_TOPIC.items():
            register_topic(topic, fact)
        self._codec = codec

    def to_stored_event(self, domain_event: DomainEventProtocol[UUID]) -> StoredEvent:
        """Encode a placed fact under its stored name."""
        assert isinstance(domain_event, Placed)
        fact = domain_event.fact
        return StoredEvent(
            domain_event.originator_id,
            domain_event.originator_version,
            fact.TOPIC,
            self._codec.encode(domain_event.stamp, fact),
        )

    def to_domain_event(self, stored_event: StoredEvent) -> Placed:
        """Decode a stored event; the codec's own errors pass unchanged."""
        stamp, fact = self._codec.decode(stored_event.topic, stored_event.state)
        subject = stored_event.originator_id
        assert isinstance(subject, UUID)
        return Placed(subject, stored_event.originator_version, stamp, fact)
