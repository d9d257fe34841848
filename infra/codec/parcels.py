"""Parked payloads read again: an envelope's own bytes, as its container held them."""

from consumers.ports import ParkReason
from consumers.upstream import Envelope
from infra.codec.avro import HEADER_BYTES, MAGIC, Layout, Unreadable, layouts
from infra.codec.envelopes import read_records
from schemas.published import ENVELOPE, Room, published


class ParcelReader:
    """Reads envelopes that stand alone, of every published version."""

    def __init__(self) -> None:
        known = layouts(i for i in published(Room.UPSTREAM) if i.stored_name == ENVELOPE)
        self._by_header = known
        self._newest_first = sorted(known.values(), key=lambda one: -one.published.version)

    def read(self, payload: bytes) -> Envelope | ParkReason:
        """Read a payload, or say why it cannot be read.

        A single object names its schema. Bytes out of a container do not: the newest version that
        they fit to the last byte is theirs. The two cannot be confused, because an envelope begins
        with the length of a text and a single object with a negative number.
        """
        if payload.startswith(MAGIC):
            named = self._by_header.get(payload[:HEADER_BYTES])
            unknown = ParkReason.UNKNOWN_SCHEMA
            return unknown if named is None else _read(payload[HEADER_BYTES:], named)
        verdicts = [_read(payload, layout) for layout in self._newest_first]
        return next((one for one in verdicts if isinstance(one, Envelope)), verdicts[0])


def _read(content: bytes, layout: Layout) -> Envelope | ParkReason:
    try:
        ((envelope, _),) = read_records(content, layout, 1)
    except Unreadable as unreadable:
        return unreadable.reason
    return envelope
