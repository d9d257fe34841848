"""The ground of every case: a house in known states, and processes that die in it.

States are reached by processes that nobody kills, one after the other, once a test run:
founded, begun (one file read, one person of it erased), then read, projected, and erased or swept.
A case is put in the state its work starts from; the state that follows is what it must come to.
"""

import json
import multiprocessing
import signal
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from shutil import copytree, rmtree

import psycopg
from psycopg.conninfo import make_conninfo

from domain.values import Instant
from infra.clock import FixedClock
from infra.embedded.cluster import Cluster
from infra.embedded.databases import Database, create_database, create_role
from infra.feeds.write import write_feeds
from infra.foundation import found_house
from infra.house import House
from infra.settings import Settings
from tests.crashes.dumps import Dump, database_of, dump, restore
from tests.crashes.dying import Last
from tests.crashes.evidence import Evidence, evidence_of
from tests.crashes.places import Work
from tests.crashes.plans import A_DAY_AND_AN_HOUR, Kill, Plan, Population
from tests.crashes.victims import first_victim, victims
from tests.crashes.working import Order, Victim, warm_house, work
from tests.proof.houses import settings_of

START: Instant = 1_796_212_800_000_000
"""Noon, 2 December 2026, UTC: after the last fact of the feeds."""

_FEEDS = ("aktiv-bemanning.recman", "backerskeie", "express")
"""Whose feeds are read: one is delivered twice, and all that retention does happens to someone."""

_WENT_THROUGH = "went through"
_PASSWORD = "for-tests-alone"  # noqa: S105 - the cluster lives as long as the test run
_PATIENCE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Ended:
    """How a process ended: where it was killed, or what it counted when it was not."""

    killed_at: str | None
    counted: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class State:
    """A house as a work leaves it that nobody kills.

    ``rows`` are its databases', ``beside`` keeps its files. ``counted`` says how often each point
    was passed on the way, ``victims`` whom an erasure from here is about.
    """

    rows: tuple[Dump, Dump]
    beside: Path
    counted: Mapping[str, int]
    evidence: Evidence
    victims: tuple[Victim, ...]


@dataclass(frozen=True, slots=True)
class Recovered:
    """A house that was killed and put right; ``history`` says where each process ended."""

    house: House
    history: tuple[str, ...]


