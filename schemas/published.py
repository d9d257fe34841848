"""The published schemas: files that are never edited once they are here.

Rules: a file is ``schemas/<room>/<stored name>.v<version>.avsc``; a new shape is a new file with
the next version; the newest version only adds fields with defaults and symbols at the end, so every
older one lifts into it. ``schemas/FROZEN.json`` holds every file's SHA-256 and CRC-64-AVRO
fingerprint.
"""

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import TypedDict, cast

ENVELOPE = "envelope"
"""The stored name of the record every upstream message is wrapped in."""

_FILE_NAME = re.compile(r"(?P<name>[a-z][a-z.-]*)\.v(?P<version>[1-9][0-9]*)\.avsc")


class Room(StrEnum):
    """Where a schema is used: on the wire towards us, or in the log."""

    UPSTREAM = "upstream"
    FACTS = "facts"
    OUTBOUND = "outbound"


Field = TypedDict(
    "Field",
    {
        "name": str,
        "type": object,
        "default": object,
        "doc": str,
        "x-class": str,
        "x-category": str,
        "x-clear": str,
        "x-keyed": str,
        "x-becomes": str,
        "x-rounded-up-to": int,
        "x-carries": str,
        "x-mentions": str,
        "x-about": str,
        "x-contact": str,
        "x-data-category": str,
    },
    total=False,
)
"""A field of a published record with the classification of DESIGN "Streams and facts"."""


Record = TypedDict(
    "Record",
    {
        "name": str,
        "namespace": str,
        "doc": str,
        "fields": list[Field],
        "x-begins": bool,
        "x-stream": str,
        "x-becomes": str,
    },
    total=False,
)
"""A published record. ``x-stream`` says that the envelope's id is not a person's but a thing's of
that kind, and ``x-becomes`` which clear field it becomes."""


@dataclass(frozen=True, slots=True)
class Published:
    """One published file: what it is called, which version, and its exact text."""

    room: Room
    stored_name: str
    version: int
    text: str

    @property
    def file_name(self) -> str:
        """The path below ``schemas/``."""
        return f"{self.room.value}/{self.stored_name}.v{self.version}.avsc"

    @property
    def sha256(self) -> str:
        """The file's own hash: the canonical form forgets defaults, docs and logical types."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def record(self) -> Record:
        """Parse the text; a fresh object each time, so a caller may change its own."""
        return cast("Record", json.loads(self.text))


def published(room: Room) -> tuple[Published, ...]:
    """Read every published schema of a room, sorted by stored name, then version.

    Raises:
        ValueError: a file in the room is not named like a published schema.
    """
    found = [_read(room, entry) for entry in files("schemas").joinpath(room.value).iterdir()]
    return tuple(sorted(found, key=lambda item: (item.stored_name, item.version)))


def newest(of: Iterable[Published]) -> dict[str, Published]:
    """Pick the highest version of each stored name."""
    ordered = sorted(of, key=lambda item: item.version)
    return {item.stored_name: item for item in ordered}


def _read(room: Room, entry: Traversable) -> Published:
    named = _FILE_NAME.fullmatch(entry.name)
    if named is None:
        message = f"schemas/{room.value}/{entry.name} is not named <stored name>.v<version>.avsc"
        raise ValueError(message)
    text = entry.read_text(encoding="utf-8")
    return Published(room, named["name"], int(named["version"]), text)
