"""What every fact carries, and the register of stored names.

A fact is a frozen slotted dataclass in the past tense. Its ``TOPIC`` is its *stored name*: what the
log, the schemas and the AAD call it, for ever. Its clear fields are random UUIDs or are listed in
``CLEAR`` with the reason they may be read by anyone; everything personal is in ``sealed``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Protocol

from domain.values import ControllerId, FactId, Instant, SealedPart, SubjectId


class Actor(StrEnum):
    """Who brought the fact about, as a kind; a person is named by a user id elsewhere."""

    SUBJECT = "subject"
    USER = "user"
    SYSTEM = "system"
    INTEGRATION = "integration"


class Fact(Protocol):
    """The shape shared by every fact class."""

    TOPIC: ClassVar[str]
    CLEAR: ClassVar[Mapping[str, str]]

    @property
    def sealed(self) -> tuple[SealedPart, ...]:
        """The fact's personal values, one token a category."""
        ...


@dataclass(frozen=True, slots=True)
class Stamp:
    """The envelope stored with every fact. All of it is clear.

    ``source`` is a registered upstream system, or ``glemmebok`` for the house's own facts.
    """

    fact_id: FactId
    controller: ControllerId
    occurred_at: Instant
    recorded_at: Instant
    source: str
    actor: Actor


Mark = tuple[Instant, bytes]
"""A fact's place in the order of occurrence, whatever order it came in: (occurred at, fact id).

The id is its 16 bytes: states hold many marks, and bytes are stored and read in half the room.
"""


def mark_of(stamp: Stamp) -> Mark:
    """Return the place of a stamped fact in the order of occurrence."""
    return (stamp.occurred_at, stamp.fact_id.bytes)


STAMP_CLEAR: Mapping[str, str] = {
    "occurred_at": "ordering and retention are computed from it",
    "recorded_at": "ordering and retention are computed from it",
    "source": "names a registered upstream system, never a person",
    "actor": "a kind of actor out of four",
}

HOUSE = "glemmebok"
"""The ``source`` of facts the house itself decides."""


def house_stamp(controller: ControllerId, fact_id: FactId, now: Instant) -> Stamp:
    """Stamp a fact the house itself decided, now."""
    return Stamp(fact_id, controller, now, now, HOUSE, Actor.SYSTEM)


@dataclass(frozen=True, slots=True)
class Entry:
    """A fact in its place: the stream, its version there, and its position in the whole log."""

    position: int
    subject: SubjectId
    version: int
    stamp: Stamp
    fact: Fact


NOTHING_SEALED: tuple[SealedPart, ...] = ()
NOTHING_CLEAR: Mapping[str, str] = {}
