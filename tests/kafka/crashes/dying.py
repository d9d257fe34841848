"""Inside the process that dies: its places are watched, and one passing is its last."""

import os
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from threading import Lock
from typing import Any
from unittest.mock import patch

from tests.kafka.crashes.places import PLACES, Place, Point, Side


@dataclass(frozen=True, slots=True)
class Last:
    """The passing that does not return; with SIGSTOP it does when somebody says so."""

    point: Point
    passing: int
    how: signal.Signals = signal.SIGKILL


@dataclass
class Watch:
    """Counts passings; ends the process at the last one, leaving a note of where."""

    last: Last | None
    note: Path
    counted: Counter[Point] = field(default_factory=Counter)
    lock: Lock = field(default_factory=Lock)

    def passed(self, point: Point) -> None:
        with self.lock:
            self.counted[point] += 1
            last = self.last
            if last is not None and (last.point, last.passing) == (point, self.counted[point]):
                self.note.write_text(f"{point}, passing {last.passing}")
                os.kill(os.getpid(), last.how)

    @contextmanager
    def over_all(self) -> Iterator[None]:
        """Watch every place."""
        with ExitStack() as stack:
            for place in PLACES:
                watched = _watching(self, place, getattr(place.owner, place.attribute))
                stack.enter_context(patch.object(place.owner, place.attribute, watched))
            yield


def _watching(watch: Watch, place: Place, watched: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(watched)
    def watching(*args: Any, **named: Any) -> Any:  # noqa: ANN401 - any function of the product
        watch.passed(Point(place.name, Side.BEFORE))
        answer = watched(*args, **named)
        watch.passed(Point(place.name, Side.AFTER))
        return answer

    return watching
