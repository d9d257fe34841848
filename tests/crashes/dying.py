"""Inside the process that dies: its places are watched, and one passing is its last."""

import json
import os
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from threading import Lock
from typing import Any
from unittest.mock import patch

from tests.crashes.places import PLACES, Place, Point, Side, Work


@dataclass(frozen=True, slots=True)
class Last:
    """The passing that does not return."""

    point: Point
    passing: int


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
            if self.last == Last(point, self.counted[point]):
                self.note.write_text(f"{point}, passing {self.counted[point]}\n")
                os.kill(os.getpid(), signal.SIGKILL)

    def tell(self) -> None:
        """Write down what was counted, for whoever plans a kill."""
        counted = {str(point): count for point, count in self.counted.items()}
        self.note.write_text(json.dumps(counted))

    def over(self, work: Work) -> AbstractContextManager[None]:
        """Watch the places of a work."""
        return _watched(self, work)


@contextmanager
def _watched(watch: Watch, work: Work) -> Iterator[None]:
    with ExitStack() as stack:
        for place in PLACES[work]:
            watching = _watching(watch, place, getattr(place.owner, place.attribute))
            stack.enter_context(patch.object(place.owner, place.attribute, watching))
        yield


def _watching(watch: Watch, place: Place, watched: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(watched)
    def watching(*args: Any, **named: Any) -> Any:  # noqa: ANN401 - any function of the product
        if not place.only(*args, **named):
            return watched(*args, **named)
        watch.passed(Point(place.name, Side.BEFORE))
        answer = watched(*args, **named)
        watch.passed(Point(place.name, Side.AFTER))
        return answer

    return watching
