"""Envelopes in a container's blocks: which schemas they may be written in, and their limits."""

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import fastavro
from fastavro.schema import SchemaParseException

from consumers.ports import ParkReason
from consumers.upstream import Envelope
from domain.keyring import Contact, ContactKind
from infra.codec import limits
from infra.codec.avro import (
    MAGIC,
    Layout,
    SchemaMissing,
    Unreadable,
    fingerprint_of,
    layouts,
    lift,
    newest_layouts,
    plain_schema,
    read_value,
    write_object,
)
from schemas.published import ENVELOPE, Published, Record, Room, published
from schemas.shape_rules import Objection, SchemaNotAdmitted, read_shape

_NO_CANONICAL_FORM = (SchemaParseException, TypeError)
"""What fastavro 1.13 raises on a schema of admissible shape that is none: 58,000 mutants."""

_KINDS = {kind.value: kind for kind in ContactKind}


class EnvelopeCodec:
    """Reads envelopes of every published version, and gives the newest to write with."""

    def __init__(self, schemas: Iterable[Published] | None = None) -> None:
        every = published(Room.UPSTREAM) if schemas is None else schemas
        self._layouts = layouts(item for item in every if item.stored_name == ENVELOPE)

    def layout_of(self, schema_text: bytes) -> Layout:
        """Find the published envelope a writer's schema is, by fingerprint.

        Raises:
            SchemaNotAdmitted: the text is no schema, or one that must not be decoded with.
            SchemaMissing: it is a schema, and not a published envelope.
        """
        shape = read_shape(schema_text)
        try:
            mark = fingerprint_of(shape)
        except _NO_CANONICAL_FORM:
            raise SchemaNotAdmitted(Objection.NOT_A_SCHEMA, "") from None
        if MAGIC + mark not in self._layouts:
            message = "the writer's schema is not a published envelope"
            raise SchemaMissing(message)
        return self._layouts[MAGIC + mark]

    def published_reader(self, header: bytes) -> "EnvelopeReader | None":
        """Return the reader of a published envelope by its header, or None."""
        layout = self._layouts.get(header)
        return None if layout is None else EnvelopeReader(layout, layout.schema, None)

    def reader_of(self, schema_text: str) -> "EnvelopeReader":
        """Make the reader of a publisher's own schema, which must resolve to the newest envelope.

        Raises:
            SchemaNotAdmitted: the text is no schema, or one that must not be decoded with.
        """
        shape = read_shape(schema_text)
        newest = newest_layouts(self._layouts)[ENVELOPE]
        try:
            writer = plain_schema(shape)
        except _NO_CANONICAL_FORM:
            raise SchemaNotAdmitted(Objection.NOT_A_SCHEMA, "") from None
        return EnvelopeReader(newest, writer, plain_schema(newest.published.record()))

    def encode(self, envelope: Envelope) -> bytes:
        """Write an envelope as a single object of the newest version."""
        return write_object(value_of(envelope), newest_layouts(self._layouts)[ENVELOPE])

    def writing_record(self) -> Record:
        """Return the newest envelope schema as published, with its logical types and classes."""
        return newest_layouts(self._layouts)[ENVELOPE].published.record()


@dataclass(frozen=True, slots=True)
class EnvelopeReader:
    """Reads single envelopes of one writer; ``reader`` is None when its schema is published."""

    layout: Layout
    writer: fastavro.types.Schema
    reader: fastavro.types.Schema | None

    def read(self, value: bytes, start: int) -> Envelope | ParkReason:
        """Read the envelope that begins at an offset and is all the rest of the bytes."""
        stream = io.BytesIO(value)
        stream.seek(start)
        try:
            found = read_value(stream, self.writer, self.reader)
        except Unreadable as unreadable:
            return unreadable.reason
        if stream.tell() != len(value):
            return ParkReason.TRAILING_BYTES
        return _envelope(lift(found, self.layout) if self.reader is None else found)


def read_records(
    content: bytes, layout: Layout, count: int
) -> list[tuple[Envelope | ParkReason, bytes]]:
    """Read a block's records: each an envelope or why it is parked, and its own bytes.

    Raises:
        Unreadable: the content is not ``count`` records and nothing more.
    """
    stream = io.BytesIO(content)
    found, end = [], 0
    for _ in range(count):
        value = read_value(stream, layout.schema)
        start, end = end, stream.tell()
        found.append((_envelope(lift(value, layout)), content[start:end]))
    if end != len(content):
        raise Unreadable(ParkReason.TRAILING_BYTES)
    return found


def value_of(envelope: Envelope) -> Mapping[str, object]:
    """Write an envelope as the values of its record."""
    return {
        "source": envelope.source,
        "remote_event_id": envelope.remote_event_id,
        "remote_candidate_id": envelope.remote_candidate_id,
        "occurred_at": envelope.occurred_at,
        "contacts": [{"kind": hint.kind.value, "value": hint.value} for hint in envelope.contacts],
        "fact": envelope.fact,
    }


def _envelope(value: Mapping[str, Any]) -> Envelope | ParkReason:
    envelope = Envelope(
        value["source"],
        value["remote_event_id"],
        value["remote_candidate_id"],
        value["occurred_at"],
        tuple([Contact(_KINDS[hint["kind"]], hint["value"]) for hint in value["contacts"]]),
        value["fact"],
    )
    if envelope.occurred_at < 0:
        return ParkReason.MALFORMED
    return envelope if _fits(envelope) else ParkReason.OVERSIZE


def _fits(envelope: Envelope) -> bool:
    ids = (envelope.remote_event_id, envelope.remote_candidate_id)
    return (
        len(envelope.source) <= limits.SOURCE_CHARS_MAX
        and len(envelope.fact) <= limits.FACT_BYTES_MAX
        and len(envelope.contacts) <= limits.CONTACTS_MAX
        and all(len(text) <= limits.REMOTE_ID_CHARS_MAX for text in ids)
        and all(len(hint.value) <= limits.REMOTE_ID_CHARS_MAX for hint in envelope.contacts)
    )