class Ground:
    """One house on one cluster, put in this state and that."""

    def __init__(self, cluster: Cluster, folder: Path) -> None:
        self._cluster = cluster
        self._folder = folder
        self._settings = self._found()
        self._states: dict[tuple[Work | None, Population], State] = {}
        self._processes = multiprocessing.get_context("forkserver")
        self._processes.set_forkserver_preload(["__main__", "tests.crashes.working"])
        self._founded = self._state({})

    def after(self, done: Work | None, population: Population) -> State:
        """Return the state in which a work leaves the house when nobody is killed."""
        key = (done, population)
        if key not in self._states:
            self._states[key] = self._reached(done, population)
        return self._states[key]

    @contextmanager
    def recovered(self, plan: Plan) -> Iterator[Recovered]:
        """Do a plan's work, killed as it says, then again until nobody kills it; open the house."""
        now, history = START, list[str]()
        start = self.after(_BEFORE[plan.work], plan.population)
        order = self._order(plan.work, plan.population, start.victims)
        lasts = self._lasts(plan)
        self._put(start)
        for last in (*lasts, None):
            now += plan.pause
            history.append(
                self._run(replace(order, now=now, last=last)).killed_at or "went through"
            )
        with self._opened(now) as house:
            yield Recovered(house, tuple(history))

    @contextmanager
    def given_up(self, plan: Plan) -> Iterator[Recovered]:
        """Ingest, killed as a plan says, and never again: a day later the house is looked after."""
        order = self._order(plan.work, plan.population, ())
        first, *_ = self._lasts(plan)
        self._put(self.after(None, plan.population))
        ended = self._run(replace(order, last=first))
        self._run(replace(order, files=(), now=START + A_DAY_AND_AN_HOUR))
        with self._opened(START + A_DAY_AND_AN_HOUR) as house:
            yield Recovered(house, (ended.killed_at or _WENT_THROUGH,))

    def _lasts(self, plan: Plan) -> list[Last]:
        counted = self.after(plan.work, plan.population).counted
        return [_last(kill, counted) for kill in (plan.first, *plan.again)]

    def _found(self) -> Settings:
        urls: list[str] = []
        with psycopg.connect(self._cluster.superuser_dsn(), autocommit=True) as connection:
            for kind in ("events", "keys"):
                database = Database(f"crash_{kind}", f"crash_{kind}")
                create_role(connection, database.role, _PASSWORD)
                create_database(connection, database)
                dsn = self._cluster.superuser_dsn(database.name)
                urls.append(make_conninfo(dsn, user=database.role, password=_PASSWORD))
        settings = settings_of(urls[0], urls[1], self._folder / "house")
        found_house(settings, FixedClock(START))
        return settings

    def _begun(self, population: Population) -> State:
        self._put(self._founded)
        order = self._order(Work.INGEST, population, ())
        self._run(replace(order, files=order.files[:1]))
        with self._opened(START) as house:
            erased = first_victim(house)
        self._run(self._order(Work.ERASURE, population, (erased,)))
        return self._state({})

    def _reached(self, done: Work | None, population: Population) -> State:
        return self._begun(population) if done is None else self._done(done, population)

    def _done(self, done: Work, population: Population) -> State:
        start = self.after(_BEFORE[done], population)
        self._put(start)
        ended = self._run(self._order(done, population, start.victims))
        return self._state(ended.counted)

    def _state(self, counted: Mapping[str, int]) -> State:
        """Take down the state in which the house is now."""
        with self._opened(START) as house:
            evidence, told = evidence_of(house), victims(house)
        events, keys = [dump(dsn) for dsn in self._superuser_dsns()]
        beside = self._folder / f"state-{len(self._states)}-{len(list(self._folder.iterdir()))}"
        copytree(self._settings.home.parent, beside)
        return State((events, keys), beside, counted, evidence, told)

    def _put(self, state: State) -> None:
        """Put the house in a state; whatever happened to it since is gone."""
        for dsn, rows in zip(self._superuser_dsns(), state.rows, strict=True):
            restore(dsn, rows)
        rmtree(self._settings.home.parent)
        copytree(state.beside, self._settings.home.parent)

    def _superuser_dsns(self) -> list[str]:
        urls = self._settings.databases
        assert urls is not None
        return [self._cluster.superuser_dsn(database_of(dsn)) for dsn in (urls.events, urls.keys)]

    def _opened(self, now: Instant) -> AbstractContextManager[House]:
        return warm_house(self._settings, now)

    def _order(self, work: Work, population: Population, told: tuple[Victim, ...]) -> Order:
        return Order(
            settings=self._settings,
            now=START,
            work=work,
            population=population,
            last=None,
            note=self._folder / "note",
            errors=self._folder / "errors",
            files=self._files(population),
            victims=told,
        )

    def _files(self, population: Population) -> tuple[Path, ...]:
        folder = self._folder / f"feeds-{population.label}"
        if not folder.exists():
            write_feeds(population.candidates, population.feed_seed, folder)
        listed = json.loads((folder / "manifest.json").read_text())["files"]
        return tuple([folder / f["file"] for f in listed if f["file"].startswith(_FEEDS)])

    def _run(self, order: Order) -> Ended:
        """Run an order in a process of its own.

        Raises:
            AssertionError: it failed, or hangs; neither is a kill.
        """
        process = self._processes.Process(target=work, args=(order,))
        process.start()
        process.join(_PATIENCE_SECONDS)
        if process.exitcode is None:
            process.kill()
            process.join()
            message = f"{order.work} still ran after {_PATIENCE_SECONDS} seconds"
            raise AssertionError(message)
        if process.exitcode not in {0, -signal.SIGKILL}:
            raise AssertionError(order.errors.read_text())
        told = order.note.read_text()
        if process.exitcode == 0:
            return Ended(None, json.loads(told))
        return Ended(told.strip(), {})


_BEFORE: Mapping[Work, Work | None] = {
    Work.INGEST: None,
    Work.PROJECTION: Work.INGEST,
    Work.ERASURE: Work.PROJECTION,
    Work.SWEEP: Work.PROJECTION,
}


def _last(kill: Kill, counted: Mapping[str, int]) -> Last:
    return Last(kill.point, kill.passing(counted.get(str(kill.point), 0)))
