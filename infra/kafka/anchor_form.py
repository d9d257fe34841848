"""The bytes of a record on the anchor's topic: JSON of ids, numbers, hashes and journal records.

::

    {"format": 1, "anew": false, "controllers": [id, ...], "log": [position, chain] or null,
     "journals": {id: [sequence, chain]}, "audits": {...}, "finalised": {...},
     "page": [id, [[sequence, record, chain], ...]]}

Hashes in hexadecimal, a journal's record in base64, as it is in the key database. New fields only
with a default; ``format`` changes when an older program must not read it.
"""

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from domain.keyring import JournalHead
from domain.values import ControllerId
from infra.keys.anchored import Heads, LogHead
from infra.keys.record import ChainedRecord

_FORMAT = 1
_NOBODY = ControllerId(UUID(int=0))

Page = tuple[ControllerId, Sequence[ChainedRecord]]
"""Records of one controller's erasure journal, in order."""


class Undecodable(ValueError):  # noqa: N818 - what the bytes are
    """These bytes are no record of an anchor, or of a form this program does not know."""


@dataclass(frozen=True, slots=True)
class Told:
    """One record of the topic. ``anew`` ends what was told before it."""

    heads: Heads
    anew: bool
    page: Page = (_NOBODY, ())
    controllers: frozenset[ControllerId] = field(default_factory=frozenset)


def encode(told: Told, controllers: frozenset[ControllerId]) -> bytes:
    """Write a record of the house that has these controllers."""
    heads, (whose, records) = told.heads, told.page
    log = None if heads.log is None else [heads.log.position, heads.log.chain.hex()]
    stored = {
        "format": _FORMAT,
        "anew": told.anew,
        "controllers": sorted(str(one) for one in controllers),
        "log": log,
        "journals": {str(c): [h.sequence, h.chain.hex()] for c, h in heads.journals.items()},
        "audits": {str(c): [h.position, h.chain.hex()] for c, h in heads.audits.items()},
        "finalised": {str(c): [h.position, h.chain.hex()] for c, h in heads.finalised.items()},
        "page": [str(whose), [_row(record) for record in records]],
    }
    return json.dumps(stored).encode()


def decode(value: bytes | None) -> Told:
    """Read a record.

    Raises:
        Undecodable: it is none.
    """
    try:
        stored = json.loads(value or b"")
        if stored["format"] == _FORMAT:
            return _told(stored)
    except (ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError):
        pass
    message = "no record of an anchor"
    raise Undecodable(message)


def _told(stored: Mapping[str, Any]) -> Told:
    log = stored["log"]
    heads = Heads(
        None if log is None else LogHead(int(log[0]), bytes.fromhex(log[1])),
        {c: JournalHead(*head) for c, head in _read(stored["journals"])},
        {c: LogHead(*head) for c, head in _read(stored["audits"])},
        {c: LogHead(*head) for c, head in _read(stored["finalised"])},
    )
    whose, rows = stored["page"]
    page = (ControllerId(UUID(whose)), [_record(row) for row in rows])
    controllers = frozenset([ControllerId(UUID(one)) for one in stored["controllers"]])
    return Told(heads, bool(stored["anew"]), page, controllers)


def _read(pairs: Mapping[str, Any]) -> Iterator[tuple[ControllerId, tuple[int, bytes]]]:
    for controller, (place, chain) in pairs.items():
        yield ControllerId(UUID(controller)), (int(place), bytes.fromhex(chain))


def _row(record: ChainedRecord) -> list[object]:
    return [record.sequence, base64.b64encode(record.encoded).decode(), record.chain.hex()]


def _record(row: Sequence[Any]) -> ChainedRecord:
    sequence, encoded, chain = row
    decoded = base64.b64decode(encoded, validate=True)
    return ChainedRecord(int(sequence), decoded, bytes.fromhex(chain))
