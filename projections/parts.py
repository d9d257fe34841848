"""How a row carries a fact's tokens and its clear fields: each as one MessagePack value.

``parts`` is an array of ``[category, token]``, the token nil once it was purged: the row remembers
that something was there and that it was erased by key destruction. Tokens whose keys outlive the
person's (a recipient's notice, the address for the closing letter) never enter a view: nobody
reads them there, and an erased person's rows must hold nothing that opens.

``clear`` is a map of the fact's clear fields by name; ids as text, enums as their stored words.
"""

from collections.abc import Callable, Sequence
from dataclasses import fields
from operator import attrgetter
from typing import Any

import msgspec

from domain.catalogue import FACTS
from domain.erasure import OUTLIVING
from domain.fact import Fact
from domain.keyring import OpenRequest
from domain.values import Category, FactId, SealedPart, SubjectId

Parts = tuple[tuple[Category, bytes | None], ...]

NO_PARTS = msgspec.msgpack.encode(())

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Parts).decode


def pack_parts(sealed: Sequence[SealedPart]) -> bytes:
    """Pack the tokens of a fact that a view may carry."""
    if not sealed:
        return NO_PARTS
    return _encode(
        [
            (part.category, part.sealed.token)
            for part in sealed
            if not part.category.startswith(OUTLIVING)
        ]
    )


def unpack_parts(parts: bytes) -> Parts:
    """Unpack what :func:`pack_parts` or :func:`purge_parts` packed."""
    return _decode(parts)


def purge_parts(parts: bytes, category: Category | None) -> bytes:
    """Replace the tokens of a category, or all for None, by nil."""
    return _encode(
        [
            (name, None if category is None or name == category else token)
            for name, token in _decode(parts)
        ]
    )


def holds_tokens(parts: bytes) -> bool:
    """Say whether a token is left."""
    return parts != NO_PARTS and any(token is not None for _, token in _decode(parts))


def open_requests(
    subject: SubjectId, fact_id: FactId, topic: str, parts: bytes
) -> list[OpenRequest]:
    """Name each token left with the context it was sealed in; the slot is the stored name."""
    return [
        OpenRequest(subject, fact_id, category, topic, token)
        for category, token in _decode(parts)
        if token is not None
    ]


def _clear_fields(kind: type[Fact]) -> Callable[[Fact], dict[str, Any]]:
    """Make the function that takes a fact's clear fields by name.

    ``attrgetter`` answers a bare value for one name and a tuple for several: both are met here.
    """
    names = tuple(field.name for field in fields(kind) if field.name != "sealed")  # type: ignore[arg-type]  # every fact is a dataclass
    if not names:
        return lambda _fact: {}
    if len(names) == 1:
        return lambda fact: {names[0]: getattr(fact, names[0])}
    several = attrgetter(*names)
    return lambda fact: dict(zip(names, several(fact), strict=True))


_CLEAR = {kind: _clear_fields(kind) for kind in FACTS}


def pack_clear(fact: Fact) -> bytes:
    """Pack a fact's clear fields."""
    return _encode(_CLEAR[type(fact)](fact))
