"""Facts out of a topic: each is recorded once, whatever the group and the broker do."""

import pytest
from kafka import KafkaAdminClient, KafkaConsumer, OffsetAndMetadata, TopicPartition

from consumers.ports import ParkReason
from domain.answers import KeyUnavailable
from infra.broker.broker import Broker
from infra.kafka.consumer import consumption
from infra.kafka.consuming import Observer
from infra.kafka.options import Connection
from infra.kafka.places import OffsetsLost
from infra.kafka.schemas import NoSchemas
from tests.consumers.feed import SUBMITTED, Feed, email
from tests.kafka.topics import NOBODY, Topic, client, encoded, envelopes_of, member, read
from tests.proof.houses import SOURCE, Proof

PEOPLE = 20


def people(count: int = PEOPLE) -> Feed:
    """Tell of people: each registers and applies."""
    feed = Feed(SOURCE)
    for number in range(count):
        feed.tell(f"r-{number}", contacts=email(f"r-{number}@example.org"))
        feed.tell(f"r-{number}", SUBMITTED)
    return feed


def recorded(proof: Proof) -> int:
    ((count,),) = proof.events(
        "SELECT count(*) FROM fact_log"
        " WHERE topic LIKE 'candidate.%' AND topic <> 'candidate.source-linked'"
    )
    return int(count)


def test_every_fact_of_a_topic_is_recorded(topic: Topic, proof: Proof) -> None:
    topic.tell(people())
    tally = read(topic, proof)
    assert (tally.recorded, tally.people, recorded(proof)) == (2 * PEOPLE, PEOPLE, 2 * PEOPLE)


def test_the_place_is_the_next_offset_of_each_partition(topic: Topic, proof: Proof) -> None:
    topic.tell(people())
    read(topic, proof)
    places = [proof.house.store.position(topic.name_of(n)) for n in range(topic.partitions)]
    assert sum(places) == 2 * PEOPLE


def test_a_member_of_another_group_takes_nothing_twice(topic: Topic, proof: Proof) -> None:
    topic.tell(people())
    read(topic, proof)
    assert read(topic, proof, "others").read == 0


def test_what_kafka_was_told_is_not_believed(topic: Topic, proof: Proof) -> None:
    topic.tell(people())
    with client(topic) as consumer:
        partitions = [TopicPartition(topic.name, n) for n in range(topic.partitions)]
        consumer.assign(partitions)
        ends = consumer.end_offsets(partitions)
        consumer.commit({p: OffsetAndMetadata(ends[p], "", -1) for p in partitions})
    assert read(topic, proof).recorded == 2 * PEOPLE


def test_what_is_polled_before_a_partition_was_placed_is_not_taken(
    topic: Topic, proof: Proof
) -> None:
    """Guard: Kafka's offset lies in the middle, so the first poll hands out what comes later."""
    topic.send((0, encoded(e)) for e in envelopes_of(people()))
    middles = [PEOPLE, 0, 0]
    told = {TopicPartition(topic.name, n): at for n, at in enumerate(middles)}
    with client(topic) as consumer:
        consumer.assign(list(told))
        consumer.commit({p: OffsetAndMetadata(at, "", -1) for p, at in told.items()})
    assert read(topic, proof).recorded == 2 * PEOPLE


def test_kafka_is_told_what_was_committed_and_nothing_else(
    topic: Topic, proof: Proof, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[int, int]] = []
    commit = KafkaConsumer.commit

    def telling(*given: object, **more: object) -> None:
        for partition, offset in given[1].items():  # type: ignore[attr-defined]  # the library ships no types
            place = proof.house.store.position(topic.name_of(partition.partition))
            told.append((offset.offset, place))
        commit(*given, **more)

    monkeypatch.setattr(KafkaConsumer, "commit", telling)
    topic.tell(people())
    read(topic, proof)
    assert len(told) >= topic.partitions
    assert [offset for offset, place in told if offset != place] == []


def test_records_that_the_client_hands_out_again_are_passed_over(
    topic: Topic, proof: Proof, monkeypatch: pytest.MonkeyPatch
) -> None:
    before: dict[TopicPartition, list[object]] = {}
    poll = KafkaConsumer.poll

    def again(*given: object, **more: object) -> dict[TopicPartition, list[object]]:
        found = poll(*given, **more)
        handed = {p: [*before.get(p, []), *rows] for p, rows in found.items()}
        before.update(found)
        return handed

    monkeypatch.setattr(KafkaConsumer, "poll", again)
    monkeypatch.setattr("infra.kafka.consuming.PAGE", 7)
    topic.tell(people())
    tally = read(topic, proof)
    assert (tally.read, tally.duplicate) == (2 * PEOPLE, 0)


def test_the_same_event_at_two_offsets_is_recorded_once(topic: Topic, proof: Proof) -> None:
    topic.tell(people())
    topic.tell(people())
    tally = read(topic, proof)
    assert (tally.recorded, tally.duplicate) == (2 * PEOPLE, 2 * PEOPLE)


