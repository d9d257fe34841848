"""A publisher of a case: invented people's facts, some told twice, with garbage in between."""

from dataclasses import dataclass, field
from random import Random

from consumers.upstream import Envelope
from infra.codec.envelopes import EnvelopeCodec
from tests.consumers.feed import REGISTERED, STATED, SUBMITTED, Feed, email
from tests.kafka.crashes.plans import Plan
from tests.proof.houses import SOURCE

_GARBAGE = (b"", b"\x00\x00", b"name=Kari", b"\xc3\x01" + bytes(30), None)


@dataclass
class Teller:
    """Tells a plan's feed bit by bit, and keeps what was told.

    ``events`` are a person's, in the order told first; ``sizes`` the next offset of each partition;
    ``garbage`` where what cannot be read lies, as (partition, offset).
    """

    plan: Plan
    codec: EnvelopeCodec
    events: dict[str, list[str]] = field(default_factory=dict)
    sizes: list[int] = field(default_factory=list)
    garbage: list[tuple[int, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._draw = Random(f"tell/{self.plan.seed}")
        self._feed = Feed(SOURCE)
        self._told: list[tuple[int, bytes]] = []
        self.sizes = [0] * self.plan.partitions

    def tell(self, facts: int, *, strangers: bool = False) -> list[tuple[int, bytes | None]]:
        """Tell so many new facts, each of a stranger or of anybody, and what else comes along."""
        values: list[tuple[int, bytes | None]] = []
        for _ in range(facts):
            known = self.plan.people if not strangers else 0
            values.append(self._new(self._draw.randrange(known) if known else self._stranger()))
            if self._draw.random() < 0.15:
                values.append(self._draw.choice(self._told))
            if self._draw.random() < 0.1:
                values.append((self._draw.randrange(self.plan.partitions), self._rubbish()))
        return [self._placed(where, value) for where, value in values]

    def _stranger(self) -> int:
        return self.plan.people + len(self.events)

    def _new(self, number: int) -> tuple[int, bytes]:
        person = f"s{self.plan.seed}-{number}"
        known = self.events.setdefault(person, [])
        topic = (REGISTERED, SUBMITTED, STATED)[min(len(known), 2)]
        event = f"{person}-{len(known)}"
        known.append(event)
        contacts = email(f"{person}@example.org") if topic == REGISTERED else ()
        envelope = self._feed.tell(person, topic, event=event, contacts=contacts).envelope
        assert isinstance(envelope, Envelope)
        told = (number % self.plan.partitions, self.codec.encode(envelope))
        self._told.append(told)
        return told

    def _rubbish(self) -> bytes | None:
        return self._draw.choice(_GARBAGE)

    def _placed(self, where: int, value: bytes | None) -> tuple[int, bytes | None]:
        if value in _GARBAGE:
            self.garbage.append((where, self.sizes[where]))
        self.sizes[where] += 1
        return where, value
