"""Reads the log page by page for one view, the next page while the present one is folded."""

from collections.abc import Iterator
from concurrent.futures import Executor

from domain.erasure import SubjectErased
from domain.fact import Entry
from projections.view import EntrySource, Page

PAGE_ENTRIES = 5_000
"""Entries a page: one transaction each, some ten megabytes in memory."""

PAGE_ERASURES = 500
"""Ended erasures a page: each may bring all rows of a person into memory."""


def pages(
    source: EntrySource, topics: tuple[str, ...], after: int, reader: Executor
) -> Iterator[Page]:
    """Read from ``after`` to the log's end as it stands; ``reader`` reads one page ahead.

    The position is read before the entries, so a page that is not full holds all up to it.

    Raises:
        LogUnavailable: the log is away.
    """
    ahead = reader.submit(_read, source, topics, after)
    while (page := ahead.result()).end > page.after:
        ahead = reader.submit(_read, source, topics, page.end)
        yield from _split(page)


def _read(source: EntrySource, topics: tuple[str, ...], after: int) -> Page:
    end = source.last_position()
    if end <= after:
        return Page(after, after, ())
    entries = source.entries(after, PAGE_ENTRIES, topics)
    if len(entries) == PAGE_ENTRIES:
        end = entries[-1].position
    elif entries:
        end = max(end, entries[-1].position)
    return Page(after, end, tuple(entries))


def _split(page: Page) -> Iterator[Page]:
    """Cut a page where it ends too many erasures at once."""
    after, part, erasures = page.after, list[Entry](), 0
    for entry in page.entries:
        part.append(entry)
        erasures += type(entry.fact) is SubjectErased
        if erasures == PAGE_ERASURES:
            yield Page(after, entry.position, tuple(part))
            after, part, erasures = entry.position, [], 0
    if page.end > after:
        yield Page(after, page.end, tuple(part))
