"""When a second version appears: old bytes are lifted, and old readers read the new ones.

The second version is made here, of a class that stands for what a fact class will look like.
"""

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, cast
from uuid import UUID

import fastavro
import pytest

from consumers.ports import ParkReason
from consumers.upstream import DecodedFact
from domain.fact import NOTHING_SEALED
from domain.values import SealedPart
from infra.codec.avro import HEADER_BYTES, layouts
from infra.codec.facts import FactCodec
from infra.codec.generate import schema_of
from infra.codec.upstream import UpstreamCodec
from schemas.published import Published, Room, published
from schemas.shape_rules import SchemaNotAdmitted
from tests.examples import numbered, part, stamp

TOPIC = "candidate.probed"


class Depth(StrEnum):
    SHALLOW = "shallow"
    DEEP = "deep"


@dataclass(frozen=True, slots=True)
class Probed:
    """A person was probed."""

    TOPIC: ClassVar[str] = TOPIC
    CLEAR: ClassVar[Mapping[str, str]] = {}
    probe_id: UUID
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class ProbedDeeply:
    """The same, some releases later."""

    TOPIC: ClassVar[str] = TOPIC
    CLEAR: ClassVar[Mapping[str, str]] = {"depth": "one of two depths", "tries": "a count"}
    probe_id: UUID
    depth: Depth = Depth.SHALLOW
    tries: int = 1
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


FIRST = Published(Room.FACTS, TOPIC, 1, schema_of(Probed))
SECOND = Published(Room.FACTS, TOPIC, 2, schema_of(ProbedDeeply).replace("ProbedDeeply", "Probed"))
OLD = Probed(numbered("document", 1), (part(),))
NEW = ProbedDeeply(numbered("document", 1), Depth.DEEP, 3, (part(),))


def test_bytes_of_the_first_version_are_lifted_by_the_defaults_of_the_second() -> None:
    state = FactCodec([Probed], [FIRST]).encode(stamp(), OLD)
    found = FactCodec([ProbedDeeply], [FIRST, SECOND]).decode(TOPIC, state)
    assert found == (stamp(), ProbedDeeply(OLD.probe_id, Depth.SHALLOW, 1, OLD.sealed))


def test_the_second_version_is_written_once_it_is_published() -> None:
    codec = FactCodec([ProbedDeeply], [FIRST, SECOND])
    assert codec.decode(TOPIC, codec.encode(stamp(), NEW)) == (stamp(), NEW)


def test_the_order_of_the_files_does_not_choose_the_version_written() -> None:
    forth, back = (
        FactCodec([ProbedDeeply], [FIRST, SECOND]),
        FactCodec([ProbedDeeply], [SECOND, FIRST]),
    )
    assert forth.encode(stamp(), NEW) == back.encode(stamp(), NEW)


def test_a_reader_of_the_first_version_reads_the_second_by_avros_rules() -> None:
    written = FactCodec([ProbedDeeply], [FIRST, SECOND]).encode(stamp(), NEW)
    known = layouts([FIRST, SECOND])
    (reader,) = (layout.schema for layout in known.values() if layout.published is FIRST)
    writer = known[written[:HEADER_BYTES]].schema
    found = fastavro.schemaless_reader(io.BytesIO(written[HEADER_BYTES:]), writer, reader)
    assert cast("dict[str, object]", found)["probe_id"] == NEW.probe_id.bytes


def test_a_new_field_without_a_default_stops_the_codec() -> None:
    second = json.loads(SECOND.text)
    for field in second["fields"]:
        field.pop("default", None)
    with pytest.raises(KeyError, match="default"):
        layouts([FIRST, Published(Room.FACTS, TOPIC, 2, json.dumps(second))])


def test_a_schema_that_is_not_admitted_stops_the_codec() -> None:
    unclassified = Published(Room.FACTS, TOPIC, 1, FIRST.text.replace('"x-class"', '"y-class"'))
    with pytest.raises(SchemaNotAdmitted):
        layouts([unclassified])


def test_two_files_of_one_shape_stop_the_codec() -> None:
    again = Published(Room.FACTS, TOPIC, 2, FIRST.text)
    with pytest.raises(ValueError, match=r"candidate\.probed\.v2\.avsc has the fingerprint"):
        layouts([FIRST, again])


@pytest.fixture
def second_hired() -> Published:
    (first,) = (p for p in published(Room.UPSTREAM) if p.stored_name == "candidate.hired")
    record = json.loads(first.text)
    record["fields"].append(
        {
            "name": "message",
            "type": ["null", "string"],
            "default": None,
            "x-class": "F",
            "x-category": "communications",
        }
    )
    return Published(Room.UPSTREAM, first.stored_name, 2, json.dumps(record))


def test_an_upstream_system_may_stay_with_the_first_version(second_hired: Published) -> None:
    codec = UpstreamCodec([*published(Room.UPSTREAM), second_hired])
    payload = UpstreamCodec().encode_fact("candidate.hired", {"remote_application_id": "A-1"})
    found = codec.decode_fact(payload)
    assert isinstance(found, DecodedFact)
    assert found.values == {"remote_application_id": "A-1", "message": None}


def test_an_upstream_system_ahead_of_us_is_parked(second_hired: Published) -> None:
    ahead = UpstreamCodec([*published(Room.UPSTREAM), second_hired])
    payload = ahead.encode_fact("candidate.hired", {"remote_application_id": "A-1"})
    assert UpstreamCodec().decode_fact(payload) is ParkReason.UNKNOWN_SCHEMA
