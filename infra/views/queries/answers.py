"""How a personal value is answered: present, shredded or withheld. Values are never printed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import msgspec

from domain.answers import Answer, Present, Shredded, Withheld
from domain.values import Category

_fields = msgspec.msgpack.Decoder(dict[str, object]).decode


class ValueState(StrEnum):
    """The answers of DESIGN "Keys" that are values; the other two are raised."""

    PRESENT = "present"
    SHREDDED = "shredded"
    WITHHELD = "withheld"


@dataclass(frozen=True, slots=True)
class Value:
    """A named value. ``value`` is None unless it is present, and may be None then: not given."""

    name: str
    state: ValueState
    value: object | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Part:
    """A fact's values of one category, all in one state; ``fields`` are empty unless present."""

    category: Category
    state: ValueState
    fields: Mapping[str, object] = field(default_factory=dict, repr=False)

    def values(self) -> tuple[Value, ...]:
        """Name each value; what cannot be read is one value, named by its category."""
        if self.state is not ValueState.PRESENT:
            return (Value(self.category, self.state),)
        return tuple(Value(name, self.state, value) for name, value in self.fields.items())


def part_of(category: Category, answer: Answer) -> Part:
    """Turn an opener's answer into a part; a plaintext is a MessagePack map by field."""
    match answer:
        case Present(plaintext):
            return Part(category, ValueState.PRESENT, _fields(plaintext))
        case Shredded():
            return Part(category, ValueState.SHREDDED)
        case Withheld():
            return Part(category, ValueState.WITHHELD)


def clear_of(packed: bytes) -> Mapping[str, object]:
    """Read a row's clear fields: ids as text, enums as their stored words, hashes in hex."""
    return {
        name: value.hex() if isinstance(value, bytes) else value
        for name, value in _fields(packed).items()
    }
