"""A topic that changes while it is read: it grows, or is another one under its old name."""

from typing import Any

import pytest
from kafka import KafkaAdminClient, OffsetAndMetadata, TopicPartition
from kafka.errors import LogTruncationError

from infra.kafka.consuming import Observer
from infra.kafka.places import Gap, OffsetsLost
from tests.kafka.members import running, until
from tests.kafka.test_consuming import people, recorded
from tests.kafka.test_groups import more
from tests.kafka.topics import (
    Topic,
    client,
    encoded,
    envelopes_of,
    make_topic,
    member,
    read,
)
from tests.proof.houses import Proof


def test_a_partition_that_is_added_is_read_from_its_start(topic: Topic, proof: Proof) -> None:
    topic.tell(people(5))
    with running(topic, proof, metadata_max_age_ms=200) as first:
        first.until(lambda: recorded(proof) == 10)
        admin = KafkaAdminClient(bootstrap_servers=topic.address)
        admin.create_partitions({topic.name: topic.partitions + 1})
        admin.close()
        topic.send((topic.partitions, encoded(e)) for e in envelopes_of(more(5, 5)))
        first.until(lambda: recorded(proof) == 15)
    assert proof.house.store.position(topic.name_of(topic.partitions)) == 5


def make_anew(topic: Topic, count: int) -> None:
    """Delete a topic, make it again, and send so many facts of people never told of."""
    admin = KafkaAdminClient(bootstrap_servers=topic.address)
    admin.delete_topics([topic.name])
    until(lambda: topic.name not in admin.list_topics())
    admin.close()
    make_topic(topic.address, topic.name, topic.partitions)
    topic.send((0, encoded(e)) for e in envelopes_of(more(5, count)))


def read_while_made_anew(topic: Topic, proof: Proof, count: int) -> None:
    """Make a topic anew below a member that has read all of it, until the member sees that."""
    gaps: list[Gap] = []
    watch = Observer(gapped=gaps.append)
    with running(topic, proof, observer=watch, metadata_max_age_ms=200) as first:
        first.until(lambda: recorded(proof) == 10)
        make_anew(topic, count)
        first.until(lambda: bool(gaps))


@pytest.mark.parametrize("count", [4, 14], ids=["shorter", "longer"])
def test_a_topic_made_anew_under_its_name_is_an_alarm(
    topic: Topic, proof: Proof, count: int
) -> None:
    topic.send((0, encoded(e)) for e in envelopes_of(people(5)))
    read(topic, proof)
    make_anew(topic, count)
    with pytest.raises(OffsetsLost, match=f"was read to 10, the broker has 0 to {count}"):
        read(topic, proof, "others")
    assert recorded(proof) == 10


def test_a_topic_made_anew_while_it_is_read_is_an_alarm(topic: Topic, proof: Proof) -> None:
    topic.send((0, encoded(e)) for e in envelopes_of(people(5)))
    with pytest.raises(OffsetsLost, match=r"made anew|goes on at 10"):
        read_while_made_anew(topic, proof, 14)
    assert recorded(proof) == 10


def test_a_log_that_was_cut_behind_the_place_is_an_alarm(
    topic: Topic, proof: Proof, monkeypatch: pytest.MonkeyPatch
) -> None:
    topic.send((0, encoded(e)) for e in envelopes_of(people(5)))
    read(topic, proof)
    topic.send((0, encoded(e)) for e in envelopes_of(more(5, 4)))
    cut = {TopicPartition(topic.name, 0): OffsetAndMetadata(8, "", 0)}
    with client(topic, "others") as consumer:
        told = iter([LogTruncationError(divergent_offsets=cut)])
        whole = consumer.poll

        def poll(*given: Any, **named: Any) -> Any:  # noqa: ANN401 - the client's own
            if consumer.assignment() and (error := next(told, None)) is not None:
                raise error
            return whole(*given, **named)

        monkeypatch.setattr(consumer, "poll", poll)
        with pytest.raises(OffsetsLost, match="goes on at 10, the broker has 0 to 8"):
            member(consumer, topic, proof).run(until_idle=True)
    assert recorded(proof) == 10


def test_a_topic_made_anew_is_not_passed_over_even_when_gaps_are_accepted(
    topic: Topic, proof: Proof
) -> None:
    topic.send((0, encoded(e)) for e in envelopes_of(people(5)))
    read(topic, proof)
    make_anew(topic, 14)
    with pytest.raises(OffsetsLost, match="made anew"):
        read(topic, proof, "accepting", accepting=True)
