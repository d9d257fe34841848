"""One view's way along the log, supervised: a failure is kept, told and tried again.

A failure is an outage (the log or the view's database is away: tried again with a back-off, for
hours) or a defect (anything else: tried again a few times, then the lane halts until it is
restarted). The back-off is counted in turns of the runner, not in seconds.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum

from consumers.ports import LogUnavailable
from infra.views.pages import pages
from projections.view import EntrySource, View, ViewFenced, ViewUnavailable

OUTAGES_MAX = 2_000
"""Failed attempts in a row while something is away: some seven hours of the longest back-off."""

DEFECTS_MAX = 5
"""Failed attempts in a row for any other reason: the same fact will fail again."""

BACKOFF_TURNS_MAX = 64
"""Turns skipped at most between two attempts; 13 seconds at five turns a second."""

_OUTAGES = (ViewUnavailable, ViewFenced, LogUnavailable)


class LaneState(StrEnum):
    """Whether a view follows the log."""

    FOLLOWING = "following"
    FAILING = "failing"
    HALTED = "halted"


@dataclass(frozen=True, slots=True)
class LaneStatus:
    """Where a view stands.

    ``lag`` is in positions. ``failure`` is the class of the last error since the last success;
    ``failures`` counts them. Never an error's text.
    """

    view: str
    state: LaneState
    position: int
    lag: int
    folded: int
    failures: int
    failure: str | None


class Lane:
    """A view, the log it follows, and two threads: one reads ahead, one folds."""

    def __init__(self, view: View, source: EntrySource) -> None:
        self._view = view
        self._source = source
        name = view.projection.name
        self._reader = ThreadPoolExecutor(1, thread_name_prefix=f"read-{name}")
        self._folder = ThreadPoolExecutor(1, thread_name_prefix=f"fold-{name}")
        self._attempt: Future[None] | None = None
        self._position = 0
        self._end = 0
        self._folded = 0
        self._failures = 0
        self._failure: BaseException | None = None
        self._skip = 0

    def turn(self, stopping: Callable[[], bool]) -> None:
        """Settle the attempt under way if it ended, and begin another if one is due."""
        if self._attempt is not None and not self._attempt.done():
            return
        self._settle()
        if self.state is LaneState.HALTED:
            return
        if self._skip > 0:
            self._skip -= 1
            return
        self._attempt = self._folder.submit(self._follow, stopping)

    def wait(self) -> None:
        """Wait for the attempt under way and settle it."""
        if self._attempt is not None:
            self._attempt.exception()
        self._settle()

    def close(self) -> None:
        """Wait for the attempt under way and end the threads."""
        self.wait()
        self._folder.shutdown()
        self._reader.shutdown()

    @property
    def state(self) -> LaneState:
        """Whether the lane follows, fails or has halted."""
        failure = self._failure
        if failure is None:
            return LaneState.FOLLOWING
        patience = OUTAGES_MAX if isinstance(failure, _OUTAGES) else DEFECTS_MAX
        return LaneState.HALTED if self._failures >= patience else LaneState.FAILING

    def status(self) -> LaneStatus:
        """Tell where the lane stands, from memory: also while a database is away."""
        failure = self._failure
        return LaneStatus(
            view=self._view.projection.name,
            state=self.state,
            position=self._position,
            lag=max(0, self._end - self._position),
            folded=self._folded,
            failures=self._failures,
            failure=None if failure is None else type(failure).__name__,
        )

    def _follow(self, stopping: Callable[[], bool]) -> None:
        self._position = self._view.position()
        self._end = self._source.last_position()
        topics = self._view.projection.topics
        for page in pages(self._source, topics, self._position, self._reader):
            if stopping():
                return
            self._view.apply(page)
            self._position = page.end
            self._end = max(self._end, page.end)
            self._folded += len(page.entries)
            self._failure, self._failures = None, 0

    def _settle(self) -> None:
        if self._attempt is None:
            return
        failure = self._attempt.exception()
        self._attempt = None
        if failure is None:
            self._failure, self._failures = None, 0
            return
        self._failure = failure
        self._failures += 1
        self._skip = min(2 ** (self._failures - 1), BACKOFF_TURNS_MAX)
