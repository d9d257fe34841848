"""The list of stored names is kept in the repository, and is what the code registers."""

import re

import pytest

from domain.catalogue import BY_TOPIC
from infra.codec.listing import listing, page
from schemas.contracts import contracts
from schemas.published import Room, published

_STORED_NAME = re.compile(r"^\| `([a-z.-]+)` \|", re.MULTILINE)


def test_the_page_of_facts_is_as_the_classes_say() -> None:
    assert page().read_text("utf-8") == listing(), "run `python -m infra.codec.listing`"


def test_the_page_names_every_stored_name_once() -> None:
    assert _STORED_NAME.findall(page().read_text("utf-8")) == list(BY_TOPIC)


@pytest.mark.parametrize("room", [Room.FACTS, Room.UPSTREAM], ids=lambda room: room.value)
def test_no_schema_is_of_a_fact_nobody_registered(room: Room) -> None:
    names = {item.stored_name for item in published(room)} - {"envelope"}
    assert names <= BY_TOPIC.keys()


def test_what_a_source_may_tell_is_a_fact() -> None:
    assert contracts().keys() <= BY_TOPIC.keys()
