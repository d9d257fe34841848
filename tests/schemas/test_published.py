"""Published schemas are found, named by rule, and never change."""

import re

import pytest

from domain.catalogue import FACTS
from domain.fact import Fact
from infra.codec.generate import frozen, schema_of, seal_of, unpublished
from schemas.published import Published, Room, newest, published

EVERY = [item for room in Room for item in published(room)]

HOW_TO_PUBLISH = (
    "A published schema is never edited: put the file back as it was. For a new shape of a fact,"
    " give the new field of its class a default and run `python -m infra.codec.generate`, which"
    " writes the next version; for an upstream record, add <name>.v<n+1>.avsc by hand and run the"
    " same command to freeze it. Then `python -m tests.codec.write_golden` keeps its bytes."
)


def test_every_published_schema_is_as_it_was_frozen() -> None:
    assert {item.file_name: seal_of(item) for item in EVERY} == frozen(), HOW_TO_PUBLISH


def test_every_fact_class_is_published_in_its_present_shape() -> None:
    assert [item.file_name for item in unpublished()] == [], HOW_TO_PUBLISH


@pytest.mark.parametrize("kind", FACTS, ids=lambda kind: kind.TOPIC)
def test_a_stored_schema_differs_from_its_class_in_wording_alone(kind: type[Fact]) -> None:
    wording = re.compile(r'\n *"(doc|x-clear)": .*')
    standing = newest(published(Room.FACTS))[kind.TOPIC].text
    assert wording.sub("", standing) == wording.sub("", schema_of(kind)), HOW_TO_PUBLISH


@pytest.mark.parametrize("room", list(Room), ids=lambda room: room.value)
def test_versions_run_from_one_without_gaps(room: Room) -> None:
    versions: dict[str, list[int]] = {}
    for item in published(room):
        versions.setdefault(item.stored_name, []).append(item.version)
    assert all(found == list(range(1, len(found) + 1)) for found in versions.values())


def test_the_newest_of_a_name_is_its_highest_version() -> None:
    of = [Published(Room.FACTS, "a.thing", version, "") for version in (9, 10, 2)]
    assert newest(of)["a.thing"].version == 10
