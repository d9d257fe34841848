"""A member of a consumer group that takes facts in: a page of one partition, one transaction.

Rules: the place comes from the event database when a partition is assigned; the
offset is told to Kafka after the commit, and what Kafka says of it is not asked. When a database or
the key provider is away, partitions are paused and the membership is kept by polling; nothing is
skipped. A place moved by another member means that this one is a zombie there: it drops its page
and looks again. The page in hand is finished before the end. A broker that is away is waited for
like a database.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol, TypeVar
from uuid import UUID

from kafka import KafkaConsumer, OffsetAndMetadata, TopicPartition
from kafka.consumer.subscription_state import ConsumerRebalanceListener
from kafka.errors import (
    KafkaError,
    LogTruncationError,
    NoOffsetForPartitionError,
    OffsetOutOfRangeError,
    RetriableError,
)

from consumers.ingest import PAGE, Ingest, Span
from consumers.ports import LogUnavailable, PositionFenced, VersionConflict
from consumers.tally import Tally
from domain.answers import KeyUnavailable
from infra.kafka.places import Bounds, Gap, OffsetsLost, Places
from infra.kafka.wire import SchemasUnavailable, Wire

POLL_MS = 500
"""How long a poll waits for records: the longest a signal to stop waits."""

BROKER_MS = 5_000
"""How long one question to a broker waits for its answer before the broker counts as away."""

BACKOFF_SECONDS = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
"""Waits while a database is away; the last one repeats."""

T = TypeVar("T")


class Row(Protocol):
    """A record as the client hands it out."""

    offset: int
    value: bytes | None


AWAY = (LogUnavailable, KeyUnavailable, SchemasUnavailable, VersionConflict, RetriableError)
"""What passes: a page that met it is done again. A page that kept conflicting is among them."""


@dataclass(frozen=True, slots=True)
class Observer:
    """Told what happens, in ids and numbers; each call must be short.

    ``polled`` that it is alive and placed; ``taken`` a committed page; ``away`` what is away and
    the attempt; ``fenced`` a partition's name, ``gapped`` its gap; ``lag`` how many records wait in
    a partition, ``given_up`` that nothing more is known of it.
    """

    polled: Callable[[], None] = lambda: None
    taken: Callable[[str, Tally], None] = lambda _name, _tally: None
    away: Callable[[str, int], None] = lambda _what, _attempt: None
    fenced: Callable[[str], None] = lambda _name: None
    gapped: Callable[[Gap], None] = lambda _gap: None
    lag: Callable[[str, int], None] = lambda _name, _records: None
    given_up: Callable[[str], None] = lambda _name: None


@dataclass(frozen=True, slots=True)
class Way:
    """What a record passes on its way into the log."""

    ingest: Ingest
    wire: Wire
    places: Places
    observer: Observer = Observer()


@dataclass(slots=True)
class _Rebalances(ConsumerRebalanceListener):  # type: ignore[misc]  # the library ships no types
    """Notes which partitions went away; it is called in the client's own thread."""

    gone: set[TopicPartition] = field(default_factory=set)

    def on_partitions_revoked(self, revoked: Sequence[TopicPartition]) -> None:
        """Note partitions that are given up; their places may be moved by another member."""
        self.gone |= set(revoked)

    def on_partitions_assigned(self, assigned: Sequence[TopicPartition]) -> None:
        """Leave new partitions to the next poll: what asks a database must not wait here."""


