"""What each upstream record promises about its fields, read from the published schemas.

Rules: a contract is the newest version's; every top-level field is in exactly one of ``clear``,
``keyed`` and ``personal``; nothing is personal by omission, because an unclassified field is not
admitted (``schemas.admission``).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from schemas.published import ENVELOPE, Field, Published, Room, newest, published


class Keyed(NamedTuple):
    """A source's own id: the kind it is keyed as, and the clear UUID field it becomes."""

    kind: str
    becomes: str


@dataclass(frozen=True, slots=True)
class Contract:
    """How one kind of upstream record is taken apart.

    ``personal`` names each field's category, in which ``{document_id}`` stands for a keyed id.
    ``rounded`` names integers that are rounded up to a whole multiple. ``begins`` is true for the
    kinds that may begin a new person after an erasure.
    """

    topic: str
    version: int
    clear: frozenset[str]
    keyed: Mapping[str, Keyed]
    personal: Mapping[str, str]
    rounded: Mapping[str, int]
    begins: bool


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
        keyed={field["name"]: _keyed(field) for field in fields if field["x-class"] == "I"},
        personal={field["name"]: field["x-category"] for field in fields if "x-category" in field},
        rounded={
            field["name"]: field["x-rounded-up-to"]
            for field in fields
            if "x-rounded-up-to" in field
        },
        begins=record.get("x-begins", False),
    )


def _keyed(field: Field) -> Keyed:
    return Keyed(field["x-keyed"], field["x-becomes"])
