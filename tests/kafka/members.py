"""Members that run in a thread of their own, and waiting for what they do."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from threading import Event, Thread
from typing import Any

from kafka import KafkaAdminClient, KafkaConsumer, TopicPartition

from consumers.ingest import Ingest, Prepared, Span
from consumers.tally import Tally
from consumers.upstream import Incoming
from infra.kafka.consuming import Consumption, Observer, Way
from infra.kafka.schemas import NoSchemas
from infra.kafka.wire import Wire
from tests.kafka.topics import Topic, client, group_of, places
from tests.proof.houses import Proof

_PATIENCE_SECONDS = 40.0
_BEAT_SECONDS = 0.02

Hook = Callable[[], None]


def nothing() -> None:
    """Stand where no hook is."""


@dataclass(frozen=True)
class Hooked:
    """The write side, with something happening before a page is prepared or committed."""

    inner: Ingest
    preparing: Hook = nothing
    committing: Hook = nothing

    def prepare(self, items: Sequence[Incoming]) -> Prepared:
        self.preparing()
        return self.inner.prepare(items)

    def commit(self, prepared: Prepared, span: Span) -> Tally:
        self.committing()
        return self.inner.commit(prepared, span)


@dataclass
class Running:
    """A member, and what it told of itself."""

    consumer: KafkaConsumer
    away: list[str] = field(default_factory=list)
    fenced: list[str] = field(default_factory=list)
    total: Tally = field(default_factory=Tally)
    stop: Event = field(default_factory=Event)
    error: BaseException | None = None

    @property
    def partitions(self) -> set[TopicPartition]:
        assigned: set[TopicPartition] = set(self.consumer.assignment())
        return assigned

    @property
    def is_paused(self) -> bool:
        return bool(self.partitions) and self.consumer.paused() == self.partitions

    def observer(self, other: Observer) -> Observer:
        def away(what: str, attempt: int) -> None:
            self.away.append(what)
            other.away(what, attempt)

        def taken(name: str, tally: Tally) -> None:
            self.total.add(tally)
            other.taken(name, tally)

        return replace(other, away=away, taken=taken, fenced=self.fenced.append)

    def until(self, condition: Callable[[], bool]) -> None:
        """Wait for something, as long as the member lives."""
        until(lambda: self.error is not None or condition())
        if self.error is not None:
            raise self.error


def until(condition: Callable[[], bool]) -> None:
    """Wait for something.

    Raises:
        AssertionError: it did not come.
    """
    pause = Event()
    for _ in range(int(_PATIENCE_SECONDS / _BEAT_SECONDS)):
        if condition():
            return
        pause.wait(_BEAT_SECONDS)
    message = f"not so after {_PATIENCE_SECONDS} seconds"
    raise AssertionError(message)


@contextmanager
def running(
    topic: Topic,
    proof: Proof,
    *,
    group: str = "readers",
    observer: Observer = Observer(),  # noqa: B008 - frozen
    preparing: Hook = nothing,
    committing: Hook = nothing,
    **times: int,
) -> Iterator[Running]:
    """Run a member in a thread until the block ends; what it raised is raised here."""
    with client(topic, group, **times) as consumer:
        told = Running(consumer)
        ingest: Any = Hooked(proof.house.ingest(), preparing, committing)
        way = Way(ingest, Wire(NoSchemas()), places(proof), told.observer(observer))
        one = Consumption(consumer, [topic.name], way, told.stop.is_set, told.stop.wait)

        def run() -> None:
            try:
                one.run()
            except BaseException as error:  # noqa: BLE001 - raised in the test's own thread
                told.error = error

        thread = Thread(target=run, name=f"member of {group}", daemon=True)
        thread.start()
        try:
            yield told
        finally:
            told.stop.set()
            thread.join(_PATIENCE_SECONDS)
        if told.error is not None:
            raise told.error


def members_of(topic: Topic, group: str = "readers") -> dict[str, Any]:
    """Ask the broker who is in a group, and how the group is."""
    admin = KafkaAdminClient(bootstrap_servers=topic.address)
    try:
        return dict(admin.describe_groups([group_of(topic, group)])[group_of(topic, group)])
    finally:
        admin.close()


def shown(told: object) -> str:
    return json.dumps(told, default=str, indent=1)
