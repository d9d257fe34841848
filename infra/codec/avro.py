"""Avro bytes by published schemas: the only place that knows how fastavro fails.

Rules: only admitted schemas; the schema is the one whose fingerprint the bytes carry, never a
guess; every byte is read; logical types are left out when decoding, because they change no byte and
an instant is an integer here. What fastavro raises on hostile bytes was found by fuzzing and is
turned into a :class:`ParkReason`: IndexError and UnicodeDecodeError on bytes that do not fit,
EOFError on too few (2.4 million mutants). Its texts repeat values and go nowhere.

fastavro counts a negative enum or branch index from the end, so such bytes decode to some valid
value instead of being refused: harmless, and not worth a second pass over every message.

Single-object encoding: ``C3 01``, CRC-64-AVRO of the canonical form (8 bytes, little-endian), body.
"""

import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

import fastavro
from fastavro.read import SchemaResolutionError
from fastavro.schema import fingerprint, to_parsing_canonical_form

from consumers.ports import ParkReason
from schemas.admission import admit
from schemas.published import Published, newest

MAGIC = b"\xc3\x01"
HEADER_BYTES = 10
"""The magic and the fingerprint."""

_read: Callable[..., Any] = fastavro.schemaless_reader
_write: Callable[..., None] = fastavro.schemaless_writer


_GOES_ON = b"\x80"
"""The lowest byte of a variable-length number after which another byte follows."""

_LAYOUTS_KEPT = 1_000
"""Parsed schemas kept by a process: several times those published, some kilobytes each."""


class Unreadable(Exception):  # noqa: N818 - the verdict on bytes, not a fault
    """Bytes do not decode under their schema. Carries the reason and nothing of the bytes."""

    def __init__(self, reason: ParkReason) -> None:
        super().__init__(reason.value)
        self.reason = reason


class SchemaMissing(Exception):  # noqa: N818 - says what is missing
    """A record has no published schema: ``python -m infra.codec.generate`` writes it."""


@dataclass(frozen=True, slots=True)
class Layout:
    """One published schema ready for use.

    ``header`` begins every single object of it. ``missing`` holds what the newest version added
    since, with its defaults: this is how an old value is lifted.
    """

    published: Published
    header: bytes
    schema: fastavro.types.Schema
    missing: Mapping[str, object]


def layouts(schemas: Iterable[Published]) -> dict[bytes, Layout]:
    """Admit and parse published schemas, by header.

    Raises:
        SchemaNotAdmitted: a schema breaks a rule of admission.
        ValueError: two files have the same fingerprint, so bytes could not tell which is theirs.
    """
    known = tuple(schemas)
    current = newest(known)
    found: dict[bytes, Layout] = {}
    for item in known:
        layout = _layout(item, current[item.stored_name])
        if layout.header in found:
            message = f"{item.file_name} has the fingerprint of another schema"
            raise ValueError(message)
        found[layout.header] = layout
    return found


def newest_layouts(known: Mapping[bytes, Layout]) -> dict[str, Layout]:
    """Pick each stored name's newest layout, which is the one to write with."""
    ordered = sorted(known.values(), key=lambda layout: layout.published.version)
    return {layout.published.stored_name: layout for layout in ordered}


def fingerprint_of(schema: object) -> bytes:
    """Compute the CRC-64-AVRO of a schema's canonical form, as it stands in a header."""
    canonical = to_parsing_canonical_form(cast("fastavro.types.Schema", schema))
    return bytes.fromhex(fingerprint(canonical, "CRC-64-AVRO"))


def read_value(
    stream: io.BytesIO,
    schema: fastavro.types.Schema,
    reader: fastavro.types.Schema | None = None,
) -> dict[str, object]:
    """Read one record from where the stream stands; resolve it to a reader's schema if given.

    Raises:
        Unreadable: the bytes do not fit the schema, end too soon, or do not resolve.
    """
    try:
        value: dict[str, object] = _read(stream, schema, reader)
    except SchemaResolutionError:
        raise Unreadable(ParkReason.UNKNOWN_SCHEMA) from None
    except EOFError:
        raise Unreadable(ParkReason.TRUNCATED) from None
    except UnicodeDecodeError:
        raise Unreadable(ParkReason.MALFORMED) from None
    except IndexError:
        raise Unreadable(_cut_or_garbage(stream)) from None
    return value


def _cut_or_garbage(stream: io.BytesIO) -> ParkReason:
    """Tell a number that was cut from a wrong one: fastavro 1.13 raises IndexError for both.

    A number's bytes but the last have their highest bit set, so bytes that end on one were cut.
    """
    content = stream.getvalue()
    cut = stream.tell() == len(content) and content[-1:] >= _GOES_ON
    return ParkReason.TRUNCATED if cut else ParkReason.MALFORMED


def read_object(payload: bytes, layout: Layout) -> dict[str, object]:
    """Read the body of a single object and lift it to the newest version's fields.

    Raises:
        Unreadable: the body does not fit the schema, ends too soon or goes on too long.
    """
    stream = io.BytesIO(payload)
    stream.seek(HEADER_BYTES)
    value = read_value(stream, layout.schema)
    if stream.tell() != len(payload):
        raise Unreadable(ParkReason.TRAILING_BYTES)
    return lift(value, layout)


def lift(value: dict[str, object], layout: Layout) -> dict[str, object]:
    """Give an old record the fields that were added since, at their defaults."""
    return {**layout.missing, **value} if layout.missing else value


def write_object(value: Mapping[str, object], layout: Layout) -> bytes:
    """Write one record as a single object.

    Raises:
        ValueError, TypeError, IndexError: the value does not fit. The text repeats the value.
    """
    stream = io.BytesIO()
    stream.write(layout.header)
    _write(stream, layout.schema, value)
    return stream.getvalue()


@lru_cache(_LAYOUTS_KEPT)
def _layout(item: Published, current: Published) -> Layout:
    """Parse a schema once in a process: it is a tenth of a second for all of them."""
    admit(item.text)
    record, latest = item.record(), current.record()
    own = {field["name"] for field in record["fields"]}
    missing = {f["name"]: f["default"] for f in latest["fields"] if f["name"] not in own}
    return Layout(item, MAGIC + fingerprint_of(item.record()), plain_schema(record), missing)


def plain_schema(record: object) -> fastavro.types.Schema:
    """Parse a record's schema without its logical types: they change no byte."""
    return fastavro.parse_schema(cast("fastavro.types.Schema", _without_logical_types(record)))


def _without_logical_types(node: object) -> object:
    if isinstance(node, list):
        return [_without_logical_types(item) for item in node]
    if isinstance(node, dict):
        return {k: _without_logical_types(v) for k, v in node.items() if k != "logicalType"}
    return node
