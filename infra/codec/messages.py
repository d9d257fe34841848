"""One upstream message as JSON: for whoever tries the contract out by hand, or writes no Avro.

Rules: what is wrong is told by its place, never by its value. ``occurred_at`` is RFC 3339 with an
offset; fields of the fact that have a default may be left out; an unknown field is refused.

::

    {"source": "toptemp.mail", "remote_event_id": "e-1", "remote_candidate_id": "c-1",
     "occurred_at": "2026-06-01T12:00:00Z",
     "contacts": [{"kind": "email", "value": "someone@example.org"}],
     "kind": "candidate.registered", "fact": {"channel": "email", "...": "..."}}
"""

from collections.abc import Mapping
from datetime import datetime
from typing import NoReturn, cast

import fastavro
import msgspec

from consumers.upstream import Envelope
from domain.keyring import Contact, ContactKind
from domain.values import instant_of
from infra.codec import limits
from infra.codec.upstream import UpstreamCodec
from schemas.published import ENVELOPE, Field, Record, Room, newest, published

MESSAGE_CHARS_MAX = 4 * limits.FACT_BYTES_MAX
"""JSON takes more room than Avro; far beyond what a fact may be."""


class MessageError(Exception):
    """A message is wrong; the text names the place and what is wanted there, never a value."""


class _Hint(msgspec.Struct, forbid_unknown_fields=True):
    kind: str
    value: str


class _Message(msgspec.Struct, forbid_unknown_fields=True):
    source: str
    remote_event_id: str
    remote_candidate_id: str
    occurred_at: datetime
    kind: str
    fact: dict[str, object]
    contacts: list[_Hint] = []


def read_message(text: str) -> Envelope:
    """Read a message.

    Raises:
        MessageError: it is no JSON, or a field is missing, strange or of another type.
    """
    message = _message(text)
    if message.occurred_at.tzinfo is None:
        _wrong("occurred_at", "needs an offset, for instance Z")
    record = _record(message.kind)
    _check(record, message.fact)
    return Envelope(
        message.source,
        message.remote_event_id,
        message.remote_candidate_id,
        instant_of(message.occurred_at),
        tuple([Contact(_kind(hint.kind), hint.value) for hint in message.contacts]),
        UpstreamCodec().encode_fact(message.kind, message.fact),
    )


def example_of(kind: str) -> Mapping[str, object]:
    """Write an example message of a kind, its optional fields left out.

    Raises:
        MessageError: there is no such kind.
    """
    fields = [field for field in _record(kind)["fields"] if "default" not in field]
    return {
        "source": "toptemp.mail",
        "remote_event_id": "event-1",
        "remote_candidate_id": "candidate-1",
        "occurred_at": "2026-06-01T12:00:00Z",
        "contacts": [{"kind": "email", "value": "someone@example.org"}],
        "kind": kind,
        "fact": {field["name"]: _example(field["type"]) for field in fields},
    }


def _message(text: str) -> _Message:
    if len(text) > MESSAGE_CHARS_MAX:
        _wrong("the message", "is too large")
    try:
        return msgspec.json.decode(text, type=_Message)
    except msgspec.ValidationError as error:
        # The library's text may quote a value; what follows " - at " is a path.
        _, _, place = str(error).partition(" - at ")
        missing = str(error).startswith("Object missing required field")
        _wrong(place.strip("`") or "the message", _lacks(str(error)) if missing else "does not fit")
    except msgspec.DecodeError:
        _wrong("the message", "is no JSON")


def _lacks(told: str) -> str:
    return f"lacks the field {told.split('`')[1]}"


def _record(kind: str) -> Record:
    known = newest(published(Room.UPSTREAM))
    if kind not in known or kind == ENVELOPE:
        _wrong("kind", "is no kind of upstream record; docs/facts.md lists them")
    return known[kind].record()


def _check(record: Record, fact: Mapping[str, object]) -> None:
    fields = {field["name"]: field for field in record["fields"]}
    for name in fact:
        if name not in fields:
            _wrong("fact", f"has a field that {record['name']} has not")
    for name, field in fields.items():
        if name not in fact and "default" not in field:
            _wrong("fact", f"lacks the field {name}")
        if name in fact and not _fits(field, fact[name]):
            _wrong(f"fact.{name}", "does not fit the schema")


def _fits(field: Field, value: object) -> bool:
    schema = cast("fastavro.types.Schema", field["type"])
    return bool(fastavro.validation.validate(value, schema, raise_errors=False))


def _kind(name: str) -> ContactKind:
    if name not in list(ContactKind):
        _wrong("contacts", f"are of a kind: {', '.join(ContactKind)}")
    return ContactKind(name)


def _example(node: object) -> object:
    if isinstance(node, list):
        return _example(next(branch for branch in node if branch != "null"))
    if not isinstance(node, dict):
        return {"string": "...", "boolean": True}.get(str(node), 1)
    if node["type"] == "enum":
        return node["symbols"][0]
    if node["type"] == "array":
        return [_example(node["items"])]
    if node["type"] == "record":
        return {field["name"]: _example(field["type"]) for field in node["fields"]}
    return _example(node["type"])


def _wrong(place: str, fault: str) -> NoReturn:
    message = f"{place} {fault}"
    raise MessageError(message)
