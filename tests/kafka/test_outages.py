"""What a member needs is really away: it waits, paused and in its group, and then goes on."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from threading import Event

import psycopg
import pytest
from kafka import KafkaConsumer
from kafka.errors import KafkaTimeoutError
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from infra.broker.broker import Broker
from infra.settings import Settings
from tests.kafka.members import Running, members_of, running
from tests.kafka.test_consuming import people, recorded
from tests.kafka.test_groups import more
from tests.kafka.topics import Topic, read
from tests.proof.houses import Proof
from tests.servers import Server

pytestmark = pytest.mark.usefixtures("broker")

Outage = Callable[[], AbstractContextManager[None]]

_END = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s"


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nobody wait long for a connection or an answer."""
    monkeypatch.setattr("infra.keys.database._WAIT_SECONDS", 0.2)
    monkeypatch.setattr("infra.store.database.CONNECT_SECONDS", 1)
    monkeypatch.setattr("consumers.ingest.PATIENCE", 1)
    monkeypatch.setattr("infra.kafka.consuming.BROKER_MS", 200)


@contextmanager
def stopped(cluster: Server, dsn: str) -> Iterator[None]:
    """End every session of a database and let nobody in."""
    name = str(conninfo_to_dict(dsn)["dbname"])
    allow = sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}")
    with psycopg.connect(cluster.superuser_dsn(), autocommit=True) as connection:
        connection.execute(allow.format(sql.Identifier(name), sql.SQL("false")))
        connection.execute(_END, [name])
        try:
            yield
        finally:
            connection.execute(allow.format(sql.Identifier(name), sql.SQL("true")))


@contextmanager
def moved_away(settings: Settings) -> Iterator[None]:
    beside = settings.root_key.with_suffix(".away")
    settings.root_key.rename(beside)
    try:
        yield
    finally:
        beside.rename(settings.root_key)


def waits(first: Running, topic: Topic, proof: Proof, outage: Outage, what: str) -> None:
    """Tell of people before, in and after an outage; see that the member waits, and is well."""
    topic.tell(people(5))
    first.until(lambda: recorded(proof) == 10)
    before = members_of(topic)
    with outage():
        topic.tell(more(5, 10))
        first.until(lambda: len(first.away) > 1)
        first.until(lambda: first.is_paused)
    first.until(lambda: recorded(proof) == 20)
    assert set(first.away) == {what}
    assert members_of(topic) == before
    topic.tell(more(15, 5))
    first.until(lambda: recorded(proof) == 25)
    assert not first.consumer.paused()


def test_the_event_database_is_stopped_and_started(
    topic: Topic, proof: Proof, settings: Settings, cluster: Server
) -> None:
    assert settings.databases is not None
    outage = partial(stopped, cluster, settings.databases.events)
    with running(topic, proof, session_timeout_ms=1_000) as first:
        waits(first, topic, proof, outage, "LogUnavailable")


def test_the_key_database_is_stopped_and_started(
    topic: Topic, proof: Proof, settings: Settings, cluster: Server
) -> None:
    assert settings.databases is not None
    outage = partial(stopped, cluster, settings.databases.keys)
    with running(topic, proof, session_timeout_ms=1_000) as first:
        waits(first, topic, proof, outage, "KeyUnavailable")


def test_a_root_key_that_is_away_when_it_is_first_needed_is_waited_for(
    topic: Topic, proof: Proof, settings: Settings
) -> None:
    topic.tell(people(5))
    with moved_away(settings), running(topic, proof) as first:
        first.until(lambda: len(first.away) > 2)
        first.until(lambda: first.is_paused)
        settings.root_key.with_suffix(".away").rename(settings.root_key)
        first.until(lambda: recorded(proof) == 10)
        settings.root_key.rename(settings.root_key.with_suffix(".away"))
    assert set(first.away) == {"KeyUnavailable"}


class Cut:
    """Kills the broker the first time, and waits until the test's own thread has started it.

    The kernel ends a broker with the thread that started it, so a member's must not.
    """

    def __init__(self, broker: Broker, *, waits: bool) -> None:
        self.gone = Event()
        self.back = Event()
        self._broker = broker
        self._waits = waits

    def __call__(self) -> None:
        if not self.gone.is_set():
            self._broker.kill()
            self.gone.set()
            if self._waits:
                self.back.wait(60)

    def mend(self) -> None:
        self._broker.start()
        self.back.set()


def test_the_broker_is_killed_and_started_while_a_page_is_in_hand(
    topic: Topic, proof: Proof, broker: Broker
) -> None:
    """The page is committed whatever Kafka does; what it cannot be told is not needed."""
    cut = Cut(broker, waits=True)
    topic.tell(people(5))
    with running(topic, proof, committing=cut) as first:
        first.until(cut.gone.is_set)
        cut.mend()
        first.until(lambda: recorded(proof) == 10)
        topic.tell(more(5, 5))
        first.until(lambda: recorded(proof) == 15)
    assert first.total.duplicate == 0


def test_the_broker_is_away_while_places_are_looked_up(
    topic: Topic, proof: Proof, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    topic.tell(people(5))
    cut = Cut(broker, waits=False)
    ask = KafkaConsumer.beginning_offsets

    def asked(*given: object) -> object:
        cut()
        return ask(*given)

    monkeypatch.setattr(KafkaConsumer, "beginning_offsets", asked)
    with running(topic, proof) as first:
        first.until(lambda: len(first.away) > 1)
        cut.mend()
        first.until(lambda: recorded(proof) == 10)
    assert set(first.away) == {"KafkaTimeoutError"}


def test_the_broker_is_away_when_a_member_asks_whether_it_is_done(
    topic: Topic, proof: Proof, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    topic.tell(people(5))
    ask = KafkaConsumer.end_offsets
    outages = iter([False, True])

    def asked(*given: object) -> object:
        if next(outages, False):
            broker.kill()
            with pytest.raises(KafkaTimeoutError) as away:
                ask(*given)
            broker.start()
            raise away.value
        return ask(*given)

    monkeypatch.setattr(KafkaConsumer, "end_offsets", asked)
    assert read(topic, proof).recorded == 10
