"""Rows 5 and 6: people are erased, one at a time and in bulk."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from time import perf_counter

import psycopg

from benchmarks.arrivals import CONTROLLER, SOURCE, histories, people_of
from benchmarks.clockwork import timed
from benchmarks.figures import Figure, Samples, at_least, at_most, rounds_of
from benchmarks.ingesting import pipelined
from benchmarks.site import Site
from consumers.erasure import ErasureProcess
from consumers.erasure_order import Request
from consumers.erasure_ports import Step
from consumers.upstream import Incoming
from domain.erasure import ErasureReason
from domain.keyring import DestroyOrder, Destruction, KeyEpoch, Shredder, SourceRef
from domain.values import Category, ControllerId, SubjectId
from infra.random_ids import random_bytes, random_id

SHORT, LONG = 10, 10_000
"""Facts of the two persons that row 5 compares."""

PEOPLE = 500
"""People erased a round in bulk: five pages."""

ONE = "5 erase one person: T1 is the commit that destroys her keys"
BULK = "6 erase in bulk"

_MS = 1_000.0


@dataclass(slots=True)
class WatchedShredder:
    """A shredder that notes how long its destructions took."""

    shredder: Shredder
    seconds: float = 0.0

    def live_epochs(
        self, controller: ControllerId, subjects: Sequence[SubjectId], category: Category | None
    ) -> list[tuple[KeyEpoch, ...]]:
        """Name live keys, untimed."""
        return self.shredder.live_epochs(controller, subjects, category)

    def destroy(
        self, controller: ControllerId, orders: Sequence[DestroyOrder]
    ) -> list[Destruction]:
        """Destroy, timed."""
        began = perf_counter()
        destroyed = self.shredder.destroy(controller, orders)
        self.seconds += perf_counter() - began
        return destroyed


def measure_erasure(site: Site, rounds: int) -> list[Figure]:
    """Measure rows 5 and 6."""
    one = rounds_of(rounds, lambda number, samples: _one(site, number, samples))
    bulk = rounds_of(rounds, lambda number, samples: _bulk(site, number, samples))
    return [*_one_figures(one), *_bulk_figures(bulk)]


def _one(site: Site, number: int, samples: Samples) -> None:
    short = histories(7_000 + number, 1, range(SHORT))
    long = histories(8_000 + number, 1, range(LONG))
    company = histories(9_000 + number, 200, range(2))
    for name, items in (("short", short), ("company", company), ("long", long)):
        pipelined(site.house.ingest(), items, f"one/{number}/{name}")
    _project(site)
    for name, items in (("short", short), ("long", long)):
        destroyed, whole = _erase_one(site, _subjects(site, items)[0])
        samples.add(f"T1 {name}", destroyed * _MS)
        samples.add(f"whole {name}", whole * _MS)


def _erase_one(site: Site, subject: SubjectId) -> tuple[float, float]:
    """Erase one person; return seconds to the destroying commit and to the end."""
    at: dict[Step, float] = {}

    def reached(step: Step) -> None:
        at[step] = perf_counter()

    process = site.house.erasure(reached)
    with timed() as whole:
        began = perf_counter()
        process.erase(_controller(site), [_request(subject)])
    return at[Step.DESTROYED] - began, whole.seconds


def _bulk(site: Site, number: int, samples: Samples) -> None:
    items = people_of(6_000 + number, PEOPLE)
    pipelined(site.house.ingest(), items, f"bulk/{number}")
    _project(site)
    subjects = _subjects(site, items)
    process, shredder = _watched(site)
    with timed() as took:
        receipts = process.erase(_controller(site), [_request(s) for s in subjects])
    if len(receipts) != PEOPLE:
        message = f"{len(receipts)} people of {PEOPLE} were erased"
        raise AssertionError(message)
    _project(site)
    samples.add("facts", len(items) / PEOPLE)
    samples.add("erased", PEOPLE / took.seconds)
    samples.add("destroyed", PEOPLE / shredder.seconds)
    samples.add("deleted", PEOPLE / _deleted(site))


def _watched(site: Site) -> tuple[ErasureProcess, WatchedShredder]:
    process = site.house.erasure()
    shredder = WatchedShredder(process.doors.shredder)
    return replace(process, doors=replace(process.doors, shredder=shredder)), shredder


def _deleted(site: Site) -> float:
    """Delete as many bare keys, each durably; return the seconds."""
    with psycopg.connect(site.reference_dsn, autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS bare (subject uuid PRIMARY KEY, key bytea)")
        people = [random_id() for _ in range(PEOPLE)]
        with connection.cursor() as cursor, cursor.copy("COPY bare FROM STDIN") as copy:
            for person in people:
                copy.write_row((person, random_bytes(60)))
        with timed() as took:
            for person in people:
                connection.execute("DELETE FROM bare WHERE subject = %s", (person,), prepare=True)
    return took.seconds


def _controller(site: Site) -> ControllerId:
    return site.house.controllers[CONTROLLER]


def _request(subject: SubjectId) -> Request:
    return Request(subject, None, ErasureReason.REQUEST, random_id())


def _project(site: Site) -> None:
    with site.house.runner() as runner:
        runner.run_once()


def _subjects(site: Site, items: Sequence[Incoming]) -> list[SubjectId]:
    """Find the people the items are about."""
    found = []
    for remote_id in dict.fromkeys(i.envelope.remote_candidate_id for i in items if i.envelope):
        ref = SourceRef(SOURCE, remote_id)
        subject = site.house.keyring.find_source(_controller(site), ref)
        assert subject is not None, "she was just taken in"
        found.append(subject)
    return found


def _one_figures(samples: Samples) -> list[Figure]:
    return [
        Figure(ONE, f"T1, {SHORT} facts", samples.median("T1 short"), "ms"),
        Figure(ONE, f"T1, {LONG:,} facts", samples.median("T1 long"), "ms"),
        Figure(ONE, "ratio of the two", samples.ratio("T1 long", "T1 short"), "x", at_most(1.3)),
        Figure(ONE, f"the whole erasure, {SHORT} facts", samples.median("whole short"), "ms"),
        Figure(ONE, f"the whole erasure, {LONG:,} facts", samples.median("whole long"), "ms"),
    ]


def _bulk_figures(samples: Samples) -> list[Figure]:
    facts = samples.median("facts")
    what = f"erasures, order to record, people of {facts:.0f} facts each"
    beside = samples.ratio("erased", "deleted")
    return [
        Figure(BULK, what, samples.median("erased"), "people/s", at_least(1_000)),
        Figure(BULK, "the destruction alone", samples.median("destroyed"), "people/s"),
        Figure(BULK, "bare keys, a durable DELETE each", samples.median("deleted"), "people/s"),
        Figure(BULK, "ratio of erasures to bare deletes", beside, "x"),
    ]
