"""Upstream facts: single objects of the published upstream records, decoded but not believed.

A payload ends as a :class:`DecodedFact` or as a :class:`ParkReason`; nothing a sender can send
raises. The schema is the one whose fingerprint the payload carries. What decodes is then held
against the limits, for a valid schema bounds neither a text nor a number.
"""

from collections.abc import Iterable, Mapping

from consumers.ports import ParkReason
from consumers.upstream import DecodedFact
from infra.codec import limits
from infra.codec.avro import (
    HEADER_BYTES,
    MAGIC,
    SchemaMissing,
    Unreadable,
    layouts,
    newest_layouts,
    read_object,
    write_object,
)
from schemas.contracts import Contract, contract_of
from schemas.published import ENVELOPE, Published, Room, published


class UpstreamCodec:
    """Decodes upstream facts of every published version; encodes the newest.

    Raises:
        SchemaNotAdmitted: at construction, a schema breaks a rule of admission.
    """

    def __init__(self, schemas: Iterable[Published] | None = None) -> None:
        every = published(Room.UPSTREAM) if schemas is None else schemas
        self._layouts = layouts(item for item in every if item.stored_name != ENVELOPE)
        self._newest = newest_layouts(self._layouts)
        self._contracts = {
            topic: contract_of(layout.published) for topic, layout in self._newest.items()
        }

    def decode_fact(self, payload: bytes) -> DecodedFact | ParkReason:
        """Decode one single object, or tell why it is to be parked."""
        if len(payload) > limits.FACT_BYTES_MAX:
            return ParkReason.OVERSIZE
        layout = self._layouts.get(payload[:HEADER_BYTES])
        if layout is None:
            return _headless(payload)
        try:
            values = read_object(payload, layout)
        except Unreadable as unreadable:
            return unreadable.reason
        topic = layout.published.stored_name
        flaw = _flaw(values, self._contracts[topic], len(payload))
        return flaw or DecodedFact(topic, values)

    def encode_fact(self, topic: str, values: Mapping[str, object]) -> bytes:
        """Encode a record's values as a single object; fields left out take their defaults.

        Raises:
            SchemaMissing: no upstream record is called so.
            ValueError, TypeError, IndexError: a value does not fit. The text repeats the value.
        """
        if topic not in self._newest:
            message = f"no upstream record is called {topic}"
            raise SchemaMissing(message)
        return write_object(values, self._newest[topic])


def _headless(payload: bytes) -> ParkReason:
    """Tell why a payload's header leads to no schema."""
    if not payload.startswith(MAGIC) and not MAGIC.startswith(payload):
        return ParkReason.MALFORMED
    return ParkReason.TRUNCATED if len(payload) < HEADER_BYTES else ParkReason.UNKNOWN_SCHEMA


def _flaw(values: Mapping[str, object], contract: Contract, size: int) -> ParkReason | None:
    """Find what a valid schema let through: a list item takes a byte, so short payloads fit."""
    if size > limits.LIST_ITEMS_MAX and not _fits(values):
        return ParkReason.OVERSIZE
    if any(_length(values[name]) > limits.REMOTE_ID_CHARS_MAX for name in contract.keyed):
        return ParkReason.OVERSIZE
    named = [mention.field for mention in contract.mentions.values()]
    if any(_length(values[name]) > limits.REMOTE_ID_CHARS_MAX for name in named):
        return ParkReason.OVERSIZE
    for name in contract.rounded:
        quantity = values[name]
        assert isinstance(quantity, int), "a rounded field is a number"
        if quantity < 0:
            return ParkReason.MALFORMED
        if quantity > limits.QUANTITY_MAX:
            return ParkReason.OVERSIZE
    return None


def _fits(value: object) -> bool:
    if isinstance(value, str):
        return len(value) <= limits.TEXT_CHARS_MAX
    if isinstance(value, list):
        return len(value) <= limits.LIST_ITEMS_MAX and all(map(_fits, value))
    if isinstance(value, dict):
        return all(map(_fits, value.values()))
    return True


def _length(value: object) -> int:
    """Measure an id, or the longest of several."""
    if isinstance(value, list):
        return max(map(_length, value), default=0)
    return len(value) if isinstance(value, str) else 0
