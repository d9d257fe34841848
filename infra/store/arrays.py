"""Columns of a batch as PostgreSQL's binary arrays, made before the log is locked.

psycopg would turn lists into arrays while the statement is sent, which is under the lock, and
would choose another prepared statement when a number grows. An array is, big-endian: dimensions
(1), a null flag (0), the element's type, the count, the lower bound (1), then its elements
framed as in :mod:`domain.framing`, each with its length in four bytes before it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from struct import Struct
from uuid import UUID

from psycopg import Connection, ProgrammingError
from psycopg.abc import DumperKey
from psycopg.adapt import Dumper, PyFormat
from psycopg.pq import Format
from psycopg.rows import DictRow

from domain.framing import frame, lp

_HEAD = Struct(">iiIii")
_UUID, _UUIDS = 2950, 2951
_BIGINT, _BIGINTS = 20, 1016
_BYTEA, _BYTEAS = 17, 1001
_TEXT, _TEXTS = 25, 1009

_ELEMENTS: Mapping[int, int] = {_UUIDS: _UUID, _BIGINTS: _BIGINT, _BYTEAS: _BYTEA, _TEXTS: _TEXT}
_LENGTH_16 = (16).to_bytes(4, "big")
_LENGTH_8 = (8).to_bytes(4, "big")


@dataclass(frozen=True, slots=True)
class Array:
    """An array ready to send; ``oid`` is the array's type, ``framed`` its elements."""

    oid: int
    count: int
    framed: bytes

    def __repr__(self) -> str:
        """Say how long it is; it may hold tokens."""
        return f"<Array of {self.count}, {len(self.framed)} bytes>"


# A class stands for each array type: psycopg keeps one dumper for each.
_KEYS: Mapping[int, DumperKey] = {
    _UUIDS: (Array, (UUID,)),
    _BIGINTS: (Array, (int,)),
    _BYTEAS: (Array, (bytes,)),
    _TEXTS: (Array, (str,)),
}


class _ArrayDumper(Dumper):
    """Puts the head before an :class:`Array`."""

    format = Format.BINARY

    def get_key(self, obj: Array, format: PyFormat) -> DumperKey:  # noqa: A002, ARG002 - psycopg's signature
        return _KEYS[obj.oid]

    def upgrade(self, obj: Array, format: PyFormat) -> "_ArrayDumper":  # noqa: A002, ARG002 - psycopg's signature
        """Return a dumper that names the array's own type to the server."""
        dumper = _ArrayDumper(Array)
        dumper.oid = obj.oid
        return dumper

    def dump(self, obj: Array) -> bytes:
        return _HEAD.pack(1, 0, _ELEMENTS[obj.oid], obj.count, 1) + obj.framed


def enable_arrays(connection: Connection[DictRow]) -> None:
    """Teach a connection to send arrays; once is enough."""
    try:
        connection.adapters.get_dumper(Array, PyFormat.BINARY)
    except ProgrammingError:
        connection.adapters.register_dumper(Array, _ArrayDumper)


def uuids(values: Sequence[UUID]) -> Array:
    """Make a ``uuid[]``."""
    framed = _fixed(_LENGTH_16, [value.int.to_bytes(16, "big") for value in values])
    return Array(_UUIDS, len(values), framed)


def bigints(values: Sequence[int]) -> Array:
    """Make a ``bigint[]`` of numbers that are not negative."""
    return Array(_BIGINTS, len(values), _fixed(_LENGTH_8, [v.to_bytes(8, "big") for v in values]))


def byteas(values: Sequence[bytes]) -> Array:
    """Make a ``bytea[]``."""
    return Array(_BYTEAS, len(values), frame(*values))


def texts(values: Sequence[str]) -> Array:
    """Make a ``text[]`` of values that recur, such as stored names."""
    framed = {value: lp(value.encode()) for value in set(values)}
    return Array(_TEXTS, len(values), b"".join([framed[value] for value in values]))


def _fixed(length: bytes, parts: Sequence[bytes]) -> bytes:
    """Frame parts that all have the same length."""
    return length + length.join(parts) if parts else b""
