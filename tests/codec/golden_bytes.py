"""The golden bytes: one encoded example of every schema version ever published, kept for ever."""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from pathlib import Path
from typing import Any, TypedDict, cast
from uuid import UUID

from schemas.published import Room

FOLDER = Path(__file__).parent / "golden"


class Golden(TypedDict):
    """What was written under one schema: the bytes, and what they mean."""

    hex: str
    value: dict[str, object]


def golden(room: Room) -> dict[str, Golden]:
    """Read a room's golden bytes, by schema file name."""
    return cast("dict[str, Golden]", json.loads((FOLDER / f"{room.value}.json").read_text("utf-8")))


def plain(value: object) -> object:
    """Write a fact, a stamp or a record's values in what JSON has; bytes in hex."""
    if is_dataclass(value):
        return {item.name: plain(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    return _plain_leaf(value)


def flat(stamp: object, fact: object) -> dict[str, object]:
    """Write a stored fact as one record: the stamp's fields, then its own."""
    return {**cast("dict[str, Any]", plain(stamp)), **cast("dict[str, Any]", plain(fact))}


def _plain_leaf(value: object) -> object:
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Enum):
        return value.value
    return str(value) if isinstance(value, UUID) else value
