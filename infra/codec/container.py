"""Feeds as files: Avro object containers of envelopes, read from any place and written repeatably.

Rules: a place in a feed is an index that depends on the file's bytes alone, so a reader may stop
anywhere and go on; whole blocks before the start are passed over unread. What is damaged takes the
place of its first record and carries a reason, and reading goes on after it. One block at a time is
in memory. A file whose header is not ours is refused whole: :class:`NotAFeed`.
"""

import hashlib
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import BinaryIO, cast

import fastavro

from consumers.ports import ParkReason
from consumers.upstream import Envelope, Incoming
from infra.codec import limits
from infra.codec.avro import Layout, SchemaMissing, Unreadable, read_value
from infra.codec.blocks import SYNC_BYTES, Block, Compression, blocks, content_of, raw_of
from infra.codec.envelopes import EnvelopeCodec, read_records, value_of
from schemas.shape_rules import SchemaNotAdmitted

_MAGIC = b"Obj\x01"
_BLOCK_BYTES = 16 * 1024
"""What the writer collects before it ends a block: about 40 envelopes."""


class Flaw(StrEnum):
    """Why a file is refused whole."""

    NO_CONTAINER = "not an Avro container"
    SCHEMA_NOT_ADMITTED = "its schema is not admitted"
    SCHEMA_UNKNOWN = "its schema is not a published envelope"
    CODEC_UNKNOWN = "its block codec is neither null nor deflate"


class NotAFeed(Exception):  # noqa: N818 - the verdict on a file
    """A file is no feed of envelopes: bad input, nothing of it was read."""

    def __init__(self, flaw: Flaw) -> None:
        super().__init__(flaw.value)
        self.flaw = flaw


def read_container(path: Path, start: int) -> Iterator[Incoming]:
    """Yield the feed's places from index ``start`` on, in order.

    A damaged stretch takes one place, a sound block as many as it announces; a sound block whose
    records do not decode is one :class:`Incoming` at its first place, and the next block's places
    follow where they would have.

    Raises:
        NotAFeed: at the first step, the header is not a feed's.
        OSError: the file cannot be read.
    """
    with path.open("rb") as stream:
        header = _read_header(stream)
        first = 0
        for block in blocks(stream, header.sync, header.end):
            if first + block.places > start:
                for incoming in _incoming(stream, header, block, first):
                    if incoming.index >= start:
                        yield incoming
            first += block.places


def write_container(
    path: Path,
    envelopes: Iterable[Envelope],
    sync_marker: bytes,
    compression: Compression = Compression.NULL,
) -> None:
    """Write a feed; the same envelopes, marker and compression give the same bytes.

    ``sync_marker`` is 16 bytes, best from :func:`sync_marker_of`. Deflated bytes also depend on
    the zlib they were made with.
    """
    if len(sync_marker) != SYNC_BYTES:
        message = f"a sync marker is {SYNC_BYTES} bytes"
        raise ValueError(message)
    with path.open("wb") as stream:
        fastavro.writer(
            stream,
            cast("fastavro.types.Schema", EnvelopeCodec().writing_record()),
            (value_of(envelope) for envelope in envelopes),
            codec=compression.value,
            sync_interval=_BLOCK_BYTES,
            sync_marker=sync_marker,
        )


def sync_marker_of(content: bytes) -> bytes:
    """Make a feed's sync marker from what identifies its content, so that bytes are repeatable."""
    return hashlib.sha256(b"glemmebok/1/sync\0" + content).digest()[:SYNC_BYTES]


@dataclass(frozen=True, slots=True)
class _Header:
    layout: Layout
    compression: Compression
    sync: bytes
    end: int


def _incoming(stream: BinaryIO, header: _Header, block: Block, first: int) -> Iterator[Incoming]:
    try:
        content = content_of(stream, block, header.compression)
        found = read_records(content, header.layout, block.places)
    except Unreadable as unreadable:
        yield Incoming(first, None, unreadable.reason, raw_of(stream, block))
        return
    for index, (outcome, raw) in enumerate(found, first):
        if isinstance(outcome, ParkReason):
            yield Incoming(index, None, outcome, raw)
        else:
            yield Incoming(index, outcome, None, raw)


def _read_header(stream: BinaryIO) -> _Header:
    head = io.BytesIO(stream.read(limits.HEADER_BYTES_MAX))
    try:
        value = read_value(head, _header_schema())
    except Unreadable:
        raise NotAFeed(Flaw.NO_CONTAINER) from None
    meta = cast("dict[str, bytes]", value["meta"])
    if value["magic"] != _MAGIC or "avro.schema" not in meta:
        raise NotAFeed(Flaw.NO_CONTAINER)
    layout = _layout_of(meta["avro.schema"])
    compression = _compression_of(meta.get("avro.codec", b"null"))
    return _Header(layout, compression, cast("bytes", value["sync"]), head.tell())


def _layout_of(text: bytes) -> Layout:
    try:
        return EnvelopeCodec().layout_of(text)
    except SchemaNotAdmitted:
        raise NotAFeed(Flaw.SCHEMA_NOT_ADMITTED) from None
    except SchemaMissing:
        raise NotAFeed(Flaw.SCHEMA_UNKNOWN) from None


def _compression_of(name: bytes) -> Compression:
    for known in Compression:
        if known.value.encode() == name:
            return known
    raise NotAFeed(Flaw.CODEC_UNKNOWN)


@cache
def _header_schema() -> fastavro.types.Schema:
    """Lay out a container's header as the Avro specification 1.12 does."""
    fields = [
        {"name": "magic", "type": {"type": "fixed", "name": "Magic", "size": 4}},
        {"name": "meta", "type": {"type": "map", "values": "bytes"}},
        {"name": "sync", "type": {"type": "fixed", "name": "Sync", "size": SYNC_BYTES}},
    ]
    return fastavro.parse_schema({"type": "record", "name": "Header", "fields": fields})
