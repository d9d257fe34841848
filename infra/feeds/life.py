"""A life under construction: what one source will say of one person, and when.

The chapters of a life are drawn one after another, each on its own clock; :meth:`Life.told` lays
them into one order and into the window. No two facts of a life occur in the same millisecond, and
none after the window's end. What lasts (a consent, a presentation) ends on its own day.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple

from consumers.ports import ParkReason
from domain.application import ApplicationKind, Stage, Status
from domain.keyring import Contact
from domain.values import Instant, instant_of
from infra.feeds.habits import Chapter, Habit
from infra.feeds.people import Person, another
from infra.feeds.pools import Pools
from infra.feeds.roster import Subject
from infra.feeds.sections import Voice
from infra.feeds.words import TOWNS

WINDOW_START: Instant = instant_of(datetime(2025, 1, 1, tzinfo=UTC))
WINDOW_END: Instant = instant_of(datetime(2026, 10, 31, tzinfo=UTC))

ARCHIVE_START: Instant = instant_of(datetime(2020, 7, 1, tzinfo=UTC))
"""The lives a source brought along from before begin here and within :data:`_ARCHIVE_YEARS`."""

DAY = 86_400.0
"""Seconds."""

_ARCHIVE_YEARS = 2.4
_ARRIVALS_SHARE = 0.75
_FOUND_SHARE = 0.97
_LAG_DAYS = 30
_MILLISECOND = 1_000
_SECOND = 1_000_000
_SHORTEST = DAY / 24

Values = Mapping[str, object]


class Ending(NamedTuple):
    """How something that lasts ends by itself: after how many days, and told by which fact.

    ``topic`` is empty when nobody tells of it.
    """

    days: float
    topic: str
    values: Values


class Step(NamedTuple):
    """One fact to be told: seconds after the life's beginning, and the record's values.

    ``barrier`` is why it must be set aside, where rights or the controller's policy forbid it.
    """

    at: float
    topic: str
    values: Values
    contacts: tuple[Contact, ...]
    ending: Ending | None = None
    barrier: ParkReason | None = None

    def __repr__(self) -> str:
        """Name the fact; hide what it says."""
        return f"<Step {self.topic}>"


class Mention(NamedTuple):
    """A client's contact in one of the steps: who she is, and the source's id for her."""

    step: Step
    remote_id: str
    person: Person
    title: str

    def __repr__(self) -> str:
        """Name the fact; hide who is mentioned."""
        return f"<Mention in {self.step.topic}>"


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
    """The facts of one subject so far.

    ``place`` is how far into the feed she comes, 0 to 1: who is silent has little to tell and may
    come late.
    """

    subject: Subject
    habit: Habit
    voice: Voice
    pools: Pools
    place: float
    assignments: int
    archived: bool = False
    silent: bool = False
    steps: list[Step] = field(default_factory=list)
    candidacies: list[Candidacy] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)
    others: int = 0
    things: int = 0

    def __repr__(self) -> str:
        """Name the source; hide the life."""
        return f"<Life {self.subject.source}>"

    def say(
        self,
        at: float,
        topic: str,
        values: Values,
        contacts: tuple[Contact, ...] = (),
        ending: Ending | None = None,
    ) -> Step:
        """Add a fact ``at`` seconds after the beginning."""
        step = Step(at, topic, values, contacts, ending)
        self.steps.append(step)
        return step

    def say_in_vain(self, at: float, topic: str, values: Values, barrier: ParkReason) -> None:
        """Add what the source tells although it must be set aside."""
        self.steps.append(Step(at, topic, values, (), None, barrier))

    def tells(self, chapter: Chapter) -> bool:
        """Say whether the source can tell of this."""
        return chapter in self.habit.chapters

    def named(self, thing: str) -> str:
        """Make up the source's id for a new thing of hers."""
        self.things += 1
        return f"{self.subject.remote_id}-{thing}{self.things}"

    def other(self) -> Person:
        """Make up somebody else who has to do with her, with addresses of her own."""
        self.others += 1
        return another(self.voice.draw, self.pools, self.subject.number, self.others)

    def words(self, options: tuple[str, ...]) -> str:
        """Draw one of several texts and put her into it."""
        return self.worded(self.voice.pick(options))

    def worded(self, text: str) -> str:
        """Put her into a text."""
        one, trade = self.voice.person, self.voice.trade.title.lower()
        return text.format(name=one.name, trade=trade, town=TOWNS[one.town][1])

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

    @property
    def room_days(self) -> float:
        """Return how many days the feed's window leaves her, about."""
        whole = (WINDOW_END - WINDOW_START) / _SECOND / DAY
        return whole * (1.0 - _ARRIVALS_SHARE * (0.0 if self.archived else self.place))

    def told(self) -> list[tuple[Instant, Step]]:
        """Return the facts in the order they occurred, with their instants."""
        start = self._start()
        scale = min(1.0, (WINDOW_END - start) / _SECOND / (self.end() + DAY))
        laid = [(start + int(s.at * scale * _SECOND), s) for s in self.steps]
        laid += [ended for at, step in laid for ended in _ended(at, step)]
        laid.sort(key=_by_time)
        told: list[tuple[Instant, Step]] = []
        occurred = 0
        for wished, step in laid:
            occurred = max(wished // _MILLISECOND, occurred + 1)
            told.append((occurred * _MILLISECOND, step))
        return told

    def _start(self) -> Instant:
        lag = self.voice.number(_LAG_DAYS) * int(DAY) * _SECOND if self.subject.slot else 0
        if self.archived:
            return ARCHIVE_START + int(_ARCHIVE_YEARS * 365 * DAY * self.place) * _SECOND + lag
        window = (WINDOW_END - WINDOW_START) // _MILLISECOND
        share = _FOUND_SHARE if self.silent else _ARRIVALS_SHARE
        return WINDOW_START + int(window * share * self.place) * _MILLISECOND + lag


def expiry(occurred_at: Instant, step: Step) -> Instant | None:
    """Return the instant at which what a step began ends by itself, if it does."""
    if step.ending is None:
        return None
    return occurred_at + int(step.ending.days * DAY) * _SECOND


def _ended(at: Instant, step: Step) -> Iterator[tuple[Instant, Step]]:
    """Yield the end of what a step began, if it is told of before the window ends."""
    ends = expiry(at, step)
    if step.ending is not None and step.ending.topic and ends is not None and ends < WINDOW_END:
        yield ends, Step(0.0, step.ending.topic, step.ending.values, ())


def _by_time(laid: tuple[Instant, Step]) -> Instant:
    return laid[0]
