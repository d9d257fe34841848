"""A house of five controllers in memory: the real write side, sweep and erasure over fakes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from consumers.deciding import Desk
from consumers.erasure import ErasureProcess
from consumers.erasure_ports import Doors
from consumers.ingest import Ingest, Span
from consumers.intake import Reception
from consumers.outreach import Outreach
from consumers.policies import policies
from consumers.ports import Appended, Batch
from consumers.promises import Policies
from consumers.rights import Rights
from consumers.sweep import Sweep
from consumers.sweep_report import Swept
from consumers.tally import Tally
from consumers.upstream import Envelope, Incoming
from domain.calendar import day_begins
from domain.fact import Entry
from domain.keyring import OpenRequest, SourceRef
from domain.policy import Policy, in_force
from domain.values import ControllerId, Instant, SubjectId
from infra.clock import FixedClock
from infra.codec.upstream import UpstreamCodec
from infra.random_ids import random_id
from schemas.contracts import contracts
from schemas.controllers import controllers
from tests.fakes.keyring import FakeKeyring
from tests.fakes.log import MemoryLog
from tests.fakes.loose import FakeLooseKeys

PAGE = 500
HOUR = 3_600_000_000
NIGHT = 3 * HOUR
"""Sweeps are at three in the morning."""


class YearLog(MemoryLog):
    """A log that finds one person's facts without reading everybody's."""

    def __init__(self) -> None:
        super().__init__()
        self.streams: dict[SubjectId, list[Entry]] = {}

    def append(self, batch: Batch) -> Appended:
        before = len(self.log)
        appended = super().append(batch)
        for entry in self.log[before:]:
            self.streams.setdefault(entry.subject, []).append(entry)
        return appended

    def stream(
        self, subject: SubjectId, after_version: int = 0, limit: int = 100_000
    ) -> list[Entry]:
        found = [e for e in self.streams.get(subject, []) if e.version > after_version]
        return found[:limit]


@dataclass
class YearHouse:
    """Everything of the house that a year asks of it; ``versions`` are the policies, by slug."""

    versions: Mapping[str, Sequence[Policy]] = field(default_factory=policies)
    clock: FixedClock = field(default_factory=lambda: FixedClock(0))
    log: YearLog = field(default_factory=YearLog)
    loose: FakeLooseKeys = field(default_factory=FakeLooseKeys)
    read: int = 0

    def __post_init__(self) -> None:
        self.keyring = FakeKeyring(self.clock)
        self.controllers = {c.slug: self.keyring.add_controller(c.slug) for c in controllers()}
        self.slugs = {owner: slug for slug, owner in self.controllers.items()}
        self.sources = {s.slug: self.controllers[c.slug] for c in controllers() for s in c.sources}
        self.promises = Policies(self.keyring, self.slugs, self.versions)
        self.ingest = self._ingest()
        now, wait = self.clock.now, _never
        self.rights = Rights(self.log, now, random_id, wait)
        self.erasure = ErasureProcess(self._doors(), now, random_id, wait, _nobody)
        self.outreach = Outreach(
            log=self.log,
            rights=self.rights,
            suppressor=self.keyring,
            identifier=self.keyring,
            sealer=self.keyring,
            promises=self.promises,
            now=now,
            new_id=random_id,
        )
        self.sweeper = Sweep(self.log, self.erasure, now, random_id)

    def policy(self, controller: ControllerId, day: date) -> Policy:
        found = in_force(self.versions[self.slugs[controller]], day)
        assert found is not None
        return found

    def tell(self, envelopes: Sequence[Envelope], at: Instant) -> Tally:
        """Take in what arrived, at a time."""
        self.clock.instant = at
        tally = Tally()
        for start in range(0, len(envelopes), PAGE):
            page = [
                Incoming(self.read + n, one, None, b"raw")
                for n, one in enumerate(envelopes[start : start + PAGE])
            ]
            span = Span("year", "year", self.read, self.read + len(page))
            tally.add(self.ingest.commit(self.ingest.prepare(page), span))
            self.read += len(page)
        return tally

    def night(self, day: date) -> dict[ControllerId, Swept]:
        """Sweep every controller in the small hours of a day."""
        self.clock.instant = day_begins(day) + NIGHT
        return {
            controller: self.sweeper.sweep(controller, self.policy(controller, day), day)
            for controller in self.slugs
        }

    def find(self, ref: SourceRef) -> SubjectId | None:
        return self.keyring.find_source(self.sources[ref.source], ref)

    def tokens(self, people: Sequence[SubjectId]) -> list[OpenRequest]:
        """Name every token the log holds of people, notices aside."""
        return [
            OpenRequest(e.subject, e.stamp.fact_id, p.category, e.fact.TOPIC, p.sealed.token)
            for subject in people
            for e in self.log.streams.get(subject, [])
            for p in e.fact.sealed
            if not p.category.startswith(("notice/", "request/"))
        ]

    def probed(self, people: Sequence[SubjectId]) -> list[OpenRequest]:
        """Sample what the erasure tries before it calls itself ended: all of it."""
        return self.tokens(people)

    def _ingest(self) -> Ingest:
        reception = Reception(self.sources, UpstreamCodec().decode_fact, contracts(), self.keyring)
        desk = Desk(self.log, self.keyring, self.keyring, self.promises)
        return Ingest(reception, self.keyring, desk, self.loose, self.clock.now, random_id, _never)

    def _doors(self) -> Doors:
        return Doors(
            log=self.log,
            shredder=self.keyring,
            sealer=self.keyring,
            opener=self.keyring,
            rights_opener=self.keyring,
            views=(),
            log_tokens=self.probed,
            anchor=lambda _controller, _head: None,
            promises=self.promises,
        )


def days(first: date, last: date, step: int = 1) -> list[date]:
    """Return the days from one to another, both included."""
    return [first + timedelta(days=n) for n in range(0, (last - first).days + 1, step)]


def _never(_seconds: float) -> None:
    return None


def _nobody(_step: object) -> None:
    return None
