"""Partitions that change hands while a page of theirs is in hand: none of it is lost or doubled."""

from collections.abc import Callable
from itertools import count
from threading import Event

import pytest
from kafka import OffsetAndMetadata, TopicPartition

from consumers.ports import VersionConflict
from domain.answers import KeyUnavailable
from tests.consumers.feed import Feed
from tests.kafka.members import Running, members_of, running, until
from tests.kafka.test_consuming import recorded
from tests.kafka.topics import Topic, client, encoded, envelopes_of
from tests.proof.houses import SOURCE, Proof

pytestmark = pytest.mark.usefixtures("broker")
"""Sessions are shorter here than a broker allows unless it is told."""

ROUNDS = 3
PEOPLE = 30


@pytest.fixture
def tell(topic: Topic) -> Callable[[], int]:
    """Tell of more people each time; return how many facts were told so far."""
    rounds = count()
    told = [0]

    def more() -> int:
        feed, number = Feed(SOURCE), next(rounds)
        for one in range(PEOPLE):
            feed.tell(f"r-{one}", event=f"E-{number}-{one}")
        topic.send((e % topic.partitions, encoded(v)) for e, v in enumerate(envelopes_of(feed)))
        told[0] += PEOPLE
        return told[0]

    return more


class Shut:
    """A door of the keys that can be shut; it says when somebody stood before it."""

    def __init__(self) -> None:
        self.shut = False
        self.tried = Event()

    def __call__(self) -> None:
        if self.shut:
            self.tried.set()
            message = "away"
            raise KeyUnavailable(message)

    def close(self) -> None:
        self.tried.clear()
        self.shut = True

    def open(self) -> None:
        self.shut = False


def test_a_member_joins_and_leaves_while_another_waits_with_a_page_in_hand(
    topic: Topic, proof: Proof, tell: Callable[[], int]
) -> None:
    keys = Shut()
    with running(topic, proof, preparing=keys) as first:
        first.until(lambda: bool(first.partitions))
        for _ in range(ROUNDS):
            keys.close()
            told = tell()
            first.until(keys.tried.is_set)
            with running(topic, proof) as second:
                second.until(lambda s=second: bool(s.partitions) and shared(topic, first, s))
                keys.open()
                until(lambda t=told: recorded(proof) == t)
            first.until(lambda: len(first.partitions) == topic.partitions)
    assert (recorded(proof), duplicates(proof)) == (ROUNDS * PEOPLE, 0)


def test_a_page_of_a_partition_that_went_is_recorded_by_whoever_is_first(
    topic: Topic, proof: Proof, tell: Callable[[], int]
) -> None:
    ours, theirs = Shut(), Shut()
    ours.close()
    theirs.close()
    told = tell()
    with running(topic, proof, preparing=ours) as first:
        first.until(ours.tried.is_set)
        with running(topic, proof, preparing=theirs) as second:
            second.until(theirs.tried.is_set)
            second.until(lambda: shared(topic, first, second))
            ours.open()
            first.until(lambda: recorded(proof) == told)
            theirs.open()
            second.until(lambda: bool(second.fenced))
            assert {*second.fenced} <= {topic.name_of(p.partition) for p in second.partitions}
    assert duplicates(proof) == 0


