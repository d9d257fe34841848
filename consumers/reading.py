"""Drives a stream of incoming items through units of work, page after page.

While one page commits, the next is decoded and sealed in a second thread: the database's waiting
and our own work overlap. Order is kept; at most one page is ahead.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from consumers.ingest import PAGE, Ingest, Prepared, Span
from consumers.tally import Tally
from consumers.upstream import Incoming

PAGE_BYTES = 8 * 1024 * 1024
"""Payload bytes after which a page is closed early, so that memory stays flat."""


@dataclass(frozen=True, slots=True)
class Place:
    """A named position: ``name`` advances, ``origin`` names the content whatever the pass."""

    name: str
    origin: str
    start: int


Report = Callable[[Tally, int], None]
"""Told the counts so far and the next index after every committed page."""


def pages(items: Iterator[Incoming], size: int = PAGE) -> Iterator[list[Incoming]]:
    """Cut a stream into pages of at most ``size`` items and about :data:`PAGE_BYTES` bytes."""
    page: list[Incoming] = []
    weight = 0
    for item in items:
        page.append(item)
        weight += len(item.raw) if item.envelope is None else len(item.envelope.fact)
        if len(page) >= size or weight >= PAGE_BYTES:
            yield page
            page, weight = [], 0
    if page:
        yield page


def read_all(ingest: Ingest, items: Iterator[Incoming], place: Place, report: Report) -> Tally:
    """Take in every item after ``place.start``; return the counts of this reading.

    Raises:
        PositionFenced: another reader holds the position.
        LogUnavailable, KeyUnavailable: a database is away; what was committed stays, and the
            same call later goes on from there.
    """
    total = Tally()
    at = place.start
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="prepare") as worker:
        source = pages(items)
        ahead = worker.submit(_next, ingest, source)
        while (prepared := ahead.result()) is not None:
            ahead = worker.submit(_next, ingest, source)
            at = _commit(ingest, prepared, Place(place.name, place.origin, at), total, ahead)
            report(total, at)
    return total


def _next(ingest: Ingest, source: Iterator[Sequence[Incoming]]) -> Prepared | None:
    page = next(source, None)
    return None if page is None else ingest.prepare(page)


def _commit(
    ingest: Ingest,
    prepared: Prepared,
    place: Place,
    total: Tally,
    ahead: "Future[Prepared | None]",
) -> int:
    """Commit a page; when that fails, let the page ahead end before the error leaves."""
    end = prepared.items[-1].index + 1
    try:
        total.add(ingest.commit(prepared, Span(place.name, place.origin, place.start, end)))
    except BaseException:
        ahead.cancel()
        raise
    return end
