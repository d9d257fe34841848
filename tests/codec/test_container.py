"""A feed file is read from any place, and what was written is what is read."""

import tracemalloc
from pathlib import Path

import fastavro
import pytest

from consumers.ports import ParkReason
from consumers.upstream import Envelope, Incoming
from domain.keyring import Contact, ContactKind
from infra.codec import container, limits
from infra.codec.avro import HEADER_BYTES, layouts, write_object
from infra.codec.blocks import Compression
from infra.codec.container import read_container, sync_marker_of, write_container
from infra.codec.envelopes import read_records, value_of
from schemas.published import ENVELOPE, Room, published
from tests.codec.messages import envelope

SYNC = sync_marker_of(b"tests")
(LAYOUT,) = (
    layout
    for layout in layouts(published(Room.UPSTREAM)).values()
    if layout.published.stored_name == ENVELOPE
)
MANY = [envelope(n) for n in range(500)]


@pytest.fixture(params=list(Compression), ids=lambda compression: compression.value)
def compression(request: pytest.FixtureRequest) -> Compression:
    found: Compression = request.param
    return found


@pytest.fixture
def feed(tmp_path: Path, compression: Compression) -> Path:
    path = tmp_path / "feed.avro"
    write_container(path, MANY, SYNC, compression)
    return path


def one(path: Path, **changed: object) -> Incoming:
    """Read back a feed of one envelope with something changed in it."""
    value = {**value_of(envelope()), **changed}
    with path.open("wb") as stream:
        fastavro.writer(stream, LAYOUT.schema, [value], sync_marker=SYNC)
    (incoming,) = read_container(path, 0)
    return incoming


def test_what_was_written_is_read_in_order(feed: Path) -> None:
    found = [(incoming.index, incoming.envelope) for incoming in read_container(feed, 0)]
    assert found == list(enumerate(MANY))


@pytest.mark.parametrize("start", [1, 60, 499])
def test_reading_goes_on_at_any_index(feed: Path, start: int) -> None:
    found = [(incoming.index, incoming.envelope) for incoming in read_container(feed, start)]
    assert found == list(enumerate(MANY))[start:]


def test_reading_from_the_end_yields_nothing(feed: Path) -> None:
    assert list(read_container(feed, len(MANY))) == []


def test_blocks_before_the_start_are_not_decoded(
    feed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    decoded: list[int] = []
    inner = read_records

    def counting(content: bytes, layout: object, count: int) -> object:
        decoded.append(count)
        return inner(content, layout, count)  # type: ignore[arg-type]  # passed through

    monkeypatch.setattr(container, "read_records", counting)
    list(read_container(feed, len(MANY) - 1))
    assert len(decoded) == 1


def test_a_records_raw_bytes_are_its_own(feed: Path) -> None:
    raws = [incoming.raw for incoming in read_container(feed, 0)]
    assert raws[7] == write_object(value_of(MANY[7]), LAYOUT)[HEADER_BYTES:]


def test_the_same_envelopes_give_the_same_bytes(tmp_path: Path, compression: Compression) -> None:
    first, second = tmp_path / "first.avro", tmp_path / "second.avro"
    for path in (first, second):
        write_container(path, MANY, SYNC, compression)
    assert first.read_bytes() == second.read_bytes()


def test_any_avro_reader_reads_a_feed(feed: Path) -> None:
    with feed.open("rb") as stream:
        ids = [record["remote_event_id"] for record in fastavro.reader(stream)]  # type: ignore[call-overload,index]  # a record is a dict
    assert ids == [message.remote_event_id for message in MANY]


def test_a_feed_of_nothing_yields_nothing(tmp_path: Path) -> None:
    path = tmp_path / "empty.avro"
    write_container(path, [], SYNC)
    assert list(read_container(path, 0)) == []


def test_a_sync_marker_of_another_length_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        write_container(tmp_path / "feed.avro", [], b"short")


def test_memory_stays_flat_however_long_the_feed(tmp_path: Path) -> None:
    path = tmp_path / "feed.avro"
    fact = bytes(100_000)
    write_container(path, (envelope(n, fact) for n in range(60)), SYNC)
    tracemalloc.start()
    try:
        places = sum(1 for _ in read_container(path, 0))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (places, peak < path.stat().st_size // 10) == (60, True)


def test_an_envelope_at_every_limit_is_taken(tmp_path: Path) -> None:
    whole = Envelope(
        "s" * limits.SOURCE_CHARS_MAX,
        "e" * limits.REMOTE_ID_CHARS_MAX,
        "c" * limits.REMOTE_ID_CHARS_MAX,
        0,
        (Contact(ContactKind.LINKEDIN, "l" * limits.REMOTE_ID_CHARS_MAX),) * limits.CONTACTS_MAX,
        bytes(limits.FACT_BYTES_MAX),
    )
    write_container(tmp_path / "feed.avro", [whole], SYNC)
    assert [found.envelope for found in read_container(tmp_path / "feed.avro", 0)] == [whole]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("source", "s" * (limits.SOURCE_CHARS_MAX + 1)),
        ("remote_event_id", "e" * (limits.REMOTE_ID_CHARS_MAX + 1)),
        ("remote_candidate_id", "c" * (limits.REMOTE_ID_CHARS_MAX + 1)),
        ("contacts", [{"kind": "email", "value": "e"}] * (limits.CONTACTS_MAX + 1)),
        ("contacts", [{"kind": "email", "value": "e" * (limits.REMOTE_ID_CHARS_MAX + 1)}]),
        ("fact", bytes(limits.FACT_BYTES_MAX + 1)),
    ],
    ids=["source", "event id", "candidate id", "contacts", "contact", "fact"],
)
def test_an_envelope_beyond_a_limit_is_oversize(tmp_path: Path, name: str, value: object) -> None:
    found = one(tmp_path / "feed.avro", **{name: value})
    assert (found.envelope, found.reason) == (None, ParkReason.OVERSIZE)


def test_an_envelope_from_before_1970_is_malformed(tmp_path: Path) -> None:
    found = one(tmp_path / "feed.avro", occurred_at=-1)
    assert (found.envelope, found.reason) == (None, ParkReason.MALFORMED)


def test_what_came_in_prints_its_place_and_its_source_alone(tmp_path: Path) -> None:
    found = one(tmp_path / "feed.avro")
    assert (repr(found), repr(found.envelope)) == (
        "<Incoming 0 envelope>",
        "<Envelope fjordtalent 1767225600000001>",
    )
