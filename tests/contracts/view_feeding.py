"""What the tests of a view feed it: a short life and its end, page by page."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from domain.fact import Entry
from projections.projection import Key, Projection
from projections.view import Page, View
from tests.examples import erased, ordered, registered, section_stated, submitted, uploaded
from tests.fakes.log import MemoryLog
from tests.projections.logs import log_of, page_of

Make = Callable[[Projection[Any]], View]

LIFE = log_of(registered(), section_stated(), submitted(), uploaded())
END = log_of(ordered(), erased(), start=5)
ALL_ROWS = 1_000


class UnfoldableError(Exception):
    """What the fold of a broken projection raises."""


def relevant(projection: Projection[Any], page: Page) -> Page:
    """Keep what a runner would have read for the projection."""
    kept = tuple([e for e in page.entries if type(e.fact) in projection.facts])
    return Page(page.after, page.end, kept)


def feed(view: View, *batches: list[Entry]) -> View:
    """Apply batch after batch."""
    for batch in batches:
        view.apply(relevant(view.projection, page_of(batch)))
    return view


def rows_of(view: View) -> dict[Key, Any]:
    return {row[:2]: row for row in view.scan(None, ALL_ROWS)}


def log_with(*batches: list[Entry]) -> MemoryLog:
    log = MemoryLog()
    log.log = [entry for batch in batches for entry in batch]
    return log


def breaking(projection: Projection[Any], at: int) -> Projection[Any]:
    """Return a projection whose fold fails at a version."""

    def evolve(row: Any, entry: Entry) -> Any:  # noqa: ANN401 - any projection's row
        if entry.version == at:
            raise UnfoldableError
        return projection.evolve(row, entry)

    return replace(projection, evolve=evolve)
