"""Stored facts to bytes and back, exactly and fast: every view is folded through here.

A stored fact is one flat Avro record: the stamp's fields, the fact's own, then the sealed parts.
The writer's schema is found by the fingerprint in the bytes; an old version is lifted by the
defaults of what was added since. Nothing here opens a token.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any, cast, get_type_hints

from domain.catalogue import FACTS
from domain.fact import NOTHING_SEALED, Actor, Fact, Stamp
from domain.values import Category, ControllerId, FactId, Sealed, SealedPart
from infra.codec.avro import (
    HEADER_BYTES,
    Layout,
    SchemaMissing,
    Unreadable,
    layouts,
    newest_layouts,
    read_object,
)
from infra.codec.fields import Way, shape_of, uuid_of
from infra.codec.writing import (
    Write,
    write_long,
    write_recurring,
    write_sealed,
    write_uuid,
    writer_of_symbols,
)
from schemas.published import Published, Room, published

_CONTROLLERS_REMEMBERED = 1024
"""A house serves a few agencies: their ids recur in every fact."""

_INSTANTS_REMEMBERED = 16
"""A page is recorded at one instant, and a few pages may be on their way."""

_STAMP = tuple(field.name for field in fields(Stamp))
"""What every record begins with, in its order."""

_CONTROLLER = slice(HEADER_BYTES + 16, HEADER_BYTES + 32)
"""Where a stored fact's controller stands: fixed ids come first in every version."""

_recorded = lru_cache(_INSTANTS_REMEMBERED)(write_long)
_actor = writer_of_symbols(tuple([actor.value for actor in Actor]))
_ACTORS = {actor.value: actor for actor in Actor}
_fact_id_of = cast("Callable[[bytes], FactId]", uuid_of)
_controller_of = lru_cache(_CONTROLLERS_REMEMBERED)(
    cast("Callable[[bytes], ControllerId]", uuid_of)
)


class FactUnreadable(Exception):  # noqa: N818 - the verdict on stored bytes
    """Stored bytes do not decode as the fact they are stored as: damage, or a newer version."""

    def __init__(self, topic: str, reason: str) -> None:
        super().__init__(f"{topic}: {reason}")


class FactCodec:
    """Encodes and decodes every fact class by the published schemas of ``schemas/facts``.

    Raises:
        SchemaMissing: at construction, a fact class has no published schema.
    """

    def __init__(
        self, classes: Sequence[type[Fact]] = FACTS, schemas: Iterable[Published] | None = None
    ) -> None:
        known = layouts(published(Room.FACTS) if schemas is None else schemas)
        current = newest_layouts(known)
        self._plans = {kind.TOPIC: _plan(kind, current.get(kind.TOPIC)) for kind in classes}
        self._layouts = known

    def encode(self, stamp: Stamp, fact: Fact) -> bytes:
        """Write a fact as a single object under its newest schema."""
        plan = self._plans[fact.TOPIC]
        parts = [
            plan.layout.header,
            write_uuid(stamp.fact_id),
            write_uuid(stamp.controller),
            write_long(stamp.occurred_at),
            _recorded(stamp.recorded_at),
            write_recurring(stamp.source),
            _actor(stamp.actor),
        ]
        parts += [write(getattr(fact, name)) for name, write in plan.writes]
        parts.append(write_sealed(fact.sealed))
        return b"".join(parts)

    def decode(self, topic: str, state: bytes) -> tuple[Stamp, Fact]:
        """Read a stored fact of a topic, whatever version it was written in.

        Raises:
            FactUnreadable: the bytes are damaged, of another topic, or of a schema unknown here.
        """
        value = self._read(topic, state)
        return _stamp(value), self._plans[topic].fact(value)

    def tokens(self, topic: str, state: bytes) -> tuple[FactId, list[tuple[Category, bytes]]]:
        """Read a stored fact's id and tokens alone, which is half the work of :meth:`decode`.

        Raises:
            FactUnreadable: as :meth:`decode`.
        """
        value = self._read(topic, state)
        parts = [(part["category"], part["token"]) for part in value["sealed"]]
        return _fact_id_of(value["fact_id"]), parts

    def _read(self, topic: str, state: bytes) -> dict[str, Any]:
        layout = self._layouts.get(state[:HEADER_BYTES])
        if layout is None or layout.published.stored_name != topic:
            raise FactUnreadable(topic, "unknown_schema")
        try:
            return read_object(state, layout)
        except Unreadable as unreadable:
            raise FactUnreadable(topic, unreadable.reason.value) from None


def controller_of(state: bytes) -> ControllerId:
    """Read whose fact stored bytes are, without decoding them: it stands behind the fact's id."""
    return _controller_of(state[_CONTROLLER])


@dataclass(frozen=True, slots=True)
class _Plan:
    """How one fact class is taken apart and put together."""

    construct: Callable[..., Fact]
    layout: Layout
    writes: tuple[tuple[str, Write], ...]
    ups: tuple[tuple[str, Way], ...]

    def fact(self, value: dict[str, Any]) -> Fact:
        """Construct the fact from a record's values."""
        own = [value[name] if up is None else up(value[name]) for name, up in self.ups]
        return self.construct(*own, _sealed(value["sealed"]))


def _plan(kind: type[Fact], layout: Layout | None) -> _Plan:
    if layout is None:
        message = f"{kind.TOPIC} has no published schema: python -m infra.codec.generate"
        raise SchemaMissing(message)
    shapes = {name: shape_of(annotation) for name, annotation in own_fields(kind).items()}
    stored = [field["name"] for field in layout.published.record()["fields"]]
    if stored != [*_STAMP, *shapes, "sealed"]:
        message = (
            f"{kind.TOPIC} has changed since its newest schema: python -m infra.codec.generate"
        )
        raise SchemaMissing(message)
    return _Plan(
        kind,
        layout,
        tuple((name, shape.write) for name, shape in shapes.items()),
        tuple((name, shape.up) for name, shape in shapes.items()),
    )


def own_fields(kind: type[Fact]) -> dict[str, object]:
    """Name a fact class's own fields and their types, in the constructor's order."""
    hints = get_type_hints(kind)
    own = [field.name for field in fields(cast("Any", kind)) if field.name != "sealed"]
    return {name: hints[name] for name in own}


def _stamp(value: dict[str, Any]) -> Stamp:
    return Stamp(
        _fact_id_of(value["fact_id"]),
        _controller_of(value["controller"]),
        value["occurred_at"],
        value["recorded_at"],
        value["source"],
        _ACTORS[value["actor"]],
    )


def _sealed(parts: list[dict[str, Any]]) -> tuple[SealedPart, ...]:
    if not parts:
        return NOTHING_SEALED
    return tuple([SealedPart(part["category"], Sealed(part["token"])) for part in parts])