class Consumption:
    """One member. ``stopped`` is asked between pages; ``wait`` pauses for seconds."""

    def __init__(
        self,
        consumer: KafkaConsumer,
        topics: Sequence[str],
        way: Way,
        stopped: Callable[[], bool],
        wait: Callable[[float], None],
    ) -> None:
        self.total = Tally()
        self._consumer = consumer
        self._way = way
        self._observer = way.observer
        self._stopped = stopped
        self._wait = wait
        self._rebalances = _Rebalances()
        self._places: dict[TopicPartition, int] = {}
        self._gapped: dict[TopicPartition, Gap] = {}
        self._ids: dict[str, UUID | None] = {}
        self._cut: dict[TopicPartition, int] = {}
        consumer.subscribe(topics, listener=self._rebalances)

    def run(self, *, until_idle: bool = False) -> Tally:
        """Take in until stopped, or until every assigned partition is read to its end.

        Raises:
            OffsetsLost: at the end, partitions whose place the broker does not have; the others
                were read.
        """
        while not self._stopped():
            records = self._poll(POLL_MS)
            # What was placed just now was sought anew: its records of this poll come again.
            placed = self._look_around()
            self._observer.polled()
            for partition, rows in records.items():
                if partition not in placed:
                    self._take(partition, rows)
            if until_idle and not records and self._idle():
                break
        if self._gapped:
            raise OffsetsLost(list(self._gapped.values()))
        return self.total

    def _poll(self, milliseconds: int) -> dict[TopicPartition, list[Row]]:
        """Poll; a partition whose place was not looked up yet is no error here."""
        found: dict[TopicPartition, list[Row]] = {}
        try:
            found = self._consumer.poll(milliseconds, max_records=PAGE)
        except (NoOffsetForPartitionError, OffsetOutOfRangeError):
            # Both mean that a partition stands nowhere: it is placed anew.
            self._places.clear()
        except LogTruncationError as cut:
            # Records that were read are gone: the log ends there, whatever was written since.
            for partition, kept in cut.divergent_offsets.items():
                self._cut[partition] = 0 if kept is None else kept.offset
                self._places.pop(partition, None)
        self._keep_joining()
        return found

    def _keep_joining(self) -> None:
        """Have the next poll finish a join that this one left half way.

        ``kafka-python`` 3.0.12 forgets a join whose cause is gone by then (new partitions, once
        assigned): the member then stands still for ever, without heartbeats and without an error.
        """
        coordinator = self._consumer._coordinator  # noqa: SLF001 - nothing public tells
        if coordinator.rejoining:
            coordinator.request_rejoin()

    def _look_around(self) -> set[TopicPartition]:
        """Place every partition that is assigned and not placed yet; return those."""
        self._drop_gone()
        self._drop_made_anew()
        return (self._patiently(self._place) or set()) if self._unplaced() else set()

    def _drop_gone(self) -> None:
        """Forget partitions that were given up, also those that came back: they are placed anew."""
        gone, self._rebalances.gone = self._rebalances.gone, set()
        for partition in gone:
            self._places.pop(partition, None)
            self._gapped.pop(partition, None)
            self._observer.given_up(self._way.places.name_of(partition))

    def _drop_made_anew(self) -> None:
        """Forget the places of a topic that became another one while it was read."""
        for topic in {p.topic for p in self._places}:
            if self._topic_id(topic) not in {None, self._ids.get(topic)}:
                self._places = {p: at for p, at in self._places.items() if p.topic != topic}

    def _topic_id(self, topic: str) -> UUID | None:
        """Return a topic's id as the last metadata had it."""
        found: UUID | None = self._consumer._cluster.topic_id(topic)  # noqa: SLF001 - nothing public tells
        return found

    def _unplaced(self) -> set[TopicPartition]:
        assigned: set[TopicPartition] = self._consumer.assignment()
        return assigned - {*self._places, *self._gapped}

    def _place(self) -> set[TopicPartition]:
        # Asked anew at every try: while something was away, partitions may have come and gone.
        fresh = self._unplaced()
        earliest = self._consumer.beginning_offsets(fresh, BROKER_MS)
        ends = self._consumer.end_offsets(fresh, BROKER_MS)
        ids = {p.topic: self._topic_id(p.topic) for p in fresh}
        cut = {p: self._cut.pop(p, ends[p]) for p in fresh}
        bounds = {p: Bounds(earliest[p], min(ends[p], cut[p])) for p in fresh}
        found, gaps = self._way.places.find(bounds, ids)
        self._ids |= ids
        for partition, place in found.items():
            self._consumer.seek(partition, place)
            self._places[partition] = place
            self._observer.lag(self._way.places.name_of(partition), ends[partition] - place)
        named = {self._way.places.name_of(p): p for p in fresh}
        for gap in gaps:
            partition = named[gap.name]
            self._gapped[partition] = gap
            self._consumer.seek(partition, gap.bounds.end)
            self._consumer.pause(partition)
            self._observer.gapped(gap)
        return fresh

    def _take(self, partition: TopicPartition, rows: Sequence[Row]) -> None:
        """Take a partition's page in; what is not placed, or was read before, is passed over."""
        place = self._places.get(partition)
        fresh = [row for row in rows if place is not None and row.offset >= place]
        if place is None or not fresh:
            return
        name, end = self._way.places.name_of(partition), fresh[-1].offset + 1
        try:
            tally = self._patiently(lambda: self._ingested(name, place, end, fresh))
        except PositionFenced:
            self._places.pop(partition, None)
            self._observer.fenced(name)
            return
        if tally is None:
            self._places.pop(partition, None)
            return
        self.total.add(tally)
        self._places[partition] = end
        self._observer.taken(name, tally)
        self._tell(partition, end)

    def _ingested(self, name: str, place: int, end: int, rows: Sequence[Row]) -> Tally:
        items = [self._way.wire.incoming(row.offset, row.value) for row in rows]
        prepared = self._way.ingest.prepare(items)
        return self._way.ingest.commit(prepared, Span(name, name, place, end))

    def _patiently(self, work: Callable[[], T]) -> T | None:
        """Do something that needs a database or a broker; wait while one is away.

        None: told to stop. Partitions are paused meanwhile and the membership is kept by polling.
        """
        attempt = 0
        while not self._stopped():
            try:
                return work()
            except AWAY as away:
                self._observer.away(type(away).__name__, attempt)
            self._sit_out(BACKOFF_SECONDS[min(attempt, len(BACKOFF_SECONDS) - 1)])
            attempt += 1
        return None

    def _sit_out(self, seconds: float) -> None:
        """Let time pass as a member of the group that takes nothing.

        A partition that comes with a rebalance is not paused until the next poll; what it hands
        out is not missed, for it is placed anew. It may end a poll at once, so that is waited for.
        """
        while seconds > 0 and not self._stopped():
            part = min(seconds, POLL_MS / 1000)
            self._consumer.pause(*self._consumer.assignment())
            self._poll(int(part * 1000))
            if self._unplaced():
                self._wait(part)
            seconds -= part
        self._consumer.resume(*(self._consumer.assignment() - set(self._gapped)))

    def _tell(self, partition: TopicPartition, end: int) -> None:
        """Tell Kafka, for whoever watches the group's lag; nothing here depends on it."""
        with suppress(KafkaError):
            self._consumer.commit({partition: OffsetAndMetadata(end, "", -1)}, BROKER_MS)
        if partition not in self._consumer.assignment():
            return  # it went while something was away
        high = self._consumer.highwater(partition)
        if high is not None:
            self._observer.lag(self._way.places.name_of(partition), max(0, high - end))

    def _idle(self) -> bool:
        """Say whether every assigned partition is read to its end."""
        assigned = self._consumer.assignment()
        if not assigned or self._unplaced():
            return False
        try:
            ends = self._consumer.end_offsets(list(assigned), BROKER_MS)
        except RetriableError:
            return False
        return all(self._places.get(p, ends[p]) >= ends[p] for p in assigned)
