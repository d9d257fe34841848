"""What a member says of itself over HTTP, while it takes facts in and while it cannot."""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection

import pytest
from kafka import KafkaAdminClient, TopicPartition

from domain.answers import KeyUnavailable
from infra.kafka.metrics import WELL_SECONDS, Metrics, served
from infra.kafka.places import OffsetsLost
from tests.kafka.members import members_of, running
from tests.kafka.test_consuming import people, recorded
from tests.kafka.topics import Topic, client, encoded, envelopes_of, member
from tests.proof.houses import Proof


class Monotonic:
    """A clock that stands."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Scraper:
    """Asks as a monitor does."""

    metrics: Metrics
    clock: Monotonic
    port: int

    def ask(self, path: str) -> tuple[int, str]:
        line = HTTPConnection("127.0.0.1", self.port, timeout=10)
        line.request("GET", path)
        answer = line.getresponse()
        body = answer.read().decode()
        line.close()
        return answer.status, body

    def health(self) -> tuple[int, object]:
        status, body = self.ask("/health")
        return status, json.loads(body)

    def counters(self) -> dict[str, float]:
        """Return every sample that is not about when it was made."""
        lines = self.ask("/metrics")[1].splitlines()
        samples = [line.rpartition(" ") for line in lines if not line.startswith("#")]
        return {name: float(value) for name, _, value in samples if "_created" not in name}


@pytest.fixture
def scraper() -> Iterator[Scraper]:
    clock = Monotonic()
    metrics = Metrics(clock)
    with served(metrics, 0) as port:
        yield Scraper(metrics, clock, port)


def test_what_was_taken_is_counted(topic: Topic, proof: Proof, scraper: Scraper) -> None:
    topic.tell(people(5))
    topic.tell(people(5))
    topic.send([(0, b"name=Ola"), (1, b"")])
    with running(topic, proof, observer=scraper.metrics.observer()) as first:
        first.until(lambda: first.total.read == 22)
    told = scraper.counters()
    outcomes = {
        'glemmebok_items_total{outcome="recorded",reason=""}': 10.0,
        'glemmebok_items_total{outcome="duplicate",reason=""}': 10.0,
        'glemmebok_items_total{outcome="parked",reason="malformed"}': 2.0,
    }
    assert {name: told[name] for name in outcomes} == outcomes


def test_lag_is_told_at_assignment_and_after_each_page(
    topic: Topic, proof: Proof, scraper: Scraper
) -> None:
    topic.send((0, encoded(e)) for e in envelopes_of(people(5)))
    lags: list[float] = []
    lag = f'glemmebok_lag{{partition="0",topic="{topic.name}"}}'

    def look() -> None:
        lags.append(scraper.counters()[lag])

    observer = scraper.metrics.observer()
    with running(topic, proof, observer=observer, committing=look) as first:
        first.until(lambda: first.total.read == 10)
        first.until(lambda: scraper.counters()[lag] == 0.0)
    assert lags == [10.0]


def test_the_lag_of_a_partition_is_told_by_the_member_that_has_it(
    topic: Topic, proof: Proof, scraper: Scraper
) -> None:
    with running(topic, proof, observer=scraper.metrics.observer()) as first:
        first.until(lambda: len(lags(scraper)) == topic.partitions)
        with running(topic, proof) as second:
            second.until(lambda: bool(second.partitions))
            first.until(lambda: len(lags(scraper)) == topic.partitions - len(second.partitions))


def lags(scraper: Scraper) -> list[str]:
    return [name for name in scraper.counters() if name.startswith("glemmebok_lag")]


def test_a_member_that_takes_facts_in_is_well(topic: Topic, proof: Proof, scraper: Scraper) -> None:
    topic.tell(people(5))
    with running(topic, proof, observer=scraper.metrics.observer()) as first:
        first.until(lambda: recorded(proof) == 10)
        scraper.clock.now += WELL_SECONDS + 1
        first.until(lambda: scraper.health()[0] == 200)
    assert scraper.health() == (200, {"well": True, "silent_seconds": 0.0, "gaps": []})


def test_a_member_that_waits_too_long_is_not_well_until_it_goes_on(
    topic: Topic, proof: Proof, scraper: Scraper
) -> None:
    outage = [True]

    def keys() -> None:
        if outage:
            message = "away"
            raise KeyUnavailable(message)

    topic.tell(people(5))
    with running(topic, proof, observer=scraper.metrics.observer(), preparing=keys) as first:
        first.until(lambda: len(first.away) > 1)
        assert scraper.health()[0] == 200
        scraper.clock.now += WELL_SECONDS + 1
        silent = WELL_SECONDS + 1
        assert scraper.health() == (503, {"well": False, "silent_seconds": silent, "gaps": []})
        assert members_of(topic)["group_state"] == "Stable"
        outage.clear()
        first.until(lambda: recorded(proof) == 10)
        first.until(lambda: scraper.health()[0] == 200)
    assert scraper.counters()['glemmebok_away_total{what="KeyUnavailable"}'] == len(first.away)


def test_a_member_with_a_gap_is_not_well(topic: Topic, proof: Proof, scraper: Scraper) -> None:
    topic.send((0, encoded(e)) for e in envelopes_of(people(5)))
    admin = KafkaAdminClient(bootstrap_servers=topic.address)
    admin.delete_records({TopicPartition(topic.name, 0): 5})
    admin.close()
    with client(topic) as consumer, pytest.raises(OffsetsLost):
        member(consumer, topic, proof, scraper.metrics.observer()).run(until_idle=True)
    name = topic.name_of(0)
    assert scraper.health() == (503, {"well": False, "silent_seconds": 0.0, "gaps": [name]})
    assert scraper.counters()["glemmebok_gaps"] == 1.0


def test_a_gap_that_another_member_has_now_is_not_told(
    topic: Topic, proof: Proof, scraper: Scraper
) -> None:
    topic.send((p, encoded(e)) for p in range(topic.partitions) for e in envelopes_of(people(5)))
    admin = KafkaAdminClient(bootstrap_servers=topic.address)
    admin.delete_records({TopicPartition(topic.name, n): 5 for n in range(topic.partitions)})
    admin.close()
    gaps = "glemmebok_gaps"
    observer = scraper.metrics.observer()
    with suppress(OffsetsLost), running(topic, proof, observer=observer) as first:
        first.until(lambda: scraper.counters()[gaps] == topic.partitions)
        with suppress(OffsetsLost), running(topic, proof) as second:
            second.until(lambda: 0 < len(second.partitions) < topic.partitions)
            left = topic.partitions - len(second.partitions)
            first.until(lambda: scraper.counters()[gaps] == left)


def test_nothing_personal_is_told(topic: Topic, proof: Proof, scraper: Scraper) -> None:
    topic.tell(people(5))
    with running(topic, proof, observer=scraper.metrics.observer()) as first:
        first.until(lambda: recorded(proof) == 10)
    told = scraper.ask("/metrics")[1] + scraper.ask("/health")[1]
    assert [word for word in ("r-1", "example.org", "Testrup", "E-1") if word in told] == []
