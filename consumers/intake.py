"""The first beat of a unit of work: what arrived becomes drafts and parcels, without any key.

Pure but for the ids the :class:`~domain.keyring.Identifier` makes. An item that cannot be read,
or whose source or time cannot be right, becomes a parcel with its reason; everything else becomes
a draft of a fact. Nothing is dropped.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from consumers.mentioning import with_others
from consumers.ports import ParkReason
from consumers.translate import Draft, translate
from consumers.upstream import DecodedFact, Envelope, Incoming
from domain.keyring import Identifier
from domain.values import ControllerId, Instant, SubjectId
from schemas.contracts import Contract

SKEW = 5 * 60 * 1_000_000
"""Microseconds a source's clock may run ahead of ours before a fact counts as future-dated."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """An item to set aside: where it stood, whose it is if that is known, and its bytes.

    ``subject`` and ``topic`` are known of what was refused.
    """

    index: int
    controller: ControllerId | None
    reason: ParkReason
    payload: bytes
    subject: SubjectId | None = None
    topic: str | None = None

    def __repr__(self) -> str:
        """Hide the payload."""
        return f"<Parcel {self.index} {self.reason.value}>"


@dataclass(frozen=True, slots=True)
class Intake:
    """A page, sorted: drafts by controller in the order they arrived, and parcels.

    ``items`` holds what each draft was read from, in the order of the drafts.
    """

    size: int
    drafts: Mapping[ControllerId, Sequence[Draft]]
    parcels: Sequence[Parcel]
    items: Mapping[ControllerId, Sequence[Incoming]]


@dataclass(frozen=True, slots=True)
class Reception:
    """What it takes to sort a page: whose a source is, how facts are decoded, which are known."""

    sources: Mapping[str, ControllerId]
    decode: Callable[[bytes], DecodedFact | ParkReason]
    contracts: Mapping[str, Contract]
    identifier: Identifier

    def take_in(self, page: Sequence[Incoming], now: Instant) -> Intake:
        """Sort a page into drafts and parcels."""
        drafts: dict[ControllerId, list[Draft]] = {}
        items: dict[ControllerId, list[Incoming]] = {}
        parcels: list[Parcel] = []
        for item in page:
            draft, controller = self._read(item, now)
            if isinstance(draft, ParkReason):
                parcels.append(Parcel(item.index, controller, draft, item.raw))
            else:
                assert controller is not None
                drafts.setdefault(controller, []).append(draft)
                items.setdefault(controller, []).append(item)
        return Intake(len(page), drafts, parcels, items)

    def _read(self, item: Incoming, now: Instant) -> tuple[Draft | ParkReason, ControllerId | None]:
        envelope = item.envelope
        if envelope is None:
            return item.reason or ParkReason.MALFORMED, None
        controller = self.sources.get(envelope.source)
        if controller is None:
            return ParkReason.UNKNOWN_SOURCE, None
        if item.reason is not None:
            return item.reason, controller
        if envelope.occurred_at > now + SKEW:
            return ParkReason.FUTURE_DATED, controller
        return self._draft(envelope, controller), controller

    def _draft(self, envelope: Envelope, controller: ControllerId) -> Draft | ParkReason:
        decoded = self.decode(envelope.fact)
        if isinstance(decoded, ParkReason):
            return decoded
        contract = self.contracts.get(decoded.topic)
        if contract is None:
            return ParkReason.UNKNOWN_SCHEMA
        draft = translate(envelope, decoded, contract, self.identifier, controller)
        if not contract.mentions or isinstance(draft, ParkReason):
            return draft
        return with_others(draft, decoded.values, contract, self.identifier, controller)