def test_ten_copies_of_everything_are_nine_duplicates(topic: Topic, proof: Proof) -> None:
    feed = people(5)
    topic.send((0, encoded(e)) for _ in range(10) for e in envelopes_of(feed))
    tally = read(topic, proof)
    assert (tally.recorded, tally.duplicate) == (10, 90)


def test_facts_of_a_person_out_of_order_are_all_recorded(topic: Topic, proof: Proof) -> None:
    topic.send((0, encoded(e)) for e in reversed(list(envelopes_of(people(5)))))
    assert read(topic, proof).recorded == 10


def test_plaintext_garbage_is_parked_and_the_rest_recorded(topic: Topic, proof: Proof) -> None:
    good = [encoded(e) for e in envelopes_of(people(2))]
    bad = [b"name=Ola&mail=ola@example.org", b"", b"\x00\x00", b"\xc3\x01" + bytes(30), None]
    topic.send((0, value) for pair in zip(good, bad, strict=False) for value in pair)
    topic.send([(0, bad[4])])
    tally = read(topic, proof)
    assert tally.recorded == 4
    assert tally.parked == {
        ParkReason.MALFORMED.value: 3,
        ParkReason.TRUNCATED.value: 1,
        ParkReason.UNKNOWN_SCHEMA.value: 1,
    }


def test_a_broker_that_was_killed_is_waited_for(topic: Topic, proof: Proof, broker: Broker) -> None:
    topic.tell(people(5))
    with client(topic) as consumer:
        one = member(consumer, topic, proof)
        assert one.run(until_idle=True).recorded == 10
        broker.kill()
        broker.start()
        later = Feed(SOURCE)
        for number in range(5, 10):
            later.tell(f"r-{number}", event=f"later-{number}")
        topic.tell(later)
        assert one.run(until_idle=True).recorded == 15


def test_while_a_database_is_away_nothing_is_skipped(topic: Topic, proof: Proof) -> None:
    topic.tell(people(5))
    away: list[tuple[str, int]] = []
    with client(topic) as consumer:
        one = member(consumer, topic, proof, Observer(away=lambda *told: away.append(told)))
        reception = one._way.ingest.reception  # noqa: SLF001 - the only door to cut a line
        outages = iter([KeyUnavailable("away"), KeyUnavailable("away")])
        whole = type(reception).take_in

        def failing(*given: object) -> object:
            for outage in outages:
                raise outage
            return whole(*given)  # type: ignore[arg-type]  # the library ships no types

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(type(reception), "take_in", failing)
            tally = one.run(until_idle=True)
    assert (tally.recorded, away) == (10, [("KeyUnavailable", 0), ("KeyUnavailable", 1)])


def test_records_deleted_before_they_were_read_are_an_alarm(topic: Topic, proof: Proof) -> None:
    topic.send((0, encoded(e)) for e in envelopes_of(people(5)))
    read(topic, proof)
    topic.send((0, encoded(e)) for e in envelopes_of(people(10)))
    admin = KafkaAdminClient(bootstrap_servers=topic.address)
    admin.delete_records({TopicPartition(topic.name, 0): 15})
    admin.close()
    with pytest.raises(OffsetsLost) as lost:
        read(topic, proof)
    assert str(lost.value) == f"{topic.name_of(0)}: reading goes on at 10, the broker has 15 to 30"


def test_records_deleted_just_before_they_are_fetched_are_an_alarm(
    topic: Topic, proof: Proof, monkeypatch: pytest.MonkeyPatch
) -> None:
    topic.send((0, encoded(e)) for e in envelopes_of(people(5)))
    looks = iter([1])
    position = proof.house.store.position

    def looked_up(name: str) -> int:
        for _ in looks:
            admin = KafkaAdminClient(bootstrap_servers=topic.address)
            admin.delete_records({TopicPartition(topic.name, 0): 4})
            admin.close()
        return position(name)

    monkeypatch.setattr(proof.house.store, "position", looked_up)
    rounds = iter(range(30))
    reading = consumption(
        proof.house,
        Connection((topic.address,)),
        [topic.name],
        group=topic.name,
        schemas=NoSchemas(),
        observer=NOBODY,
        stopped=lambda: next(rounds, None) is None,
    )
    with reading as one, pytest.raises(OffsetsLost, match="on at 0, the broker has 4 to 10"):
        one.run(until_idle=True)


def test_after_a_gap_no_place_was_moved(topic: Topic, proof: Proof) -> None:
    topic.send((0, encoded(e)) for e in envelopes_of(people(5)))
    admin = KafkaAdminClient(bootstrap_servers=topic.address)
    admin.delete_records({TopicPartition(topic.name, 0): 5})
    admin.close()
    with pytest.raises(OffsetsLost):
        read(topic, proof)
    assert proof.house.store.position(topic.name_of(0)) == 0
