"""A feed by files and by Kafka: the same log, but for where its facts stand in the whole of it.

Two houses with the same secrets take the same feeds. A person is known in both by the ids of her
facts; what is sealed is compared opened, since no two tokens are alike.
"""

import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cached_property
from pathlib import Path
from uuid import UUID

import pytest

from consumers.parking import PARKED
from consumers.ports import ParkReason
from consumers.upstream import Envelope
from domain.answers import Present
from domain.fact import Entry
from domain.keyring import OpenRequest
from infra.clock import FixedClock
from infra.codec.container import read_container
from infra.embedded.cluster import Cluster
from infra.feeds.write import write_feeds
from infra.intake import ingest_file
from infra.settings import Settings
from tests.kafka.topics import Topic, encoded, read
from tests.proof.houses import Backups, Proof, open_proof

PEOPLE, SEED = 40, 5


@pytest.fixture
def pair(
    settings: Settings, cluster: Cluster, tmp_path: Path, clock: FixedClock, run_name: str
) -> Iterator[tuple[Proof, Proof]]:
    """Open a house that was just founded, and a copy of it: their secrets are the same."""
    copies = Backups(cluster, [], f"twin_{run_name}")
    copied = replace(copies.of(settings), anchor=tmp_path / "twin.anchor")
    shutil.copytree(settings.anchor, copied.anchor)
    with open_proof(settings, clock) as one, open_proof(copied, clock) as other:
        yield one, other
    copies.drop()


@pytest.fixture
def feeds(tmp_path: Path) -> list[Path]:
    manifest = write_feeds(PEOPLE, SEED, tmp_path / "feeds")
    return [tmp_path / "feeds" / file.file for file in manifest.files]


def messages(feeds: Iterable[Path]) -> list[Envelope]:
    """Return what can be sent: a damaged stretch of a file is no record."""
    return [i.envelope for path in feeds for i in read_container(path, 0) if i.envelope]


@dataclass(frozen=True)
class Seen:
    """A house, with everybody named by the first fact a source told of her."""

    proof: Proof

    @property
    def entries(self) -> list[Entry]:
        return self.proof.house.store.entries(0, 1_000_000)

    @cached_property
    def inbox(self) -> set[UUID]:
        return {fact for (fact,) in self.proof.events("SELECT fact_id FROM inbox")}

    @cached_property
    def names(self) -> dict[UUID, UUID]:
        found: dict[UUID, UUID] = {}
        for entry in self.entries:
            if entry.stamp.fact_id in self.inbox:
                found.setdefault(entry.subject, entry.stamp.fact_id)
        return found

    def streams(self) -> dict[object, list[object]]:
        """Return everybody's facts in order, opened."""
        found: dict[object, list[object]] = {}
        for entry in self.entries:
            told = (entry.version, self.plain(entry.stamp), self.plain(entry.fact))
            stream = found.setdefault(self.plain(entry.subject), [])
            stream.append((*told, self.opened(entry)))
        return found

    def opened(self, entry: Entry) -> list[object]:
        tokens = [
            OpenRequest(
                entry.subject, entry.stamp.fact_id, p.category, entry.fact.TOPIC, p.sealed.token
            )
            for p in entry.fact.sealed
        ]
        answers = self.proof.house.keyring.open(entry.stamp.controller, tokens) if tokens else []
        return [(token.category, found) for token, found in zip(tokens, answers, strict=True)]

    def parked(self, source: Callable[[str], bool]) -> Counter[tuple[ParkReason, object]]:
        """Count what was parked out of these positions, by what it was and why."""
        items = [i for i in self.proof.house.parking.waiting(1_000) if source(i.position_name)]
        read = self.proof.house.replay().decode
        found: Counter[tuple[ParkReason, object]] = Counter()
        for item in items:
            (answer,) = self.proof.house.loose.open(PARKED, [(item.parked_id, item.token)])
            assert isinstance(answer, Present)
            message = read(answer.plaintext)
            if isinstance(message, Envelope):
                about = (item.controller, self.plain(item.subject), item.topic)
                found[item.reason, (about, message)] += 1
        return found

    def plain(self, value: object) -> object:
        """Replace ids of people by their names, and leave tokens out."""
        if isinstance(value, UUID):
            return self.names.get(value, value)
        if is_dataclass(value):
            shown = [(f.name, self.plain(getattr(value, f.name))) for f in fields(value)]
            return (type(value), [one for one in shown if one[0] != "sealed"])
        return tuple([self.plain(one) for one in value]) if isinstance(value, tuple) else value


def by_files(proof: Proof, feeds: Iterable[Path]) -> Seen:
    for path in feeds:
        ingest_file(proof.house.ingest(), path, lambda _tally, _at: None)
    return Seen(proof)


def by_kafka(proof: Proof, topic: Topic, told: Iterable[Envelope]) -> Seen:
    topic.send((topic.partition_of(envelope), encoded(envelope)) for envelope in told)
    read(topic, proof)
    return Seen(proof)


@pytest.mark.requirement("A50")
def test_a_feed_by_files_and_by_kafka_gives_equal_logs_but_for_positions(
    topic: Topic, pair: tuple[Proof, Proof], feeds: list[Path]
) -> None:
    one = by_files(pair[0], feeds)
    other = by_kafka(pair[1], topic, messages(feeds))
    assert len(one.entries) > 10 * PEOPLE
    assert one.inbox == other.inbox
    assert one.streams() == other.streams()
    parked = one.parked(lambda name: name.startswith("file/"))
    assert parked == other.parked(lambda name: name.startswith("kafka/"))
    assert {reason for reason, _ in parked} >= {ParkReason.FUTURE_DATED, ParkReason.MISSING_ID}


def test_a_feed_told_in_another_order_gives_another_log(
    topic: Topic, pair: tuple[Proof, Proof], feeds: list[Path]
) -> None:
    """The comparison can fail."""
    one = by_files(pair[0], feeds[:1])
    other = by_kafka(pair[1], topic, messages(feeds[:1])[::-1])
    assert one.inbox == other.inbox
    assert one.streams() != other.streams()
