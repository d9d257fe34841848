"""Following the log: a tail that outlives a restart of PostgreSQL.

The library's subscription ends for good when its connection does. This one keeps only a position:
it listens on a connection of its own, reads what came, and after a loss listens again and reads
on from where it was. LISTEN comes before the read, so nothing falls between them; a notification
that was missed is made up for at the next wait's end.
"""

from collections.abc import Iterator
from contextlib import closing
from threading import Event
from types import TracebackType
from typing import Self

import psycopg
from psycopg.sql import SQL, Identifier

from consumers.ports import LogUnavailable
from domain.fact import Entry
from infra.store.reading import LogReader
from infra.store.recorder import LOG_TABLE

PAGE = 500
"""Facts a page: what a view folds in one transaction."""

WAIT_SECONDS = 1.0
"""How long one wait for news lasts; the lag after a notification is lost."""

BACK_OFF_SECONDS = (0.05, 0.1, 0.2, 0.5, 1.0)
"""Pauses while the database is away; the last one is repeated."""


class Subscription:
    """Pages of the log behind ``after``, as they come. One thread reads; any may stop it."""

    def __init__(self, reader: LogReader, after: int, page: int = PAGE) -> None:
        self.position = after
        self._reader = reader
        self._page = page
        self._listening: psycopg.Connection | None = None
        self._stopped = Event()

    def next_page(self, wait_seconds: float = WAIT_SECONDS) -> list[Entry]:
        """Return the next facts, or none when ``wait_seconds`` passed without news.

        Raises:
            LogUnavailable: the event database is away; the position stands, call again later.
        """
        try:
            listening = self._listen()
            for _ in listening.notifies(timeout=0):
                pass  # told of what is about to be read
            page = self._read() or self._wait(listening, wait_seconds)
        except (psycopg.OperationalError, psycopg.InterfaceError):
            self._hang_up()
            message = "the event database is away"
            raise LogUnavailable(message) from None
        return page

    def __iter__(self) -> Iterator[list[Entry]]:
        """Yield pages until :meth:`stop`; empty ones when nothing came, so a caller can look up.

        While the database is away it pauses and tries again, without end.
        """
        failures = 0
        while not self._stopped.is_set():
            try:
                page = self.next_page()
            except LogUnavailable:
                pause = BACK_OFF_SECONDS[min(failures, len(BACK_OFF_SECONDS) - 1)]
                failures += 1
                self._stopped.wait(pause)
            else:
                failures = 0
                yield page

    def stop(self) -> None:
        """End the iteration after the page or the wait under way."""
        self._stopped.set()

    def close(self) -> None:
        """Stop, and give the listening connection back."""
        self.stop()
        self._hang_up()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _listen(self) -> psycopg.Connection:
        if self._listening is None:
            connection = psycopg.connect(self._reader.database.dsn, autocommit=True)
            connection.execute(SQL("LISTEN {}").format(Identifier(LOG_TABLE)))
            self._listening = connection
        return self._listening

    def _read(self) -> list[Entry]:
        page = self._reader.entries(self.position, self._page)
        if page:
            self.position = page[-1].position
        return page

    def _wait(self, listening: psycopg.Connection, seconds: float) -> list[Entry]:
        """Read after each notification until one brings facts; some tell of facts read before."""
        with closing(listening.notifies(timeout=seconds)) as news:
            for _ in news:
                page = self._read()
                if page or self._stopped.is_set():
                    return page
        return []

    def _hang_up(self) -> None:
        if self._listening is not None:
            self._listening.close()
            self._listening = None
