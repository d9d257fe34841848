"""A stream is read page after page, one ahead; it resumes where it was, and can be read again."""

from collections.abc import Iterator
from pathlib import Path
from threading import Event, current_thread, main_thread

import pytest

from consumers.ingest import PAGE
from consumers.ports import Batch, ParkReason, PositionFenced
from consumers.reading import PAGE_BYTES, Place, pages, read_all
from consumers.tally import Tally
from consumers.upstream import Incoming
from infra.codec.container import sync_marker_of, write_container
from infra.intake import FileReading, ingest_file
from tests.consumers.feed import Feed
from tests.consumers.side import Crash, Side

PLACE = Place("feed/1", "feed", 0)


def silent(_tally: Tally, _index: int) -> None:
    return None


def many(count: int) -> Feed:
    feed = Feed()
    for n in range(count):
        feed.tell(f"r-{n % 5}")
    return feed


def file_of(folder: Path, feed: Feed) -> Path:
    path = folder / "feed.avro"
    envelopes = [item.envelope for item in feed.items if item.envelope is not None]
    write_container(path, envelopes, sync_marker_of(b"test"))
    return path


def ingest(side: Side, path: Path) -> FileReading:
    return ingest_file(side.ingest, path, silent)


def test_a_page_holds_a_bounded_number_of_items() -> None:
    sizes = [len(page) for page in pages(iter(many(PAGE + 1).items))]
    assert sizes == [PAGE, 1]


def test_a_page_holds_a_bounded_number_of_bytes() -> None:
    big = Incoming(0, None, ParkReason.MALFORMED, bytes(PAGE_BYTES))
    assert [len(page) for page in pages(iter([big, big, big]))] == [1, 1, 1]


def test_the_whole_stream_is_read_in_order(side: Side) -> None:
    feed = many(PAGE * 2 + 7)
    tally = read_all(side.ingest, iter(feed.items), PLACE, silent)
    assert (tally.read, tally.recorded) == (len(feed.items), len(feed.items))
    per_person = [e.stamp.occurred_at for e in side.log.stream(side.person("r-1"))]
    assert per_person == sorted(per_person)


def test_the_next_page_is_prepared_while_one_commits(side: Side) -> None:
    """Guard: one page ahead, in another thread; without it the commit would wait for ever."""
    prepared = Event()
    feed = many(PAGE * 2)

    def items() -> Iterator[Incoming]:
        yield from feed.items[:-1]
        prepared.set()
        yield feed.items[-1]

    def wait_for_the_next(_batch: Batch) -> None:
        assert current_thread() is main_thread()
        assert prepared.wait(10)

    side.log.before = [wait_for_the_next]
    assert read_all(side.ingest, items(), PLACE, silent).recorded == PAGE * 2


def test_progress_is_told_after_each_committed_page(side: Side) -> None:
    told: list[tuple[int, int]] = []
    feed = many(PAGE + 3)
    read_all(side.ingest, iter(feed.items), PLACE, lambda t, i: told.append((t.recorded, i)))
    assert told == [(PAGE, PAGE), (PAGE + 3, PAGE + 3)]


def test_a_reading_cut_short_goes_on_where_it_was(side: Side, tmp_path: Path) -> None:
    path = file_of(tmp_path, many(PAGE + 20))

    def cut(_batch: Batch) -> None:
        raise Crash

    side.log.after = [lambda _batch: None, cut]
    with pytest.raises(Crash):
        ingest(side, path)
    reading = ingest(side, path)
    assert (reading.reading, reading.resumed_at) == (1, PAGE + 20)
    assert reading.tally == Tally()
    assert len(side.log.batches[0].inbox) + len(side.log.batches[1].inbox) == PAGE + 20


def test_a_reading_cut_before_a_commit_does_the_page_again(side: Side, tmp_path: Path) -> None:
    path = file_of(tmp_path, many(PAGE + 20))

    def cut(_batch: Batch) -> None:
        raise Crash

    side.log.before = [lambda _batch: None, cut]
    with pytest.raises(Crash):
        ingest(side, path)
    reading = ingest(side, path)
    assert (reading.resumed_at, reading.tally.recorded) == (PAGE, 20)


def test_people_are_counted_once_over_a_reading_cut_short(side: Side, tmp_path: Path) -> None:
    """Guard: people are counted from the stream's first fact, not from the key opening."""
    path = file_of(tmp_path, many(5))

    def cut(_batch: Batch) -> None:
        raise Crash

    side.log.before = [cut]
    with pytest.raises(Crash):
        ingest(side, path)
    assert ingest(side, path).tally.people == 5


def test_a_file_read_to_its_end_is_read_again_as_a_new_pass(side: Side, tmp_path: Path) -> None:
    path = file_of(tmp_path, many(7))
    ingest(side, path)
    again = ingest(side, path)
    assert (again.reading, again.resumed_at, again.tally.duplicate) == (2, 0, 7)


def test_what_is_parked_is_parked_once_in_two_passes(side: Side, tmp_path: Path) -> None:
    feed = many(3)
    feed.tell("")
    path = file_of(tmp_path, feed)
    ingest(side, path)
    assert ingest(side, path).tally.parked == {"missing_id": 1}
    assert len(side.log.parked) == 1


def test_a_renamed_file_is_the_same_content(side: Side, tmp_path: Path) -> None:
    path = file_of(tmp_path, many(3))
    ingest(side, path)
    moved = path.rename(tmp_path / "other.avro")
    assert ingest(side, moved).reading == 2


def test_an_empty_feed_is_read(side: Side, tmp_path: Path) -> None:
    assert ingest(side, file_of(tmp_path, Feed())).tally == Tally()


def test_two_readers_of_one_file_are_fenced(side: Side, tmp_path: Path) -> None:
    """Guard: the position's compare-and-set; the loser is told and nothing is doubled."""
    path = file_of(tmp_path, many(5))
    side.log.before = [lambda _batch: _read(side, path)]
    with pytest.raises(PositionFenced):
        ingest(side, path)
    assert len([e for e in side.log.log if e.fact.TOPIC == "candidate.registered"]) == 5


def _read(side: Side, path: Path) -> None:
    assert ingest(side, path).tally.recorded == 5


def test_an_error_while_the_next_page_is_read_leaves_what_was_committed(side: Side) -> None:
    feed = many(PAGE)

    def broken() -> Iterator[Incoming]:
        yield from feed.items
        raise OSError

    with pytest.raises(OSError):  # noqa: PT011 - the reader's own, unchanged
        read_all(side.ingest, broken(), PLACE, silent)
    assert side.log.position("feed/1") in {0, PAGE}
