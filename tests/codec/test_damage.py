"""A damaged feed: what is lost has a reason and a place, and the rest is read."""

import io
import zlib
from pathlib import Path

import fastavro
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consumers.ports import ParkReason
from infra.codec import limits
from infra.codec.blocks import SYNC_BYTES, Block, Compression, blocks
from infra.codec.container import (
    Flaw,
    NotAFeed,
    _read_header,
    read_container,
    sync_marker_of,
    write_container,
)
from schemas.published import ENVELOPE, Room, newest, published
from tests.codec.messages import envelope

SYNC = sync_marker_of(b"damage")
MANY = [envelope(n) for n in range(400)]
SCHEMA = newest(published(Room.UPSTREAM))[ENVELOPE]


@pytest.fixture
def feed(tmp_path: Path) -> Path:
    path = tmp_path / "feed.avro"
    write_container(path, MANY, SYNC)
    return path


def layout(path: Path) -> list[Block]:
    with path.open("rb") as stream:
        header = _read_header(stream)
        return list(blocks(stream, header.sync, header.end))


def change(path: Path, at: int, to: bytes, *, cut: int = 0) -> None:
    """Overwrite bytes, or replace ``cut`` bytes by some."""
    whole = path.read_bytes()
    path.write_bytes(whole[:at] + to + whole[at + (cut or len(to)) :])


def verdicts(path: Path, start: int = 0) -> list[tuple[int, ParkReason]]:
    return [(got.index, got.reason) for got in read_container(path, start) if got.reason]


def read_indexes(path: Path, start: int = 0) -> list[int]:
    return [got.index for got in read_container(path, start) if got.envelope]


def test_a_damaged_record_costs_its_block_and_no_other_place(feed: Path) -> None:
    first, second, third, *_ = layout(feed)
    change(feed, second.start + 1, b"\xff")
    assert verdicts(feed) == [(first.places, ParkReason.MALFORMED)]
    assert read_indexes(feed) == [
        index
        for index in range(len(MANY))
        if not first.places <= index < first.places + second.places
    ]
    assert third.damage is None


def test_a_damaged_block_carries_its_raw_bytes(feed: Path) -> None:
    first, *_ = layout(feed)
    change(feed, first.start + 1, b"\xff")
    (damaged,) = [got for got in read_container(feed, 0) if got.reason]
    assert damaged.raw == feed.read_bytes()[first.start : first.end]


def test_a_damaged_sync_marker_takes_the_next_block_along(feed: Path) -> None:
    first, second, third, *_ = layout(feed)
    change(feed, first.end, b"\0")
    assert verdicts(feed) == [(0, ParkReason.MALFORMED)]
    lost = first.places + second.places
    assert [got.envelope for got in read_container(feed, 1)] == MANY[lost:]
    assert third.damage is None


def test_a_block_of_false_size_ends_at_its_own_sync_marker(feed: Path) -> None:
    first, second, *_ = layout(feed)
    change(feed, first.end + SYNC_BYTES, b"\x02\xff\xff\x7f")
    assert verdicts(feed) == [(first.places, ParkReason.MALFORMED)]
    assert [got.envelope for got in read_container(feed, first.places + 1)] == MANY[
        first.places + second.places :
    ]


def test_bytes_missing_inside_a_block_cost_that_block(feed: Path) -> None:
    first, second, *_ = layout(feed)
    change(feed, second.start + 100, b"", cut=40)
    assert verdicts(feed) == [(first.places, ParkReason.MALFORMED)]


