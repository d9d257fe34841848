"""A member of a consumer group that takes facts in: a page of one partition, one transaction.

Rules: the place comes from the event database when a partition is assigned; the
offset is told to Kafka after the commit, and what Kafka says of it is not asked. When a database or
the key provider is away, partitions are paused and the membership is kept by polling; nothing is
skipped. A place moved by another member means that this one is a zombie there: it drops its page
and looks again. The page in hand is finished before the end.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TypeVar

from kafka import KafkaConsumer, OffsetAndMetadata, TopicPartition
from kafka.consumer.subscription_state import ConsumerRebalanceListener
from kafka.errors import KafkaError, NoOffsetForPartitionError, OffsetOutOfRangeError

from consumers.ingest import PAGE, Ingest, Span
from consumers.ports import LogUnavailable, PositionFenced
from consumers.tally import Tally
from domain.answers import KeyUnavailable
from infra.kafka.places import Bounds, Gap, OffsetsLost, Places
from infra.kafka.wire import SchemasUnavailable, Wire

POLL_MS = 500
"""How long a poll waits for records: the longest a signal to stop waits."""

BACKOFF_SECONDS = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
"""Waits while a database is away; the last one repeats."""

T = TypeVar("T")

AWAY = (LogUnavailable, KeyUnavailable, SchemasUnavailable)


@dataclass(frozen=True, slots=True)
class Observer:
    """Told what happens, in ids and numbers; each call must be short.

    ``polled`` that it is alive and placed; ``taken`` a committed page; ``away`` what is away and
    the attempt; ``fenced`` and ``gapped`` a partition's name; ``lag`` how many records wait in a
    partition.
    """

    polled: Callable[[], None] = lambda: None
    taken: Callable[[str, Tally], None] = lambda _name, _tally: None
    away: Callable[[str, int], None] = lambda _what, _attempt: None
    fenced: Callable[[str], None] = lambda _name: None
    gapped: Callable[[Gap], None] = lambda _gap: None
    lag: Callable[[str, int], None] = lambda _name, _records: None


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

    def _poll(self, milliseconds: int) -> dict[TopicPartition, list[object]]:
        """Poll; a partition whose place was not looked up yet is no error here."""
        with suppress(NoOffsetForPartitionError, OffsetOutOfRangeError):
            found: dict[TopicPartition, list[object]] = self._consumer.poll(
                milliseconds, max_records=PAGE
            )
            return found
        # Both mean that a partition stands nowhere: it is placed anew.
        self._places.clear()
        return {}

    def _look_around(self) -> set[TopicPartition]:
        """Place every partition that is assigned and not placed yet; return those."""
        gone, self._rebalances.gone = self._rebalances.gone, set()
        assigned = self._consumer.assignment()
        for partition in {*gone, *(set(self._places) - assigned)}:
            self._places.pop(partition, None)
            self._gapped.pop(partition, None)
        fresh = [p for p in assigned if p not in self._places and p not in self._gapped]
        if fresh:
            self._patiently(lambda: self._place(fresh))
        return set(fresh)

    def _place(self, fresh: Sequence[TopicPartition]) -> None:
        earliest = self._consumer.beginning_offsets(fresh)
        ends = self._consumer.end_offsets(fresh)
        bounds = {p: Bounds(earliest[p], ends[p]) for p in fresh}
        found, gaps = self._way.places.find(bounds)
        named = {self._way.places.name_of(p): p for p in fresh}
        for partition, place in found.items():
            self._consumer.seek(partition, place)
            self._places[partition] = place
        for gap in gaps:
            partition = named[gap.name]
            self._gapped[partition] = gap
            self._consumer.seek(partition, gap.bounds.end)
            self._consumer.pause(partition)
            self._observer.gapped(gap)

    def _take(self, partition: TopicPartition, rows: Sequence[object]) -> None:
        """Take a partition's page in; what is not placed, or was read before, is passed over."""
        place = self._places.get(partition)
        fresh = [row for row in rows if place is not None and row.offset >= place]  # type: ignore[attr-defined]
        if place is None or not fresh:
            return
        name, end = self._way.places.name_of(partition), fresh[-1].offset + 1  # type: ignore[attr-defined]
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

    def _ingested(self, name: str, place: int, end: int, rows: Sequence[object]) -> Tally:
        items = [self._way.wire.incoming(row.offset, row.value) for row in rows]  # type: ignore[attr-defined]
        prepared = self._way.ingest.prepare(items)
        return self._way.ingest.commit(prepared, Span(name, name, place, end))

    def _patiently(self, work: Callable[[], T]) -> T | None:
        """Do something that needs a database; wait while one is away. None: told to stop.

        Partitions are paused meanwhile and the membership is kept by polling. A partition that
        comes back with a rebalance is not paused, and is placed anew, so nothing it hands out here
        is missed.
        """
        attempt = 0
        while not self._stopped():
            try:
                return work()
            except AWAY as away:
                self._observer.away(type(away).__name__, attempt)
            self._consumer.pause(*self._consumer.assignment())
            self._wait(BACKOFF_SECONDS[min(attempt, len(BACKOFF_SECONDS) - 1)])
            self._poll(0)
            self._consumer.resume(*(self._consumer.assignment() - set(self._gapped)))
            attempt += 1
        return None

    def _tell(self, partition: TopicPartition, end: int) -> None:
        """Tell Kafka, for whoever watches the group's lag; nothing here depends on it."""
        with suppress(KafkaError):
            self._consumer.commit({partition: OffsetAndMetadata(end, "", -1)})
        high = self._consumer.highwater(partition)
        if high is not None:
            self._observer.lag(self._way.places.name_of(partition), max(0, high - end))

    def _idle(self) -> bool:
        """Say whether every assigned partition is read to its end."""
        assigned = self._consumer.assignment()
        if not assigned or not assigned <= {*self._places, *self._gapped}:
            return False
        ends = self._consumer.end_offsets(list(assigned))
        return all(self._places.get(p, ends[p]) >= ends[p] for p in assigned)
