"""What goes wrong on the way: repeats, late arrivals and items that must be parked.

Each kind comes at its own rate, and each source's first chunk holds one kind for certain, so a
small feed has them all. A broken item is a copy of a good one under a new remote event id: no
fact of a life is lost by it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from random import Random

from consumers.ports import ParkReason
from consumers.upstream import Envelope
from domain.application import ApplicationStageChanged, ApplicationSubmitted
from domain.values import Instant, instant_of

FUTURE: Instant = instant_of(datetime(2199, 1, 1, tzinfo=UTC))
"""Where future-dated items stand: ahead of every clock that will read them."""

UNKNOWN_SOURCE = "ukjent"
"""The last part of a source slug that no controller's file names."""

BROKEN_SHARE = 0.0006
"""Broken items of each kind, per good item."""

REPEATED_AT_ONCE_SHARE = 0.004
REPEATED_LATER_SHARE = 0.006
BEGINNING_LATE_SHARE = 0.03
APPLICATION_LATE_SHARE = 0.05

_REPEATED_AFTER_DAYS = 120.0
_DAY = 86_400_000_000
_HOST_BYTES_MIN = 40
_HEADER_BYTES = 10
_GARBAGE_BYTES = 48


class Outcome(StrEnum):
    """What must become of an item."""

    RECORDED = "recorded"
    DUPLICATE = "duplicate"
    PARKED = "parked"


@dataclass(slots=True)
class Item:
    """One place in a feed. ``arrival`` orders it among the others; ``reason`` is why it is parked.

    ``about`` is the application the fact is about, or empty.
    """

    arrival: Instant
    envelope: Envelope
    topic: str
    about: str = ""
    outcome: Outcome = Outcome.RECORDED
    reason: ParkReason | None = None

    def __repr__(self) -> str:
        """Show what becomes of it; hide whose it is."""
        return f"<Item {self.topic} {self.outcome.value}>"


@dataclass(frozen=True, slots=True)
class Breaker:
    """Breaks copies of good items. ``fact_bytes_max`` is the size from which a fact is refused."""

    fact_bytes_max: int
    draw: Random

    def broken(self, items: Sequence[Item], certain: ParkReason | None) -> Iterator[Item]:
        """Yield broken copies of some items: each kind at its rate, ``certain`` at least once."""
        hosts = [item for item in items if len(item.envelope.fact) >= _HOST_BYTES_MIN]
        number = 0
        for reason in _BREAKS if hosts else ():
            rate = 0.0 if reason is ParkReason.OVERSIZE else BROKEN_SHARE
            count = int(len(items) * rate + self.draw.random())
            for _ in range(max(count, int(reason is certain))):
                yield self._copy(hosts[int(self.draw.random() * len(hosts))], reason, number)
                number += 1

    def _copy(self, host: Item, reason: ParkReason, number: int) -> Item:
        named = f"{host.envelope.remote_event_id}-x{number}"
        copy = replace(host.envelope, remote_event_id=named)
        broken = _BREAKS[reason](copy, self)
        return Item(host.arrival, broken, host.topic, host.about, Outcome.PARKED, reason)


def reasons() -> tuple[ParkReason, ...]:
    """Return the kinds of broken items, in a fixed order."""
    return tuple(_BREAKS)


def repeats(items: Sequence[Item], draw: Random) -> Iterator[Item]:
    """Yield exact repeats of some items: at once, or days later."""
    for item in items:
        drawn = draw.random()
        if drawn < REPEATED_AT_ONCE_SHARE:
            yield replace(item, outcome=Outcome.DUPLICATE)
        elif drawn < REPEATED_AT_ONCE_SHARE + REPEATED_LATER_SHARE:
            later = item.arrival + int(draw.random() * _REPEATED_AFTER_DAYS * _DAY) + 1
            yield replace(item, arrival=later, outcome=Outcome.DUPLICATE)


def delay(life: Sequence[Item], draw: Random) -> None:
    """Let one fact of some lives arrive late: the beginning, or an application after its stage."""
    drawn = draw.random()
    if len(life) > 1 and drawn < BEGINNING_LATE_SHARE:
        life[0].arrival = life[1].arrival + 1
    elif drawn < BEGINNING_LATE_SHARE + APPLICATION_LATE_SHARE:
        _delay_application(life)


def _delay_application(life: Sequence[Item]) -> None:
    first = next((i for i in life if i.topic == ApplicationStageChanged.TOPIC), None)
    if first is not None:
        applied = (i for i in life if i.topic == ApplicationSubmitted.TOPIC)
        next(i for i in applied if i.about == first.about).arrival = first.arrival + 1


def _malformed(envelope: Envelope, breaker: Breaker) -> Envelope:
    return replace(envelope, fact=b"\x00" + breaker.draw.randbytes(_GARBAGE_BYTES))


def _truncated(envelope: Envelope, breaker: Breaker) -> Envelope:
    body = len(envelope.fact) - _HEADER_BYTES
    kept = _HEADER_BYTES + 1 + int(breaker.draw.random() * (body - 2))
    return replace(envelope, fact=envelope.fact[:kept])


def _trailing(envelope: Envelope, breaker: Breaker) -> Envelope:
    return replace(envelope, fact=envelope.fact + breaker.draw.randbytes(4))


def _oversize(envelope: Envelope, breaker: Breaker) -> Envelope:
    padding = bytes(breaker.fact_bytes_max + 1 - len(envelope.fact))
    return replace(envelope, fact=envelope.fact + padding)


def _unknown_schema(envelope: Envelope, breaker: Breaker) -> Envelope:
    head, body = envelope.fact[:2], envelope.fact[_HEADER_BYTES:]
    return replace(envelope, fact=head + breaker.draw.randbytes(_HEADER_BYTES - 2) + body)


def _unknown_source(envelope: Envelope, _breaker: Breaker) -> Envelope:
    owner = envelope.source.partition(".")[0]
    return replace(envelope, source=f"{owner}.{UNKNOWN_SOURCE}")


def _future_dated(envelope: Envelope, breaker: Breaker) -> Envelope:
    return replace(envelope, occurred_at=FUTURE + int(breaker.draw.random() * 300) * _DAY)


def _missing_id(envelope: Envelope, breaker: Breaker) -> Envelope:
    if breaker.draw.getrandbits(1):
        return replace(envelope, remote_event_id="")
    return replace(envelope, remote_candidate_id="")


_BREAKS: Mapping[ParkReason, Callable[[Envelope, Breaker], Envelope]] = {
    ParkReason.MALFORMED: _malformed,
    ParkReason.TRUNCATED: _truncated,
    ParkReason.TRAILING_BYTES: _trailing,
    ParkReason.OVERSIZE: _oversize,
    ParkReason.UNKNOWN_SCHEMA: _unknown_schema,
    ParkReason.UNKNOWN_SOURCE: _unknown_source,
    ParkReason.FUTURE_DATED: _future_dated,
    ParkReason.MISSING_ID: _missing_id,
}
