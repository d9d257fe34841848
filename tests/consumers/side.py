"""The write side and erasure over fakes, and the faults a test may put between them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from consumers.deciding import Desk
from consumers.erasure import ErasureProcess, Receipt
from consumers.erasure_order import Request
from consumers.erasure_ports import Doors, Step
from consumers.ingest import Ingest, Span
from consumers.intake import Reception
from consumers.ports import Appended, Batch
from consumers.tally import Tally
from consumers.upstream import Incoming
from domain.answers import Answer
from domain.erasure import ErasureReason
from domain.fact import Fact
from domain.keyring import JournalHead, OpenRequest, SourceRef
from domain.values import Category, ControllerId, Instant, SubjectId, instant_of
from infra.clock import FixedClock
from infra.codec.upstream import UpstreamCodec
from infra.random_ids import random_id
from infra.views.runner import Runner
from schemas.contracts import contracts
from tests.conftest import NOON
from tests.consumers.feed import Feed
from tests.examples import OTHER_SOURCE, SOURCE, numbered
from tests.fakes.keyring import FakeKeyring
from tests.fakes.log import MemoryLog
from tests.fakes.loose import FakeLooseKeys
from tests.fakes.views import memory_views

Interruption = Callable[[Batch], None]


class TroubledLog(MemoryLog):
    """A log in front of which trouble waits: each append meets the next one, then goes in."""

    def __init__(self) -> None:
        super().__init__()
        self.before: list[Interruption] = []
        self.after: list[Interruption] = []
        self.batches: list[Batch] = []

    def append(self, batch: Batch) -> Appended:
        if self.before:
            self.before.pop(0)(batch)
        appended = super().append(batch)
        self.batches.append(batch)
        if self.after:
            self.after.pop(0)(batch)
        return appended


class Crash(BaseException):
    """The end of the process at a step; nothing catches it."""


def crash_at(step: Step) -> Callable[[Step], None]:
    def reached(now_at: Step) -> None:
        if now_at is step:
            raise Crash(step)

    return reached


def never(_step: Step) -> None:
    return None


@dataclass
class Side:
    """One controller's house in memory."""

    clock: FixedClock = field(default_factory=lambda: FixedClock(instant_of(NOON)))
    log: TroubledLog = field(default_factory=TroubledLog)
    loose: FakeLooseKeys = field(default_factory=FakeLooseKeys)
    anchored: list[JournalHead] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.keyring = FakeKeyring(self.clock)
        self.controller: ControllerId = self.keyring.add_controller("eksempel")
        self.views = memory_views()
        self.ingest = self._ingest()

    def _ingest(self) -> Ingest:
        sources = {SOURCE: self.controller, OTHER_SOURCE: self.controller}
        reception = Reception(sources, UpstreamCodec().decode_fact, contracts(), self.keyring)
        desk = Desk(self.log, self.keyring, self.keyring)
        return Ingest(
            reception, self.keyring, desk, self.loose, self.clock.now, random_id, self.waits.append
        )

    def take(self, items: Sequence[Incoming], name: str = "feed/1", origin: str = "feed") -> Tally:
        """Take a page in at the position where the name stands."""
        end = items[-1].index + 1
        span = Span(name, origin, self.log.position(name), end)
        return self.ingest.commit(self.ingest.prepare(items), span)

    def again(self, feed: Feed, reading: int = 2) -> Tally:
        """Take the whole feed in as another pass over the same content."""
        return self.take(feed.items, f"feed/{reading}")

    def doors(self) -> Doors:
        return Doors(
            log=self.log,
            shredder=self.keyring,
            sealer=self.keyring,
            opener=self.keyring,
            rights_opener=self.keyring,
            views=self.views,
            log_tokens=self.log_tokens,
            anchor=lambda _controller, head: self.anchored.append(head),
        )

    def erasure(
        self, reached: Callable[[Step], None] = never, doors: Doors | None = None
    ) -> ErasureProcess:
        at = doors or self.doors()
        return ErasureProcess(at, self.clock.now, random_id, self.waits.append, reached)

    def erase(self, *people: SubjectId, category: Category | None = None) -> list[Receipt]:
        requests = [request(person, category) for person in people]
        return self.erasure().erase(self.controller, requests)

    def project(self) -> None:
        with Runner(self.log, self.views) as runner:
            told = runner.run_once()
        assert [status.failure for status in told] == [None] * len(self.views)

    def person(self, remote_id: str = "r-1", source: str = SOURCE) -> SubjectId:
        found = self.keyring.find_source(self.controller, SourceRef(source, remote_id))
        assert found is not None
        return found

    def facts(self, person: SubjectId) -> list[Fact]:
        return [entry.fact for entry in self.log.stream(person)]

    def topics(self, person: SubjectId) -> list[str]:
        return [fact.TOPIC for fact in self.facts(person)]

    def log_tokens(self, people: Sequence[SubjectId]) -> list[OpenRequest]:
        return [
            OpenRequest(e.subject, e.stamp.fact_id, p.category, e.fact.TOPIC, p.sealed.token)
            for e in self.log.log
            if e.subject in people
            for p in e.fact.sealed
        ]

    def open_log(self, person: SubjectId) -> list[Answer]:
        """Open every token of hers in the log but the notices'."""
        tokens = [t for t in self.log_tokens([person]) if not t.category.startswith("notice/")]
        return self.keyring.open(self.controller, tokens)


def request(person: SubjectId, category: Category | None = None) -> Request:
    return Request(person, category, ErasureReason.REQUEST, numbered("user", 1))


def later(side: Side, microseconds: Instant) -> None:
    side.clock.instant += microseconds
