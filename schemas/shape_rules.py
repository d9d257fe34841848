"""Which Avro schemas a decoder may be given at all, whoever wrote them.

A decoder obeys its schema: a recursive one ends the process on 5 kB of input, an array of items
without width makes 30 million of them from five bytes. Hence the rules: the text is small, types
nest a few levels, no type contains itself, and no item of an array or map can be without width
(null, a fixed of 0, a record of nothing but such).
"""

import json
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum

Node = Mapping[str, object]

SCHEMA_BYTES_MAX = 64 * 1024
"""Ours are below 16 kB; a file's header is read into memory up to this."""

NESTING_DEPTH_MAX = 8
"""A list of records in an optional field nests 5 levels; a decoder recurses once a level."""

_PRIMITIVES = frozenset({"int", "long", "float", "double", "string", "boolean", "bytes"})


class Objection(StrEnum):
    """Why a schema is not admitted."""

    NOT_A_SCHEMA = "not a schema"
    TOO_LARGE = "too large"
    TOO_DEEP = "nested too deep"
    RECURSIVE = "recursive"
    ZERO_WIDTH_ITEMS = "items without width"
    UNCLASSIFIED = "unclassified field"
    MISCLASSIFIED = "class and category do not fit"


class SchemaNotAdmitted(Exception):  # noqa: N818 - the verdict, not a fault
    """A schema breaks a rule of admission.

    ``path`` leads to the field. It is for our own schemas: a foreign one's names are not ours to
    repeat, so whoever reads foreign schemas passes on the objection alone.
    """

    def __init__(self, objection: Objection, path: str) -> None:
        super().__init__(f"{objection.value} at {path or 'the top'}")
        self.objection = objection
        self.path = path


def read_shape(text: str | bytes) -> Node:
    """Parse a schema of any origin and hold it against the shape rules.

    Raises:
        SchemaNotAdmitted: with the first objection.
    """
    if len(text) > SCHEMA_BYTES_MAX:
        raise SchemaNotAdmitted(Objection.TOO_LARGE, "")
    try:
        schema = json.loads(text)
    except (ValueError, RecursionError):
        raise SchemaNotAdmitted(Objection.NOT_A_SCHEMA, "") from None
    if not isinstance(schema, dict) or schema.get("type") != "record":
        raise SchemaNotAdmitted(Objection.NOT_A_SCHEMA, "")
    _Walk().takes_bytes(schema, "", 0)
    return schema


def fields_of(record: Node, path: str) -> Iterator[Node]:
    """Yield a record's fields, each with a name and a type.

    Raises:
        SchemaNotAdmitted: what stands there is no field.
    """
    fields = record.get("fields")
    if not isinstance(fields, list):
        raise SchemaNotAdmitted(Objection.NOT_A_SCHEMA, path)
    for field in fields:
        if not (isinstance(field, dict) and isinstance(field.get("name"), str) and "type" in field):
            raise SchemaNotAdmitted(Objection.NOT_A_SCHEMA, path)
        yield field


class _Walk:
    """One walk over one schema: the width of each named type, and which are still open."""

    def __init__(self) -> None:
        self._known: dict[str, bool] = {"null": False} | dict.fromkeys(_PRIMITIVES, True)
        self._open: set[str] = set()
        self._complex: Mapping[str, Callable[[Node, str, int], bool]] = {
            "record": self._record,
            "array": self._items,
            "map": self._items,
            "enum": self._enum,
            "fixed": self._fixed,
        }

    def takes_bytes(self, node: object, path: str, depth: int) -> bool:
        """Check a type and tell whether each of its values takes at least a byte."""
        if depth > NESTING_DEPTH_MAX:
            raise SchemaNotAdmitted(Objection.TOO_DEEP, path)
        if isinstance(node, str):
            return self._named(node, path)
        if isinstance(node, list):
            return self._union(node, path, depth)
        if not isinstance(node, dict):
            raise SchemaNotAdmitted(Objection.NOT_A_SCHEMA, path)
        kind = node.get("type")
        if isinstance(kind, str) and kind in self._complex:
            return self._complex[kind](node, path, depth)
        return self.takes_bytes(kind, path, depth + 1)

    def _named(self, name: str, path: str) -> bool:
        if name in self._open:
            raise SchemaNotAdmitted(Objection.RECURSIVE, path)
        if name not in self._known:
            raise SchemaNotAdmitted(Objection.NOT_A_SCHEMA, path)
        return self._known[name]

    def _union(self, branches: list[object], path: str, depth: int) -> bool:
        for branch in branches:
            self.takes_bytes(branch, path, depth + 1)
        return True

    def _record(self, node: Node, path: str, depth: int) -> bool:
        names = _names(node, path)
        self._open |= names
        wide = [
            self.takes_bytes(field["type"], f"{path}.{field['name']}".lstrip("."), depth + 1)
            for field in fields_of(node, path)
        ]
        self._open -= names
        return self._learn(names, any(wide))

    def _items(self, node: Node, path: str, depth: int) -> bool:
        item = node.get("items" if node["type"] == "array" else "values")
        if not self.takes_bytes(item, path, depth + 1):
            raise SchemaNotAdmitted(Objection.ZERO_WIDTH_ITEMS, path)
        return True

    def _enum(self, node: Node, path: str, _depth: int) -> bool:
        symbols = node.get("symbols")
        if not isinstance(symbols, list) or not all(isinstance(item, str) for item in symbols):
            raise SchemaNotAdmitted(Objection.NOT_A_SCHEMA, path)
        return self._learn(_names(node, path), wide=True)

    def _fixed(self, node: Node, path: str, _depth: int) -> bool:
        size = node.get("size")
        if not isinstance(size, int) or size < 0:
            raise SchemaNotAdmitted(Objection.NOT_A_SCHEMA, path)
        return self._learn(_names(node, path), size > 0)

    def _learn(self, names: set[str], wide: bool) -> bool:  # noqa: FBT001 - what is learnt
        self._known.update(dict.fromkeys(names, wide))
        return wide


def _names(node: Node, path: str) -> set[str]:
    """Name a type in all the ways it may be referred to."""
    name, space = node.get("name"), node.get("namespace", "")
    if not isinstance(name, str) or not isinstance(space, str):
        raise SchemaNotAdmitted(Objection.NOT_A_SCHEMA, path)
    return {name, name.rpartition(".")[2], f"{space}.{name}".lstrip(".")}
