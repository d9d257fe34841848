"""What arrives from an upstream system, decoded and not yet believed.

None of these print what they carry: an envelope and its fact are personal until sealed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from consumers.ports import ParkReason
from domain.keyring import Contact
from domain.values import Instant


@dataclass(frozen=True, slots=True)
class Envelope:
    """One upstream message. ``fact`` is Avro single-object encoding, not yet decoded."""

    source: str
    remote_event_id: str
    remote_candidate_id: str
    occurred_at: Instant
    contacts: tuple[Contact, ...]
    fact: bytes

    def __repr__(self) -> str:
        """Name the source and the time; hide the rest."""
        return f"<Envelope {self.source} {self.occurred_at}>"


@dataclass(frozen=True, slots=True)
class Incoming:
    """A place in a feed: an envelope, or the reason there is none.

    ``index`` counts records from 0; a damaged stretch takes one place. ``raw`` is the record's own
    bytes, or the damaged stretch as far as it may be kept.
    """

    index: int
    envelope: Envelope | None
    reason: ParkReason | None
    raw: bytes

    def __repr__(self) -> str:
        """Show the place and the verdict; hide the bytes."""
        return f"<Incoming {self.index} {self.reason.value if self.reason else 'envelope'}>"


class DecodedFact(NamedTuple):
    """An upstream record's values under the newest version of its schema, every field present."""

    topic: str
    values: Mapping[str, object]

    def __repr__(self) -> str:
        """Name the kind of fact; hide its values."""
        return f"<DecodedFact {self.topic}>"
