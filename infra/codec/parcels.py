"""Parked payloads read again: an envelope's own bytes, as its container or its record held them."""

from collections.abc import Callable

from consumers.ports import ParkReason
from consumers.upstream import Envelope
from infra.codec.avro import MAGIC, Layout, Unreadable, layouts
from infra.codec.envelopes import read_records
from schemas.published import ENVELOPE, Room, published

_ZERO = b"\x00"
"""How a record in the Confluent wire format begins."""


class ParcelReader:
    """Reads envelopes that stand alone, of every published version and every known writer.

    ``framed`` reads what a topic's record held: a single object, or the wire format.
    """

    def __init__(self, framed: Callable[[bytes], Envelope | ParkReason]) -> None:
        known = layouts(i for i in published(Room.UPSTREAM) if i.stored_name == ENVELOPE)
        self._newest_first = sorted(known.values(), key=lambda one: -one.published.version)
        self._framed = framed

    def read(self, payload: bytes) -> Envelope | ParkReason:
        """Read a payload, or say why it cannot be read.

        What a record held names its schema. Bytes out of a container do not: the newest version
        that they fit to the last byte is theirs. They cannot be confused: an envelope begins with
        the length of its source's name, a single object with a negative number, the wire format
        with a zero, and a source without a name is nobody's.

        Raises:
            SchemasUnavailable: the registry that knows the record's schema is away.
        """
        if payload.startswith((MAGIC, _ZERO)):
            return self._framed(payload)
        verdicts = [_read(payload, layout) for layout in self._newest_first]
        return next((one for one in verdicts if isinstance(one, Envelope)), verdicts[0])


def _read(content: bytes, layout: Layout) -> Envelope | ParkReason:
    try:
        ((envelope, _),) = read_records(content, layout, 1)
    except Unreadable as unreadable:
        return unreadable.reason
    return envelope
