"""An invented message of each upstream record that :mod:`tests.codec.messages` does not spell out.

Made from the published schema: every field given, every value telling which field it is.
"""

from collections.abc import Mapping
from typing import Any

from schemas.published import ENVELOPE, Field, Published, Room, newest, published
from tests.examples import START

_PLAIN: Mapping[str, object] = {"long": 3, "boolean": True, "double": 0.5}


def messages(beside: Mapping[str, Mapping[str, object]]) -> Mapping[str, Mapping[str, object]]:
    """Make one message of each record that is not among the given ones, by topic."""
    current = newest(published(Room.UPSTREAM))
    return {
        topic: _message(item)
        for topic, item in current.items()
        if topic not in beside and topic != ENVELOPE
    }


def _message(item: Published) -> Mapping[str, object]:
    return {field["name"]: _value(field, field["type"]) for field in item.record()["fields"]}


def _value(field: Field, avro: Any) -> object:  # noqa: ANN401 - a parsed schema
    if isinstance(avro, list):
        return _value(field, avro[1])
    if isinstance(avro, str):
        return _PLAIN.get(avro, f"Eksempel: {field['name']}")
    match avro["type"]:
        case "array":
            return [_value(field, avro["items"])]
        case "enum":
            return avro["symbols"][0]
        case _:
            return START
