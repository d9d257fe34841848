"""What recipients are told by Kafka: in order for each person, again until done, else a duty."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event

import pytest
from kafka import KafkaAdminClient, KafkaConsumer, TopicPartition

from consumers.policies import policies
from domain.calendar import civil_date
from domain.duties import Duty, DutyKind, DutyState
from domain.restriction import RestrictionGround
from infra.broker.broker import Broker
from infra.clock import FixedClock
from infra.duties import duty_list
from infra.kafka.options import Connection
from infra.kafka.outbound import rights
from infra.kafka.recipient_keys import write_pair
from infra.kafka.rights import RIGHTS, read_notice
from infra.kafka.topics import existing, look, needed
from infra.notices import acknowledge
from infra.rights import restricting
from infra.settings import KafkaPlace, Settings
from tests.kafka.members import until
from tests.kafka.test_consuming import people
from tests.proof.houses import SOURCE, Proof, open_proof

DAY = 24 * 3600 * 1_000_000
STORY = ["restricted", "restriction_lifted", "restricted", "restriction_lifted", "erased"]
"""What :meth:`Telling.live` leads to."""


@dataclass(frozen=True)
class Telling:
    """A house that knows three people and their source's key, and the topic the source reads."""

    proof: Proof
    clock: FixedClock
    place: Connection
    private: bytes

    def live(self, *remote_ids: str) -> None:
        """Restrict people and lift it, twice, turn about, and erase them."""
        for _ in range(2):
            for one in remote_ids:
                self._restrict(one)
            for one in remote_ids:
                self._lift(one)
        self.proof.erase(*[self.proof.person(one) for one in remote_ids])

    def send(self) -> None:
        """Tell what waits, and take acknowledgements, as the service does each minute."""
        rights(self.proof.house, Event())

    def sent(self) -> dict[tuple[int, str], list[str]]:
        """Read the whole topic: by partition and the source's id for the person, what was told."""
        found: dict[tuple[int, str], list[str]] = defaultdict(list)
        with closing(KafkaConsumer(**self.place.arguments())) as consumer:
            parts = [TopicPartition(RIGHTS, n) for n in consumer.partitions_for_topic(RIGHTS)]
            consumer.assign(parts)
            consumer.seek_to_beginning()
            ends = consumer.end_offsets(parts)
            while any(consumer.position(part) < ends[part] for part in parts):
                for row in (row for rows in consumer.poll(1000).values() for row in rows):
                    notice = read_notice(row.value, self.private)
                    assert notice is not None
                    found[row.partition, notice.remote_id].append(notice.kind)
        return found

    def sent_once(self) -> list[str]:
        """Return what was told of the only person."""
        (kinds,) = self.sent().values()
        return kinds

    def acknowledge(self, chosen: slice) -> None:
        waiting = self.proof.house.outbox.waiting(10)
        acknowledge(self.proof.house, [one.notice_id for one in waiting[chosen]])

    def owed(self) -> Sequence[Duty]:
        house = self.proof.house
        promised = {house.controllers[slug]: known for slug, known in policies().items()}
        kinds = frozenset([DutyKind.RECIPIENT_NOTICE])
        return duty_list(house, promised, civil_date(self.clock.now()), kinds, 10).pressing

    def _restrict(self, remote_id: str) -> None:
        self.clock.instant += 1
        person, ground = self.proof.person(remote_id), RestrictionGround.ACCURACY_CONTESTED
        assert restricting(self.proof.house).restrict(self.proof.controller, [person], ground, None)

    def _lift(self, remote_id: str) -> None:
        process, person = restricting(self.proof.house), self.proof.person(remote_id)
        for step in (process.announce_lift, process.lift):
            self.clock.instant += 1
            assert step(self.proof.controller, [person])


@pytest.fixture
def telling(
    settings: Settings, broker: Broker, tmp_path: Path, clock: FixedClock
) -> Iterator[Telling]:
    (tmp_path / "keys").mkdir()
    kept, _ = write_pair(tmp_path / "keys", SOURCE)
    kafka = KafkaPlace(broker.address, None, None, tmp_path / "keys")
    place = Connection((broker.address,))
    _delete_topics(place)
    look(place, needed(), make=True, replicas=1, partitions=3)
    with open_proof(replace(settings, kafka=kafka), clock) as proof:
        proof.take(people(3).items)
        yield Telling(proof, clock, place, bytes.fromhex(kept.read_text()))
    _delete_topics(place)


def _delete_topics(place: Connection) -> None:
    """Delete the house's topics, also those that another test left on the broker."""
    with closing(KafkaAdminClient(**place.arguments())) as admin:
        admin.delete_topics(sorted(set(needed()) & existing(place)))
    until(lambda: not set(needed()) & existing(place))


def test_each_person_is_told_of_in_order_and_in_one_partition(telling: Telling) -> None:
    telling.live("r-0", "r-1", "r-2")
    telling.send()
    found = telling.sent()
    assert sorted(remote_id for _, remote_id in found) == ["r-0", "r-1", "r-2"]
    assert list(found.values()) == [STORY] * 3


def test_what_nobody_acknowledged_is_told_again_in_order(telling: Telling) -> None:
    telling.live("r-0")
    telling.send()
    telling.send()
    assert telling.sent_once() == STORY * 2


def test_what_was_acknowledged_is_not_told_again(telling: Telling) -> None:
    telling.live("r-0")
    telling.send()
    telling.acknowledge(slice(0, 1))
    telling.send()
    assert telling.sent_once() == STORY + STORY[1:]


def test_nothing_older_is_told_behind_what_was_done(telling: Telling) -> None:
    telling.live("r-0")
    telling.send()
    telling.acknowledge(slice(4, 5))
    telling.send()
    assert telling.sent_once() == STORY
    assert len(telling.proof.house.outbox.waiting(10)) == len(STORY) - 1


def test_what_stays_unanswered_is_overdue_until_it_is_done(telling: Telling) -> None:
    telling.live("r-0")
    telling.send()
    assert [one.state for one in telling.owed()] == [DutyState.UNANSWERED]
    telling.clock.instant += 15 * DAY
    telling.send()
    (duty,) = telling.owed()
    assert (duty.state, duty.about, duty.number) == (DutyState.OVERDUE, SOURCE, len(STORY))
    telling.acknowledge(slice(0, 5))
    assert telling.owed() == []
