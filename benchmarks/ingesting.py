"""Rows 1 to 3: facts come in, from the look-up of their people to the commit."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from time import perf_counter

import psycopg
from psycopg.rows import TupleRow

from benchmarks import library
from benchmarks.arrivals import histories, natural
from benchmarks.clockwork import timed
from benchmarks.figures import Figure, Samples, at_least, rounds_of
from benchmarks.site import Site
from consumers.ingest import Ingest, Span
from consumers.intake import Intake, Reception
from consumers.ports import Appended, Batch, Loaded, Log
from consumers.reading import Place, pages, read_all
from consumers.tally import Tally
from consumers.upstream import Incoming
from domain.values import ControllerId, FactId, Instant, SubjectId

FACTS = 10_000
"""Facts of new people a round: twenty pages."""

SINGLES = 5_000
"""People of one fact each, a round."""

SAVES = 1_500
"""Messages the library saves a round: it takes about as long as our ten thousand."""

PEOPLE = 500
"""People with a history, a round."""

EARLIER = 40
"""Facts they have when the facts that count come in."""

LATER = 10
"""Facts of each that count."""

NEW = "1 ingest: new people, pages of 500, look-up to commit"
KNOWN = "2 ingest: people with 40 earlier facts"
APPEND = "3 append: facts, heads, inbox, chain and position in one transaction"

_COPY = "COPY bench_copy FROM STDIN (FORMAT BINARY)"
_COLUMNS = "originator_id, originator_version, topic, state, notification_id"


@dataclass(slots=True)
class WatchedLog:
    """A log that notes how long its appends took."""

    log: Log
    seconds: float = 0.0
    sizes: list[int] = field(default_factory=list)

    def load(
        self, controller: ControllerId, subjects: Sequence[SubjectId], fact_ids: Sequence[FactId]
    ) -> Loaded:
        """Load, untimed."""
        return self.log.load(controller, subjects, fact_ids)

    def append(self, batch: Batch) -> Appended:
        """Append, timed."""
        began = perf_counter()
        appended = self.log.append(batch)
        self.seconds += perf_counter() - began
        self.sizes.append(sum(len(recording.facts) for recording in batch.recordings))
        return appended

    def position(self, name: str) -> int:
        """Read a position, untimed."""
        return self.log.position(name)


@dataclass(frozen=True, slots=True)
class WatchedReception(Reception):
    """A reception that notes how long decoding and translating took, in ``spent``."""

    spent: list[float]

    def take_in(self, page: Sequence[Incoming], now: Instant) -> Intake:
        """Take in, timed."""
        began = perf_counter()
        intake = Reception.take_in(self, page, now)
        self.spent.append(perf_counter() - began)
        return intake


@dataclass(frozen=True, slots=True)
class Watched:
    """A write side whose decoding and appending are timed apart from the rest."""

    ingest: Ingest
    log: WatchedLog
    decoding: list[float]


def watched(site: Site) -> Watched:
    """Make a watched write side."""
    plain, decoding = site.house.ingest(), list[float]()
    r, log = plain.reception, WatchedLog(site.house.store)
    reception = WatchedReception(r.sources, r.decode, r.contracts, r.identifier, decoding)
    ingest = replace(plain, reception=reception, desk=replace(plain.desk, log=log))
    return Watched(ingest, log, decoding)


def measure_ingest(site: Site, rounds: int) -> list[Figure]:
    """Measure rows 1, 2 and 3."""
    environment = site.reference_environment(library.new_key())
    with library.Agency(env=environment) as agency:
        new = rounds_of(rounds, lambda number, samples: _new(site, agency, number, samples))
    known = rounds_of(rounds, lambda number, samples: _known(site, number, samples))
    return [*_new_figures(new), *_known_figures(known), *_append_figures(new)]


def page_by_page(ingest: Ingest, items: Sequence[Incoming], name: str) -> Tally:
    """Take items in, one page after another, nothing overlapping."""
    tally = Tally()
    for page in pages(iter(items)):
        span = Span(name, name, page[0].index, page[-1].index + 1)
        tally.add(ingest.commit(ingest.prepare(page), span))
    return tally


def pipelined(ingest: Ingest, items: Sequence[Incoming], name: str) -> Tally:
    """Take items in as every reader does, the next page prepared while one commits."""
    return read_all(ingest, iter(items), Place(name, name, 0), lambda _tally, _at: None)


def _new(site: Site, agency: library.Agency, number: int, samples: Samples) -> None:
    items = natural(number, FACTS)
    saved = library.messages(items[:SAVES])
    side = watched(site)
    log = side.log
    first = site.house.store.last_position()
    with timed() as ours:
        tally = page_by_page(side.ingest, items, f"new/{number}")
    _expect(tally, FACTS)
    with timed() as theirs:
        library.save_each(agency, saved)
    samples.add("natural", FACTS / (ours.seconds - sum(side.decoding)))
    samples.add("decoded", FACTS / ours.seconds)
    samples.add("library", SAVES / theirs.seconds)
    samples.add("people", tally.people)
    samples.add("append", sum(log.sizes) / log.seconds)
    samples.add("copy", sum(log.sizes) / _copied(site, first, log.sizes))
    _variants(site, number, samples)


def _variants(site: Site, number: int, samples: Samples) -> None:
    """Measure the mixes and the ways that stand beside the row."""
    people = histories(1_000 + number, SINGLES, range(1))
    side = watched(site)
    with timed() as singles:
        tally = page_by_page(side.ingest, people, f"singles/{number}")
    _expect(tally, SINGLES)
    samples.add("singles", SINGLES / (singles.seconds - sum(side.decoding)))
    items = natural(2_000 + number, FACTS)
    with timed() as ahead:
        tally = pipelined(site.house.ingest(), items, f"ahead/{number}")
    _expect(tally, FACTS)
    samples.add("ahead", FACTS / ahead.seconds)


def _known(site: Site, number: int, samples: Samples) -> None:
    """Give the same people facts when they have none, forty, and fifty."""
    facts = PEOPLE * LATER
    house, base = site.house, 3_000 + number
    begin = histories(base, PEOPLE, range(LATER))
    with timed() as none:
        tally = page_by_page(house.ingest(), begin, f"known/{number}/none")
    _expect(tally, facts)
    pipelined(house.ingest(), histories(base, PEOPLE, range(LATER, EARLIER)), f"k/{number}")
    later = histories(base, PEOPLE, range(EARLIER, EARLIER + LATER))
    with timed() as forty:
        tally = page_by_page(house.ingest(), later, f"known/{number}/forty")
    _expect(tally, facts)
    more = histories(base, PEOPLE, range(EARLIER + LATER, EARLIER + 3 * LATER))
    with timed() as ahead:
        tally = pipelined(house.ingest(), more, f"known/{number}/ahead")
    _expect(tally, 2 * facts)
    samples.add("none", facts / none.seconds)
    samples.add("forty", facts / forty.seconds)
    samples.add("ahead", 2 * facts / ahead.seconds)


def _expect(tally: Tally, facts: int) -> None:
    """Refuse a figure of anything but recorded facts."""
    if tally.recorded != facts:
        message = f"{tally.recorded} facts of {facts} were recorded"
        raise AssertionError(message)


def _copied(site: Site, after: int, sizes: Sequence[int]) -> float:
    """Copy the very rows a round appended into a table like the log; return the seconds."""
    with psycopg.connect(site.house.store.database.dsn, autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS bench_copy")
        connection.execute("CREATE TABLE bench_copy (LIKE fact_log INCLUDING ALL)")
        rows = connection.execute(
            f"SELECT {_COLUMNS} FROM fact_log WHERE notification_id > %s"  # noqa: S608 - constants
            " ORDER BY notification_id",
            (after,),
            binary=True,
        ).fetchall()
        with timed() as took:
            _copy_pages(connection, rows, sizes)
        connection.execute("DROP TABLE bench_copy")
    return took.seconds


def _copy_pages(
    connection: psycopg.Connection[TupleRow], rows: Sequence[TupleRow], sizes: Sequence[int]
) -> None:
    at = 0
    for size in sizes:
        with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
            copy.set_types(("uuid", "int8", "text", "bytea", "int8"))
            for row in rows[at : at + size]:
                copy.write_row(row)
        at += size


def _new_figures(samples: Samples) -> list[Figure]:
    mix = f"{FACTS:,} facts of {samples.median('people'):.0f} new people, the feeds' own mix"
    return [
        Figure(NEW, mix, samples.median("natural"), "facts/s", at_least(18_000)),
        Figure(
            NEW,
            "the library, one save a message, AES cipher, no look-up",
            samples.median("library"),
            "facts/s",
        ),
        Figure(NEW, "ratio of the two", samples.ratio("natural", "library"), "x", at_least(15)),
        Figure(
            NEW,
            "hardest mix: one fact a person, each with two contacts",
            samples.median("singles"),
            "facts/s",
        ),
        Figure(NEW, "ratio of the hardest mix", samples.ratio("singles", "library"), "x"),
        Figure(NEW, "the same mix, decoding too", samples.median("decoded"), "facts/s"),
        Figure(NEW, "the same, pipelined", samples.median("ahead"), "facts/s"),
    ]


def _known_figures(samples: Samples) -> list[Figure]:
    beside = samples.ratio("forty", "none")
    return [
        Figure(KNOWN, "page after page", samples.median("forty"), "facts/s", at_least(12_000)),
        Figure(KNOWN, "the same people with none", samples.median("none"), "facts/s"),
        Figure(KNOWN, "ratio of the two", beside, "x", at_least(0.75)),
        Figure(
            KNOWN,
            "pipelined, at 50 to 69 earlier facts",
            samples.median("ahead"),
            "facts/s",
            at_least(20_000),
        ),
    ]


def _append_figures(samples: Samples) -> list[Figure]:
    beside = samples.ratio("append", "copy")
    return [
        Figure(APPEND, "append of decided batches", samples.median("append"), "facts/s"),
        Figure(APPEND, "binary COPY of the same log rows", samples.median("copy"), "facts/s"),
        Figure(APPEND, "ratio of the two", beside, "x", at_least(0.3)),
    ]
