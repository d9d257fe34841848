"""A Kafka record's value as an envelope: Avro single-object encoding or the Confluent wire format.

``C3 01``, the writer's fingerprint (8 bytes, little-endian), body; or ``00``, the schema's number
in a registry (4 bytes, big-endian), body. Nothing a sender can send raises: what does not decode is
an :class:`Incoming` with its reason. A writer's schema that is not published here is admitted if it
keeps the shape rules and resolves to the newest envelope, as the Avro specification defines it.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Protocol

from consumers.ports import ParkReason
from consumers.upstream import Envelope, Incoming
from infra.codec import limits
from infra.codec.avro import HEADER_BYTES, MAGIC
from infra.codec.envelopes import EnvelopeCodec, EnvelopeReader
from schemas.shape_rules import SchemaNotAdmitted

CONFLUENT = b"\x00"
CONFLUENT_BYTES = 5
VALUE_BYTES_MAX = limits.FACT_BYTES_MAX + 64 * 1024
"""A fact's limit, and room for the envelope around it."""

SCHEMAS_MAX = 256
"""Writers' schemas kept ready: a handful of publishers with a few versions each."""


_Find = Callable[[bytes], str | None]


class WriterSchemas(Protocol):
    """Finds the schema a publisher wrote with."""

    def by_number(self, number: int) -> str | None:
        """Return a schema's text by its number in the registry, or None: there is none.

        Raises:
            SchemasUnavailable: the registry is away; nothing is known about the number.
        """
        ...

    def by_fingerprint(self, fingerprint: bytes) -> str | None:
        """Return a schema's text by its CRC-64-AVRO fingerprint, or None."""
        ...


class Fault(StrEnum):
    """What keeps schemas away."""

    UNREADABLE = "the directory cannot be read"
    SILENT = "the registry does not answer"
    REFUSING = "the registry answers with an error"
    STRANGE = "the registry answers with something else"


class SchemasUnavailable(Exception):  # noqa: N818 - pairs with LogUnavailable
    """Publishers' schemas are away: the page waits, nothing of it is parked."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


class Wire:
    """Decodes values; keeps the readers of the schemas it has seen."""

    def __init__(self, schemas: WriterSchemas) -> None:
        self._codec = EnvelopeCodec()
        self._schemas = schemas
        self._readers: dict[bytes, EnvelopeReader | None] = {}

    def incoming(self, offset: int, value: bytes | None) -> Incoming:
        """Decode the value at an offset.

        Raises:
            SchemasUnavailable: the registry is away.
        """
        if value is None:
            return Incoming(offset, None, ParkReason.MALFORMED, b"")
        outcome = self.read(value)
        if outcome is ParkReason.OVERSIZE:
            return Incoming(offset, None, outcome, value[: limits.DAMAGED_BYTES_MAX])
        if isinstance(outcome, ParkReason):
            # Whole: it is read again when its schema was registered.
            return Incoming(offset, None, outcome, value)
        return Incoming(offset, outcome, None, value)

    def read(self, value: bytes) -> Envelope | ParkReason:
        """Read a value, or say why it cannot be read.

        Raises:
            SchemasUnavailable: the registry is away.
        """
        if len(value) > VALUE_BYTES_MAX:
            return ParkReason.OVERSIZE
        find: _Find
        if value.startswith(MAGIC):
            size, find = HEADER_BYTES, self._schemas.by_fingerprint
        elif value.startswith(CONFLUENT):
            size, find = CONFLUENT_BYTES, self._by_number
        else:
            return ParkReason.MALFORMED
        if len(value) < size:
            return ParkReason.TRUNCATED
        reader = self._reader(value[:size], find)
        return ParkReason.UNKNOWN_SCHEMA if reader is None else reader.read(value, size)

    def _by_number(self, number: bytes) -> str | None:
        return self._schemas.by_number(int.from_bytes(number, "big"))

    def _reader(self, header: bytes, find: _Find) -> EnvelopeReader | None:
        """Return a header's reader; None when no admissible schema is known for it."""
        if header in self._readers:
            return self._readers[header]
        found = self._codec.published_reader(header)
        if found is None:
            text = find(header.removeprefix(MAGIC).removeprefix(CONFLUENT))
            if text is None:
                return None  # not kept: it may be registered before the next record comes
            found = self._made(text)
        if len(self._readers) >= SCHEMAS_MAX:
            self._readers.clear()
        self._readers[header] = found
        return found

    def _made(self, text: str) -> EnvelopeReader | None:
        try:
            return self._codec.reader_of(text)
        except SchemaNotAdmitted:
            return None
