"""Feeds every view from the log: until its end, or for as long as the house runs.

The log is polled, so a restart of the database costs one failed attempt and not the subscription.
Each view has a lane of its own: one that fails or falls behind holds up no other.
"""

from collections.abc import Sequence
from typing import Protocol, Self

from infra.views.lane import Lane, LaneState, LaneStatus
from projections.view import EntrySource, View

TURN_SECONDS = 0.2
"""How long a new fact may wait to be seen; each turn asks each view's position once."""


class Stop(Protocol):
    """Says when to stop, as :class:`threading.Event` does."""

    def is_set(self) -> bool:
        """Say whether to stop."""
        ...

    def wait(self, timeout: float) -> bool:
        """Wait for so many seconds or until told to stop; say whether that was it."""
        ...


class Runner:
    """The lanes of all views. Use as a context manager, or close it."""

    def __init__(self, source: EntrySource, views: Sequence[View]) -> None:
        self._lanes = [Lane(view, source) for view in views]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def run_once(self) -> tuple[LaneStatus, ...]:
        """Fold every view to the log's end as it stands, one after the other.

        A view that fails is told in its status (``failure``) and does not stop the others.
        """
        for lane in self._lanes:
            lane.turn(_never)
            lane.wait()
        return self.status()

    def run(self, stop: Stop, turn_seconds: float = TURN_SECONDS) -> None:
        """Follow the log until ``stop`` is set or every lane has halted."""
        while not stop.is_set() and any(s.state is not LaneState.HALTED for s in self.status()):
            for lane in self._lanes:
                lane.turn(stop.is_set)
            stop.wait(turn_seconds)
        for lane in self._lanes:
            lane.wait()

    def status(self) -> tuple[LaneStatus, ...]:
        """Tell where each view stands."""
        return tuple(lane.status() for lane in self._lanes)

    def close(self) -> None:
        """Wait for what is under way and end the threads."""
        for lane in self._lanes:
            lane.close()


def _never() -> bool:
    return False
