"""Where a container's blocks begin and end, and how reading goes on after a damaged one.

fastavro's own block reader inflates without a limit, stops for good at the first bad sync marker
and cannot pass over a block without reading it; so the framing is read here, by the same two
longs and the same sync marker, and the records are left to fastavro.

A block counts as sound when its size leads exactly to a sync marker. Anything else is a damaged
stretch up to the next sync marker, or to the end of the file (truncated); it takes one place.
"""

import io
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import BinaryIO, cast

import fastavro

from consumers.ports import ParkReason
from infra.codec import limits
from infra.codec.avro import Unreadable, read_value

SYNC_BYTES = 16
_FRAME_BYTES_MAX = 20
"""Two longs take at most ten bytes each."""

_SEARCH_BYTES = 64 * 1024
_RAW_DEFLATE = -15
_CHECKSUM_REST = 3
"""fastavro leaves three of zlib's four checksum bytes behind a deflated block."""


class Compression(StrEnum):
    """The block codecs that are read and written."""

    NULL = "null"
    DEFLATE = "deflate"


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of the file: ``places`` records in ``size`` bytes at ``start``, or damage."""

    places: int
    start: int
    size: int
    damage: ParkReason | None

    @property
    def end(self) -> int:
        """Where the stretch ends; a sync marker follows, or the end of the file."""
        return self.start + self.size


def blocks(stream: BinaryIO, sync: bytes, start: int) -> Iterator[Block]:
    """Yield the blocks from an offset to the end of the file, reading no block's content."""
    file_size = os.fstat(stream.fileno()).st_size
    while start < file_size:
        block = _sound(stream, sync, start) or _damaged(stream, sync, start, file_size)
        yield block
        start = block.end + SYNC_BYTES


def content_of(stream: BinaryIO, block: Block, compression: Compression) -> bytes:
    """Read and inflate a block.

    Raises:
        Unreadable: it is damaged, does not inflate, or inflates to more than the limit.
    """
    if block.damage is not None:
        raise Unreadable(block.damage)
    if block.size > limits.BLOCK_BYTES_MAX:
        raise Unreadable(ParkReason.OVERSIZE)
    stream.seek(block.start)
    stored = stream.read(block.size)
    return stored if compression is Compression.NULL else _inflate(stored)


def raw_of(stream: BinaryIO, block: Block) -> bytes:
    """Read what is kept of a stretch that does not decode."""
    stream.seek(block.start)
    return stream.read(min(block.size, limits.DAMAGED_BYTES_MAX))


def _sound(stream: BinaryIO, sync: bytes, start: int) -> Block | None:
    stream.seek(start)
    head = io.BytesIO(stream.read(_FRAME_BYTES_MAX))
    try:
        frame = read_value(head, _frame_schema())
    except Unreadable:
        return None
    count, size = cast("int", frame["count"]), cast("int", frame["size"])
    if not 0 < count <= limits.BLOCK_RECORDS_MAX or size < 0:
        return None
    block = Block(count, start + head.tell(), size, None)
    return block if _sync_follows(stream, sync, block) else None


def _sync_follows(stream: BinaryIO, sync: bytes, block: Block) -> bool:
    if block.end > os.fstat(stream.fileno()).st_size:
        return False
    stream.seek(block.end)
    return stream.read(SYNC_BYTES) == sync


def _damaged(stream: BinaryIO, sync: bytes, start: int, file_size: int) -> Block:
    found = _find(stream, sync, start)
    if found is None:
        return Block(1, start, file_size - start, ParkReason.TRUNCATED)
    return Block(1, start, found - start, ParkReason.MALFORMED)


def _find(stream: BinaryIO, sync: bytes, start: int) -> int | None:
    """Search for the next sync marker, a window at a time; windows overlap by one marker."""
    while True:
        stream.seek(start)
        window = stream.read(_SEARCH_BYTES)
        at = window.find(sync)
        if at >= 0:
            return start + at
        if len(window) < _SEARCH_BYTES:
            return None
        start += len(window) - SYNC_BYTES + 1


def _inflate(stored: bytes) -> bytes:
    inflater = zlib.decompressobj(_RAW_DEFLATE)
    try:
        content = inflater.decompress(stored, limits.BLOCK_BYTES_MAX + 1)
    except zlib.error:
        raise Unreadable(ParkReason.MALFORMED) from None
    if len(content) > limits.BLOCK_BYTES_MAX:
        raise Unreadable(ParkReason.OVERSIZE)
    if not inflater.eof:
        raise Unreadable(ParkReason.TRUNCATED)
    if len(inflater.unused_data) > _CHECKSUM_REST:
        raise Unreadable(ParkReason.TRAILING_BYTES)
    return content


@cache
def _frame_schema() -> fastavro.types.Schema:
    longs = [{"name": "count", "type": "long"}, {"name": "size", "type": "long"}]
    return fastavro.parse_schema({"type": "record", "name": "Frame", "fields": longs})
