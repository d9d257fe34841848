"""How a fact's field stands in Avro: its type there, how it is written, and the way up.

===================  ==========================================
in the domain        in Avro
===================  ==========================================
UUID                 fixed of 16 bytes, logical type uuid
StrEnum              enum of its values
int, str, bool       long, string, boolean
bytes                bytes
tuple of one type    array
optional             union of null and the type
===================  ==========================================
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from types import UnionType
from typing import Any, NewType, Union, get_args, get_origin
from uuid import UUID, SafeUUID

from infra.codec.writing import (
    Write,
    write_blob,
    write_flag,
    write_long,
    write_text,
    write_uuid,
    writer_of_array,
    writer_of_optional,
    writer_of_symbols,
)

Way = Callable[[Any], object] | None
"""A conversion, or None where the value stays as it is (cheaper than calling an identity)."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A field's Avro type, how its bytes are written, and the way up from what fastavro reads."""

    avro: object
    write: Write
    up: Way


_UUID_TYPE = {"type": "fixed", "name": "Uuid", "size": 16, "logicalType": "uuid"}
_PLAIN: dict[object, tuple[str, Write]] = {
    int: ("long", write_long),
    str: ("string", write_text),
    bool: ("boolean", write_flag),
    bytes: ("bytes", write_blob),
}

_new_object = object.__new__
_int_of_bytes = int.from_bytes
_set_int = UUID.__dict__["int"].__set__
_set_safe = UUID.__dict__["is_safe"].__set__


def uuid_of(raw: bytes) -> UUID:
    """Make a UUID of 16 bytes, past the checks of its constructor: four times as fast."""
    made = _new_object(UUID)
    _set_int(made, _int_of_bytes(raw, "big"))
    _set_safe(made, SafeUUID.unknown)
    return made


def shape_of(annotation: object) -> Shape:
    """Find how a field of this type stands in Avro.

    Raises:
        TypeError: the type has no place in a stored fact.
    """
    if isinstance(annotation, NewType):
        return shape_of(annotation.__supertype__)
    if annotation is UUID:
        return Shape(_UUID_TYPE, write_uuid, uuid_of)
    if annotation in _PLAIN:
        return Shape(*_PLAIN[annotation], None)
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return _enum(annotation)
    return _container(annotation)


def _enum(symbols: type[StrEnum]) -> Shape:
    names = [member.value for member in symbols]
    avro = {"type": "enum", "name": symbols.__name__, "symbols": names}
    members = {member.value: member for member in symbols}
    return Shape(avro, writer_of_symbols(tuple(names)), members.__getitem__)


def _container(annotation: object) -> Shape:
    arguments = get_args(annotation)
    if get_origin(annotation) is tuple and len(arguments) > 1 and arguments[1] is Ellipsis:
        inner = shape_of(arguments[0])
        listed = {"type": "array", "items": inner.avro}
        return Shape(listed, writer_of_array(inner.write), _every(inner.up))
    if get_origin(annotation) in {Union, UnionType} and type(None) in arguments:
        (present,) = (item for item in arguments if item is not type(None))
        inner = shape_of(present)
        either = ["null", inner.avro]
        return Shape(either, writer_of_optional(inner.write), _if_any(inner.up))
    message = f"{annotation} has no place in a stored fact"
    raise TypeError(message)


def _every(way: Way) -> Way:
    return tuple if way is None else lambda values: tuple(map(way, values))


def _if_any(way: Way) -> Way:
    return None if way is None else lambda value: None if value is None else way(value)
