"""What each upstream record promises about its fields, read from the published schemas.

Rules: a contract is the newest version's; every top-level field is in exactly one of ``clear``,
``keyed`` and ``personal``; nothing is personal by omission, because an unclassified field is not
admitted (``schemas.admission``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

from schemas.published import ENVELOPE, Field, Published, Record, Room, newest, published


class Keyed(NamedTuple):
    """A source's own id: the kind it is keyed as, and the clear UUID field it becomes."""

    kind: str
    becomes: str


@dataclass(frozen=True, slots=True)
class Mention:
    """Another person in the record: which field holds the source's id for her, or several ids.

    ``personal`` names her own values' categories, ``contacts`` those that are addresses of hers.
    """

    field: str
    personal: Mapping[str, str]
    contacts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Contract:
    """How one kind of upstream record is taken apart.

    ``personal`` names each field's category, in which ``{document_id}`` stands for a keyed id.
    ``rounded`` names integers that are rounded up to a whole multiple. ``begins`` is true for the
    kinds that may begin a new person after an erasure. ``mentions`` are the other people in it, by
    role. ``stream`` is what the envelope's id is keyed as when it is no person's.
    """

    topic: str
    version: int
    clear: frozenset[str]
    keyed: Mapping[str, Keyed]
    personal: Mapping[str, str]
    rounded: Mapping[str, int]
    begins: bool
    mentions: Mapping[str, Mention] = field(default_factory=dict)
    stream: Keyed | None = None


@cache
def contracts() -> Mapping[str, Contract]:
    """Return the newest contract of every upstream record, by topic; read once, never changed."""
    current = newest(published(Room.UPSTREAM))
    return {topic: contract_of(item) for topic, item in current.items() if topic != ENVELOPE}


def contract_of(item: Published) -> Contract:
    """Read a contract from a schema's field classes."""
    record = item.record()
    fields = record["fields"]
    return Contract(
        topic=item.stored_name,
        version=item.version,
        clear=frozenset(field["name"] for field in fields if field["x-class"] == "M"),
        keyed={field["name"]: _keyed(field) for field in fields if "x-keyed" in field},
        personal=_personal(fields, about=None),
        rounded={
            field["name"]: field["x-rounded-up-to"]
            for field in fields
            if "x-rounded-up-to" in field
        },
        begins=record.get("x-begins", False),
        mentions={field["x-mentions"]: _mention(field, fields) for field in _mentioning(fields)},
        stream=_stream(record),
    )


def _personal(fields: Sequence[Field], about: str | None) -> dict[str, str]:
    """Name the categories of the values that are one person's: the record's own, or a role's."""
    return {
        field["name"]: field["x-category"]
        for field in fields
        if "x-category" in field and field.get("x-about") == about
    }


def _mentioning(fields: Sequence[Field]) -> list[Field]:
    return [field for field in fields if "x-mentions" in field]


def _mention(field: Field, fields: Sequence[Field]) -> Mention:
    hers = _personal(fields, field["x-mentions"])
    contacts = {
        item["name"]: item["x-contact"]
        for item in fields
        if item["name"] in hers and "x-contact" in item
    }
    return Mention(field["name"], hers, contacts)


def _stream(record: Record) -> Keyed | None:
    return Keyed(record["x-stream"], record["x-becomes"]) if "x-stream" in record else None


def _keyed(field: Field) -> Keyed:
    return Keyed(field["x-keyed"], field["x-becomes"])
