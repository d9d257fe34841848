"""An upstream system for tests: it tells facts of invented people, one item after another."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from consumers.upstream import Envelope, Incoming
from domain.keyring import Contact, ContactKind
from domain.values import Instant
from infra.codec.upstream import UpstreamCodec
from tests.codec.messages import MESSAGES
from tests.examples import MINUTE, SOURCE, START

REGISTERED = "candidate.registered"
SUBMITTED = "candidate.application-submitted"
STAGE_CHANGED = "candidate.application-stage-changed"
STATED = "candidate.profile-section-stated"
UPLOADED = "candidate.document-uploaded"

_CODEC = UpstreamCodec()


def email(address: str) -> tuple[Contact, ...]:
    return (Contact(ContactKind.EMAIL, address),)


@dataclass
class Feed:
    """Items in the order they are told; each has an event id of its own unless one is given."""

    source: str = SOURCE
    items: list[Incoming] = field(default_factory=list)

    def tell(
        self,
        remote_id: str = "r-1",
        topic: str = REGISTERED,
        *,
        event: str | None = None,
        at: Instant | None = None,
        contacts: tuple[Contact, ...] = (),
        values: Mapping[str, object] | None = None,
    ) -> Incoming:
        """Add a fact; ``at`` is minute by minute after START unless given."""
        index = len(self.items)
        envelope = Envelope(
            source=self.source,
            remote_event_id=event or f"E-{index}",
            remote_candidate_id=remote_id,
            occurred_at=START + index * MINUTE if at is None else at,
            contacts=contacts,
            fact=_CODEC.encode_fact(topic, {**MESSAGES[topic], **(values or {})}),
        )
        return self.add(envelope)

    def add(self, envelope: Envelope) -> Incoming:
        """Add a message as it is."""
        item = Incoming(len(self.items), envelope, None, b"raw bytes of " + envelope.fact)
        self.items.append(item)
        return item
