"""A life under construction: what one source will say of one person, and when.

The chapters of a life are drawn one after another, each on its own clock; :meth:`Life.told` lays
them into one order and into the window. No two facts of a life occur in the same millisecond, and
none after the window's end.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple

from domain.application import ApplicationKind, Stage, Status
from domain.keyring import Contact
from domain.values import Instant, instant_of
from infra.feeds.habits import Habit
from infra.feeds.roster import Subject
from infra.feeds.sections import Voice

WINDOW_START: Instant = instant_of(datetime(2025, 1, 1, tzinfo=UTC))
WINDOW_END: Instant = instant_of(datetime(2026, 10, 31, tzinfo=UTC))

DAY = 86_400.0
"""Seconds."""

_ARRIVALS_SHARE = 0.75
_LAG_DAYS = 30
_MILLISECOND = 1_000
_SECOND = 1_000_000
_SHORTEST = DAY / 24


class Step(NamedTuple):
    """One fact to be told: seconds after the life's beginning, and the record's values."""

    at: float
    topic: str
    values: Mapping[str, object]
    contacts: tuple[Contact, ...]

    def __repr__(self) -> str:
        """Name the fact; hide what it says."""
        return f"<Step {self.topic}>"


@dataclass(slots=True)
class Candidacy:
    """An application as the manifest names it; stage and status are the last ones."""

    remote_id: str
    assignment: str | None
    title: str
    kind: ApplicationKind
    stage: Stage = Stage.NEW
    status: Status = Status.ACTIVE

    def __repr__(self) -> str:
        """Show where it stands; hide what was applied for."""
        return f"<Candidacy {self.stage.value} {self.status.value}>"


@dataclass(slots=True)
class Life:
    """The facts of one subject so far. ``place`` is how far into the feed she comes, 0 to 1."""

    subject: Subject
    habit: Habit
    voice: Voice
    place: float
    assignments: int
    steps: list[Step] = field(default_factory=list)
    candidacies: list[Candidacy] = field(default_factory=list)

    def __repr__(self) -> str:
        """Name the source; hide the life."""
        return f"<Life {self.subject.source}>"

    def say(
        self,
        at: float,
        topic: str,
        values: Mapping[str, object],
        contacts: tuple[Contact, ...] = (),
    ) -> None:
        """Add a fact ``at`` seconds after the beginning."""
        self.steps.append(Step(at, topic, values, contacts))

    def gap(self, mean_days: float) -> float:
        """Draw a waiting time in seconds, at least an hour."""
        return _SHORTEST + self.voice.draw.expovariate(1.0 / (mean_days * DAY))

    def between(self, bounds: tuple[int, int]) -> int:
        """Draw a number between two, both included."""
        least, most = bounds
        return least + self.voice.number(most - least + 1)

    def chance(self, share: float) -> bool:
        """Draw whether something that happens to this share happens here."""
        return self.voice.draw.random() < share

    def end(self) -> float:
        """Return when the latest fact so far is told, in seconds after the beginning."""
        return max([step.at for step in self.steps])

    def told(self) -> list[tuple[Instant, Step]]:
        """Return the facts in the order they occurred, with their instants."""
        ordered = sorted(self.steps, key=_by_time)
        start = self._start()
        scale = min(1.0, (WINDOW_END - start) / _SECOND / (ordered[-1].at + DAY))
        occurred = start
        told: list[tuple[Instant, Step]] = []
        for step in ordered:
            wished = start + int(step.at * scale * _SECOND / _MILLISECOND) * _MILLISECOND
            occurred = max(wished, occurred + _MILLISECOND)
            told.append((occurred, step))
        return told

    def _start(self) -> Instant:
        window = (WINDOW_END - WINDOW_START) // _MILLISECOND
        lag = self.voice.number(_LAG_DAYS) * int(DAY) * _SECOND if self.subject.slot else 0
        return WINDOW_START + int(window * _ARRIVALS_SHARE * self.place) * _MILLISECOND + lag


def _by_time(step: Step) -> float:
    return step.at