def test_a_torn_file_ends_with_its_tail_truncated(feed: Path) -> None:
    *_, last = layout(feed)
    feed.write_bytes(feed.read_bytes()[: last.start + last.size // 2])
    assert verdicts(feed) == [(len(MANY) - last.places, ParkReason.TRUNCATED)]


def test_a_file_torn_in_its_last_sync_marker_ends_truncated(feed: Path) -> None:
    *_, last = layout(feed)
    feed.write_bytes(feed.read_bytes()[:-1])
    assert verdicts(feed) == [(len(MANY) - last.places, ParkReason.TRUNCATED)]


def test_a_block_that_announces_too_few_records_has_trailing_bytes(feed: Path) -> None:
    first, *_ = layout(feed)
    with feed.open("rb") as stream:
        start = _read_header(stream).end
    change(feed, start, bytes([(first.places - 1) * 2 & 0x7F | 0x80]))
    assert verdicts(feed) == [(0, ParkReason.TRAILING_BYTES)]


def test_a_damaged_stretch_is_read_again_from_where_one_stopped(feed: Path) -> None:
    first, *_ = layout(feed)
    change(feed, first.end, b"\0")
    whole = [(got.index, got.raw) for got in read_container(feed, 0)]
    for start in (0, 1, 2, len(whole) - 1):
        again = [(got.index, got.raw) for got in read_container(feed, start)]
        assert again == [place for place in whole if place[0] >= start]


def test_of_a_long_damaged_stretch_only_the_beginning_is_kept(feed: Path) -> None:
    first, *_ = layout(feed)
    change(feed, first.start, bytes(2 * limits.DAMAGED_BYTES_MAX), cut=first.size)
    (damaged,) = [got for got in read_container(feed, 0) if got.reason]
    assert len(damaged.raw) == limits.DAMAGED_BYTES_MAX


def test_a_sync_marker_is_found_where_two_windows_of_the_search_meet(feed: Path) -> None:
    first, second, *_ = layout(feed)
    with feed.open("rb") as stream:
        start = _read_header(stream).end
    for short in range(SYNC_BYTES + 1):
        whole = feed.read_bytes()
        torn = feed.with_name(f"torn-{short}.avro")
        padding = b"\xff" * (64 * 1024 - short)
        torn.write_bytes(whole[:start] + padding + whole[first.end :])
        assert [got.envelope for got in read_container(torn, 1)] == MANY[first.places :]
    assert second.damage is None


def bomb(path: Path, content: bytes, count: int, behind: bytes = b"") -> None:
    """Write a deflated block of any content."""
    deflater = zlib.compressobj(wbits=-15)
    stored = deflater.compress(content) + deflater.flush() + behind
    write_container(path, [], SYNC, Compression.DEFLATE)
    with path.open("ab") as stream:
        for number in (count, len(stored)):
            head = io.BytesIO()
            fastavro.schemaless_writer(head, "long", number)
            stream.write(head.getvalue())
        stream.write(stored + SYNC)


def test_a_block_that_inflates_beyond_the_limit_is_oversize(tmp_path: Path) -> None:
    path = tmp_path / "bomb.avro"
    bomb(path, bytes(limits.BLOCK_BYTES_MAX + 1), 1)
    assert verdicts(path) == [(0, ParkReason.OVERSIZE)]


def test_bytes_behind_the_deflated_content_are_trailing(tmp_path: Path) -> None:
    path = tmp_path / "feed.avro"
    bomb(path, b"", 1, behind=bytes(4))
    assert verdicts(path) == [(0, ParkReason.TRAILING_BYTES)]


def test_deflated_content_that_does_not_end_is_truncated(tmp_path: Path) -> None:
    path = tmp_path / "feed.avro"
    write_container(path, [], SYNC, Compression.DEFLATE)
    with path.open("ab") as stream:
        stream.write(b"\x02\x02\x04" + SYNC)
    assert verdicts(path) == [(0, ParkReason.TRUNCATED)]


def test_a_block_stored_beyond_the_limit_is_oversize_and_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "large.avro"
    size = limits.BLOCK_BYTES_MAX
    write_container(path, [envelope(1, bytes(size)), envelope(2)], SYNC)
    assert [(got.index, got.reason, got.envelope) for got in read_container(path, 0)] == [
        (0, ParkReason.OVERSIZE, None),
        (1, None, envelope(2)),
    ]


def test_a_block_announcing_more_records_than_the_limit_is_malformed(tmp_path: Path) -> None:
    path = tmp_path / "feed.avro"
    bomb(path, b"", limits.BLOCK_RECORDS_MAX + 1)
    assert verdicts(path) == [(0, ParkReason.MALFORMED)]


def test_deflated_bytes_that_do_not_inflate_are_malformed(tmp_path: Path) -> None:
    path = tmp_path / "feed.avro"
    write_container(path, MANY[:5], SYNC, Compression.DEFLATE)
    (block,) = layout(path)
    change(path, block.start, b"\xff")
    assert verdicts(path) == [(0, ParkReason.MALFORMED)]


HEADER_FLAWS = [
    ("empty", b"", Flaw.NO_CONTAINER),
    ("text", b"remote_id;name\n1;Probe Testrup\n", Flaw.NO_CONTAINER),
    ("torn header", b"Obj\x01\x04\x14avro.codec\x08nu", Flaw.NO_CONTAINER),
    ("no schema", b"Obj\x01\x00" + SYNC, Flaw.NO_CONTAINER),
]


@pytest.mark.parametrize(
    ("_name", "content", "flaw"), HEADER_FLAWS, ids=[f[0] for f in HEADER_FLAWS]
)
def test_what_is_no_container_is_no_feed(
    tmp_path: Path, _name: str, content: bytes, flaw: Flaw
) -> None:
    path = tmp_path / "feed.avro"
    path.write_bytes(content)
    with pytest.raises(NotAFeed) as refused:
        list(read_container(path, 0))
    assert refused.value.flaw is flaw


def with_schema(path: Path, text: str, codec: str = "null", magic: bytes = b"Obj\x01") -> Flaw:
    """Give a feed's header another schema, codec or magic, and tell why it is refused."""
    meta = {"avro.schema": text.encode(), "avro.codec": codec.encode()}
    head = io.BytesIO(magic)
    head.seek(4)
    fastavro.schemaless_writer(head, {"type": "map", "values": "bytes"}, meta)
    path.write_bytes(head.getvalue() + SYNC)
    with pytest.raises(NotAFeed) as refused:
        list(read_container(path, 0))
    return refused.value.flaw


def test_a_recursive_schema_is_not_admitted(tmp_path: Path) -> None:
    loop = '{"type":"record","name":"A","fields":[{"name":"a","type":["null","A"]}]}'
    assert with_schema(tmp_path / "feed.avro", loop) is Flaw.SCHEMA_NOT_ADMITTED


@pytest.mark.parametrize(
    "odd",
    ['{"type":"enum","name":"E","symbols":["a","a"]}', '{"type":{"type":"string"}}'],
    ids=["twice the same symbol", "a type too many"],
)
def test_a_schema_without_canonical_form_is_not_admitted(tmp_path: Path, odd: str) -> None:
    odd = '{"type":"record","name":"A","fields":[{"name":"a","type":' + odd + "}]}"
    assert with_schema(tmp_path / "feed.avro", odd) is Flaw.SCHEMA_NOT_ADMITTED


def test_records_that_are_no_envelopes_are_no_feed(tmp_path: Path) -> None:
    other = newest(published(Room.UPSTREAM))["candidate.hired"].text
    assert with_schema(tmp_path / "feed.avro", other) is Flaw.SCHEMA_UNKNOWN


def test_a_container_of_another_version_is_no_feed(tmp_path: Path) -> None:
    flaw = with_schema(tmp_path / "feed.avro", SCHEMA.text, magic=b"Obj\x02")
    assert flaw is Flaw.NO_CONTAINER


def test_an_unknown_block_codec_is_no_feed(tmp_path: Path) -> None:
    assert with_schema(tmp_path / "feed.avro", SCHEMA.text, "bzip2") is Flaw.CODEC_UNKNOWN


@settings(max_examples=200, deadline=None)
@given(
    edits=st.lists(
        st.tuples(st.integers(0, 10**6), st.integers(0, 60), st.binary(max_size=12)),
        min_size=1,
        max_size=3,
    ),
    compression=st.sampled_from(Compression),
)
def test_a_mutated_feed_is_read_to_its_end_or_refused_whole(
    tmp_path_factory: pytest.TempPathFactory,
    edits: list[tuple[int, int, bytes]],
    compression: Compression,
) -> None:
    path = tmp_path_factory.mktemp("fuzz") / "feed.avro"
    write_container(path, MANY[:20], SYNC, compression)
    for place, cut, put in edits:
        change(path, place % path.stat().st_size, put, cut=cut)
    try:
        indexes = [got.index for got in read_container(path, 0)]
    except NotAFeed:
        return
    assert indexes == sorted(set(indexes))