def test_a_join_that_takes_longer_than_a_poll_is_finished(
    topic: Topic, proof: Proof, tell: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guard: the library forgets a join that is under way when a poll ends."""
    monkeypatch.setattr("infra.kafka.consuming.POLL_MS", 5)
    told = tell()
    for number in range(ROUNDS):
        with running(topic, proof, group=f"readers-{number}") as first:
            first.until(lambda: len(first.partitions) == topic.partitions)
            first.until(lambda t=told: recorded(proof) == t)


def test_a_member_that_outstays_its_interval_in_a_page_is_fenced(
    topic: Topic, proof: Proof, tell: Callable[[], int]
) -> None:
    slow = Slow()
    with running(topic, proof, committing=slow, **SHORT) as first:
        for number in range(ROUNDS):
            first.until(lambda: len(first.partitions) == topic.partitions)
            slow.down()
            told = tell()
            first.until(slow.waits.is_set)
            with running(topic, proof) as second:
                second.until(lambda s=second: len(s.partitions) == topic.partitions)
                second.until(lambda t=told: recorded(proof) == t)
            slow.up()
            first.until(lambda n=number: len(first.fenced) > n)
    assert (recorded(proof), duplicates(proof)) == (ROUNDS * PEOPLE, 0)


def test_offsets_that_were_reset_while_a_member_was_out_are_not_believed(
    topic: Topic, proof: Proof, tell: Callable[[], int]
) -> None:
    """Guard: partitions that were lost and came back in one poll are placed anew."""
    slow = Slow()
    slow.down()
    tell()
    with running(topic, proof, committing=slow, **SHORT) as first:
        first.until(slow.waits.is_set)
        first.until(lambda: members_of(topic)["group_state"] == "Empty")
        told = tell()
        with client(topic) as operator:
            partitions = [TopicPartition(topic.name, n) for n in range(topic.partitions)]
            operator.assign(partitions)
            ends = operator.end_offsets(partitions)
            operator.commit({p: OffsetAndMetadata(ends[p], "", -1) for p in partitions})
        slow.up()
        first.until(lambda: recorded(proof) == told)


SHORT = {"session_timeout_ms": 1_000, "max_poll_interval_ms": 1_000}


class Slow:
    """A page that takes as long as somebody wants."""

    def __init__(self) -> None:
        self.waits = Event()
        self.go_on = Event()
        self.go_on.set()

    def __call__(self) -> None:
        if not self.go_on.is_set():
            self.waits.set()
            self.go_on.wait(30)

    def down(self) -> None:
        self.waits.clear()
        self.go_on.clear()

    def up(self) -> None:
        self.go_on.set()


def test_while_the_keys_are_away_a_member_keeps_its_place_in_the_group(
    topic: Topic, proof: Proof, tell: Callable[[], int]
) -> None:
    keys = Shut()
    with running(topic, proof, preparing=keys, session_timeout_ms=1_000) as first:
        first.until(lambda: len(first.partitions) == topic.partitions)
        before = members_of(topic)
        keys.close()
        told = tell()
        first.until(lambda: len(first.away) > 3)
        assert members_of(topic) == before
        keys.open()
        first.until(lambda: recorded(proof) == told)


def test_while_the_keys_are_away_the_partitions_are_paused(
    topic: Topic, proof: Proof, tell: Callable[[], int]
) -> None:
    keys = Shut()
    with running(topic, proof, preparing=keys) as first:
        first.until(lambda: len(first.partitions) == topic.partitions)
        keys.close()
        told = tell()
        first.until(lambda: first.is_paused)
        keys.open()
        first.until(lambda: recorded(proof) == told)
        first.until(lambda: not first.consumer.paused())


def test_while_the_database_is_away_at_assignment_partitions_may_come_and_go(
    topic: Topic, proof: Proof, tell: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    told = tell()
    events = Shut()
    ask = proof.house.store.position

    def position(name: str) -> int:
        events()
        return ask(name)

    monkeypatch.setattr(proof.house.store, "position", position)
    events.close()
    with running(topic, proof) as first:
        first.until(events.tried.is_set)
        with running(topic, proof) as second:
            second.until(lambda: 0 < len(second.partitions) < topic.partitions)
            events.open()
            until(lambda: recorded(proof) == told)
    assert duplicates(proof) == 0


def test_a_page_that_kept_conflicting_is_done_again(
    topic: Topic, proof: Proof, tell: Callable[[], int]
) -> None:
    conflicts = iter([1, 2])

    def conflicting() -> None:
        for _ in conflicts:
            message = "kept conflicting"
            raise VersionConflict(message)

    told = tell()
    with running(topic, proof, committing=conflicting) as first:
        first.until(lambda: recorded(proof) == told)
    assert first.away == ["VersionConflict"] * 2


def shared(topic: Topic, one: Running, other: Running) -> bool:
    """Say whether both know what the broker gave to each."""
    return len(one.partitions) + len(other.partitions) == topic.partitions


def duplicates(proof: Proof) -> int:
    """Count facts that are in the log more than in the inbox."""
    ((inbox,),) = proof.events("SELECT count(*) FROM inbox")
    return recorded(proof) - int(inbox)
