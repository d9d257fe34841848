"""Writes the stored schemas from the fact classes, and freezes what is published.

``python -m infra.codec.generate`` writes the first version of a fact class that has none, and the
next version of one whose shape has changed since its newest file, then adds what is new, upstream
schemas too, to ``schemas/FROZEN.json``. It never edits a published file or a frozen hash.
``--check`` writes nothing and exits 1 when there is something to write. A new field needs a default
in its dataclass: that is what older facts are lifted with.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any, cast, get_type_hints

import schemas
from domain.catalogue import FACTS
from domain.fact import STAMP_CLEAR, Fact, Stamp
from infra.codec.avro import fingerprint_of
from infra.codec.facts import own_fields
from infra.codec.fields import shape_of
from schemas.published import Published, Room, newest, published

NAMESPACE = "glemmebok.facts"
_ID = "a random or keyed id: it means nothing without a controller's secret"
_SEALED = {
    "name": "sealed",
    "type": {
        "type": "array",
        "items": {
            "type": "record",
            "name": "SealedPart",
            "fields": [
                {
                    "name": "category",
                    "type": "string",
                    "x-class": "M",
                    "x-clear": "names a class of data, or a document by its keyed id",
                },
                {"name": "token", "type": "bytes", "x-carries": "sealed values"},
            ],
        },
    },
    "doc": "the fact's personal values, one token a category",
}


def schema_of(kind: type[Fact]) -> str:
    """Write the stored schema of a fact class, as the text of its file."""
    own = own_fields(kind)
    defaults = _defaults(kind)
    stamp = [_field(name, hint, STAMP_CLEAR) for name, hint in get_type_hints(Stamp).items()]
    body = [_field(name, hint, kind.CLEAR) | defaults.get(name, {}) for name, hint in own.items()]
    record = {
        "type": "record",
        "name": kind.__name__,
        "namespace": NAMESPACE,
        "doc": (kind.__doc__ or "").partition("\n")[0],
        "fields": [*stamp, *body, _SEALED],
    }
    return json.dumps(_named_once(record, set()), indent=2, ensure_ascii=False) + "\n"


def unpublished(classes: Iterable[type[Fact]] = FACTS) -> list[Published]:
    """Find the schemas that are to be published next: of new classes, and of changed ones.

    Changed is what the fingerprint sees; docs and reasons may be worded anew without a version.
    """
    current = newest(published(Room.FACTS))
    found = []
    for kind in classes:
        standing = current.get(kind.TOPIC)
        version = 1 if standing is None else standing.version + 1
        item = Published(Room.FACTS, kind.TOPIC, version, schema_of(kind))
        if standing is None or fingerprint_of(standing.record()) != fingerprint_of(item.record()):
            found.append(item)
    return found


def frozen() -> dict[str, dict[str, str]]:
    """Read the frozen hashes, by file name."""
    return cast("dict[str, dict[str, str]]", json.loads(_frozen_file().read_text("utf-8")))


def thawed() -> list[Published]:
    """Find the published files whose hashes are not frozen yet."""
    known = frozen()
    return [item for room in Room for item in published(room) if item.file_name not in known]


def seal_of(item: Published) -> dict[str, str]:
    """Tell a file's hash, and its fingerprint as it stands in the bytes."""
    return {"sha256": item.sha256, "fingerprint": fingerprint_of(item.record()).hex()}


def main(arguments: Sequence[str] | None = None) -> int:
    """Write or check; returns the exit code."""
    parser = argparse.ArgumentParser(description="Publish the stored schemas of new fact classes.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if need be")
    checking: bool = parser.parse_args(arguments).check
    new = unpublished()
    if not checking:
        _write(new)
    waiting = [*new, *thawed()] if checking else new
    for item in waiting:
        sys.stdout.write(f"{'missing' if checking else 'written'}: schemas/{item.file_name}\n")
    return 1 if checking and waiting else 0


def _write(items: Iterable[Published]) -> None:
    for item in items:
        (_folder() / item.file_name).write_text(item.text, "utf-8")
    known = frozen() | {item.file_name: seal_of(item) for item in thawed()}
    _frozen_file().write_text(json.dumps(known, indent=2, sort_keys=True) + "\n", "utf-8")


def _folder() -> Path:
    return Path(schemas.__file__).parent


def _frozen_file() -> Path:
    return _folder() / "FROZEN.json"


def _field(name: str, hint: object, clear: Mapping[str, str]) -> dict[str, object]:
    avro = shape_of(hint).avro
    if avro == "long" and name.endswith("_at"):
        avro = {"type": "long", "logicalType": "timestamp-micros"}
    if name not in clear and "Uuid" not in json.dumps(avro):
        message = f"{name} would be stored in clear and its class gives no reason for it"
        raise ValueError(message)
    return {"name": name, "type": avro, "x-class": "M", "x-clear": clear.get(name, _ID)}


def _defaults(kind: type[Fact]) -> dict[str, dict[str, object]]:
    """Carry the defaults of later fields over to Avro; first versions have none but ``sealed``."""
    having = [item for item in fields(cast("Any", kind)) if item.default is not MISSING]
    return {item.name: {"default": item.default} for item in having}


def _named_once(node: object, seen: set[str]) -> object:
    """Define each named type where it first stands and refer to it by name afterwards."""
    if isinstance(node, list):
        return [_named_once(item, seen) for item in node]
    if not isinstance(node, dict):
        return node
    if node.get("type") in ("fixed", "enum"):
        if node["name"] in seen:
            return node["name"]
        seen.add(node["name"])
    return {key: _named_once(value, seen) for key, value in node.items()}


if __name__ == "__main__":
    sys.exit(main())
