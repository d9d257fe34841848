"""The publishers' client: everything arrives, a person's facts in one partition, nobody named."""

import pytest
from kafka import TopicPartition

from infra.kafka.options import Connection
from infra.kafka.publishing import PartitionKey, publish_all, publishing
from tests.kafka.test_consuming import people
from tests.kafka.topics import Topic, client, envelopes_of, read
from tests.proof.houses import Proof

SECRET = b"a secret of the source's own"


def publish(topic: Topic) -> int:
    with publishing(Connection((topic.address,)), topic.name, SECRET) as publisher:
        return publish_all(publisher, envelopes_of(people()))


def test_what_was_published_is_recorded(topic: Topic, proof: Proof) -> None:
    assert (publish(topic), read(topic, proof).recorded) == (40, 40)


def test_facts_of_one_person_are_in_one_partition(topic: Topic) -> None:
    publish(topic)
    partitions = [TopicPartition(topic.name, n) for n in range(topic.partitions)]
    places: dict[bytes, set[int]] = {}
    with client(topic) as consumer:
        consumer.assign(partitions)
        consumer.seek_to_beginning(*partitions)
        while sum(map(consumer.position, partitions)) < 40:
            for where, rows in consumer.poll(1000).items():
                for row in rows:
                    places.setdefault(row.key, set()).add(where.partition)
    assert (len(places), {len(where) for where in places.values()}) == (20, {1})


def test_a_key_says_nothing_without_the_secret() -> None:
    envelope = next(envelopes_of(people(1)))
    keys = {PartitionKey(secret).of(envelope) for secret in (SECRET, SECRET[::-1])}
    assert {len(key) for key in keys} == {16}
    assert len(keys) == 2


def test_a_secret_that_can_be_guessed_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 16 bytes"):
        PartitionKey(b"short")
