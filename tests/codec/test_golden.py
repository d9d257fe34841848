"""Every version ever published is read by the newest reader, byte for byte as it was kept."""

import io
from collections.abc import Mapping
from typing import Any, cast

import fastavro
import pytest

from consumers.upstream import DecodedFact
from infra.codec.avro import HEADER_BYTES, Layout, layouts, read_object
from infra.codec.facts import FactCodec
from infra.codec.upstream import UpstreamCodec
from schemas.published import ENVELOPE, Published, Room, newest, published
from tests.codec.golden_bytes import flat, golden, plain

FACTS = published(Room.FACTS)
UPSTREAM = published(Room.UPSTREAM)
MISSING = "run `python -m tests.codec.write_golden` and keep what it writes"


def read(codec: FactCodec, item: Published) -> tuple[Any, Any]:
    return codec.decode(item.stored_name, bytes.fromhex(golden(item.room)[item.file_name]["hex"]))


@pytest.mark.parametrize("room", list(Room), ids=lambda room: room.value)
def test_every_published_version_has_golden_bytes(room: Room) -> None:
    assert sorted(golden(room)) == sorted(item.file_name for item in published(room)), MISSING


@pytest.mark.parametrize("item", FACTS, ids=lambda item: item.file_name)
def test_the_newest_codec_reads_a_stored_fact_of_any_version(item: Published) -> None:
    found = flat(*read(FactCodec(), item))
    kept = golden(item.room)[item.file_name]["value"]
    assert {name: found[name] for name in kept} == kept


@pytest.mark.parametrize("item", newest(FACTS).values(), ids=lambda item: item.file_name)
def test_the_newest_version_of_a_stored_fact_is_written_as_ever(item: Published) -> None:
    codec = FactCodec()
    assert codec.encode(*read(codec, item)).hex() == golden(item.room)[item.file_name]["hex"]


@pytest.mark.parametrize(
    "item", [item for item in UPSTREAM if item.stored_name != ENVELOPE], ids=lambda i: i.file_name
)
def test_the_newest_codec_reads_an_upstream_fact_of_any_version(item: Published) -> None:
    kept = golden(item.room)[item.file_name]
    found = UpstreamCodec().decode_fact(bytes.fromhex(kept["hex"]))
    assert isinstance(found, DecodedFact)
    assert {name: found.values[name] for name in kept["value"]} == kept["value"]


@pytest.mark.parametrize(
    "item", [item for item in UPSTREAM if item.stored_name == ENVELOPE], ids=lambda i: i.file_name
)
def test_an_envelope_of_any_version_is_read(item: Published) -> None:
    kept = golden(item.room)[item.file_name]
    encoded = bytes.fromhex(kept["hex"])
    found = read_object(encoded, layouts(UPSTREAM)[encoded[:HEADER_BYTES]])
    assert plain({name: found[name] for name in kept["value"]}) == kept["value"]


@pytest.mark.parametrize("item", published(Room.OUTBOUND), ids=lambda item: item.file_name)
def test_what_was_sent_under_any_version_is_read(item: Published) -> None:
    kept = golden(item.room)[item.file_name]
    encoded = bytes.fromhex(kept["hex"])
    found = read_object(encoded, layouts(published(Room.OUTBOUND))[encoded[:HEADER_BYTES]])
    assert plain({name: found[name] for name in kept["value"]}) == kept["value"]


@pytest.mark.parametrize("room", list(Room), ids=lambda room: room.value)
def test_the_previous_reader_reads_what_is_written_now(room: Room) -> None:
    by_version = {
        (layout.published.stored_name, layout.published.version): layout
        for layout in layouts(published(room)).values()
    }
    for item in newest(published(room)).values():
        previous = by_version.get((item.stored_name, item.version - 1))
        if previous is not None:
            written = bytes.fromhex(golden(room)[item.file_name]["hex"])
            resolved(written, by_version[item.stored_name, item.version], previous)


def resolved(written: bytes, writer: Layout, reader: Layout) -> Mapping[str, object]:
    """Read as a process does that knows the previous version, by Avro's own resolution."""
    value = fastavro.schemaless_reader(
        io.BytesIO(written[HEADER_BYTES:]), writer.schema, reader.schema
    )
    return cast("Mapping[str, object]", value)
