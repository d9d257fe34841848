"""Inside the process that dies: the commands an operator gives, over the house of a case.

Each opens the house as a command does, with the restore gate watched, finishes first what an
earlier process left, and anchors the log at its end.
"""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from unittest.mock import patch

import consumers.erasure
import consumers.reading
import consumers.sweep
import infra.house
import infra.views.pages
from consumers.erasure_order import Request
from consumers.groups import people
from domain.calendar import civil_date
from domain.erasure import ErasureReason
from domain.values import Category, ControllerId, Instant, SubjectId
from infra.clock import FixedClock
from infra.footprint import footprint_of
from infra.gate import anchor_log, keep_gate
from infra.house import House, open_house
from infra.intake import ingest_file
from infra.settings import Settings
from infra.sweeping import sweep
from infra.upkeep import upkeep
from infra.views.rebuild import rebuild
from tests.crashes.dying import Last, Watch
from tests.crashes.places import Work
from tests.crashes.plans import Population
from tests.crashes.warm import CONTRACTS, FACTS, UPSTREAM
from tests.examples import numbered


@dataclass(frozen=True, slots=True)
class Victim:
    """A scope to erase."""

    controller: ControllerId
    subject: SubjectId
    category: Category | None
    letter_to: str | None


@dataclass(frozen=True, slots=True)
class Order:
    """What a process is told: the house, the time, the work, and its last passing if it has one.

    ``note`` is where it leaves word of its end; ``errors`` is where an exception goes.
    """

    settings: Settings
    now: Instant
    work: Work
    population: Population
    last: Last | None
    note: Path
    errors: Path
    files: tuple[Path, ...] = ()
    victims: tuple[Victim, ...] = ()


def work(order: Order) -> None:
    """Do the work of an order, or die of it; at its end nothing is closed, only left."""
    sys.stderr = order.errors.open("w")
    watch = Watch(order.last, order.note)
    with _in_pages(order.population), warm_house(order.settings, order.now) as house:
        with watch.over(order.work):
            _WORKS[order.work](house, order)
            anchor_log(house)
        watch.tell()
        os._exit(0)


@contextmanager
def warm_house(settings: Settings, now: Instant) -> Iterator[House]:
    """Open a house without parsing schemas anew, its gate watched as a command watches it."""
    with ExitStack() as stack:
        stack.enter_context(patch.object(infra.house, "FactCodec", lambda: FACTS))
        stack.enter_context(patch.object(infra.house, "UpstreamCodec", lambda: UPSTREAM))
        stack.enter_context(patch.object(infra.house, "contracts", lambda: CONTRACTS))
        house = stack.enter_context(open_house(settings, FixedClock(now)))
        keep_gate(house)
        yield house


@contextmanager
def _in_pages(population: Population) -> Iterator[None]:
    """Make pages small enough that there are many."""
    reading = partial(consumers.reading.pages, size=population.items)
    walking = partial(people, page=population.swept)
    with (
        patch.object(consumers.reading, "pages", reading),
        patch.object(infra.views.pages, "PAGE_ENTRIES", population.entries),
        patch.object(consumers.erasure, "PAGE", population.erased),
        patch.object(consumers.sweep, "people", walking),
    ):
        yield


def _ingest(house: House, order: Order) -> None:
    upkeep(house)
    write_side = house.ingest()
    for path in order.files:
        ingest_file(write_side, path, lambda _tally, _index: None)


def _project(house: House, _order: Order) -> None:
    upkeep(house)
    with house.runner() as runner:
        told = runner.run_once()
    assert [status.failure for status in told] == [None] * len(told)
    for view in house.views:
        rebuild(view, house.store, lambda _progress: None)


def _erase(house: House, order: Order) -> None:
    upkeep(house)
    for controller in dict.fromkeys(victim.controller for victim in order.victims):
        requests = [
            Request(v.subject, v.category, ErasureReason.REQUEST, numbered("user", 1), v.letter_to)
            for v in order.victims
            if v.controller == controller
            and not footprint_of(house, controller, v.subject, v.category).nothing_left
        ]
        house.erasure().erase(controller, requests)


def _sweep(house: House, _order: Order) -> None:
    sweep(house, civil_date(house.clock.now()), house.controllers.values())


_WORKS: dict[Work, Callable[[House, Order], None]] = {
    Work.INGEST: _ingest,
    Work.PROJECTION: _project,
    Work.ERASURE: _erase,
    Work.SWEEP: _sweep,
}
