"""Facts go out as they are stored, in order, and a downstream can recognise them."""

from collections.abc import Sequence

import pytest
from kafka import TopicPartition

from consumers.ports import LogUnavailable
from infra.codec.facts import FactCodec, controller_of
from infra.kafka.options import Connection
from infra.kafka.publishing import sending
from infra.kafka.relay import Relay, topic_of
from tests.kafka.test_consuming import people
from tests.kafka.topics import CLUSTER, Topic, client, make_topic
from tests.proof.houses import SLUG, Proof


class Sent:
    """Keeps what was sent; fails at a flush when told to."""

    def __init__(self, failing: int = 0) -> None:
        self.records: list[tuple[str, bytes, bytes]] = []
        self.failing = failing

    def send(self, topic: str, key: bytes, value: bytes) -> None:
        self.records.append((topic, key, value))

    def flush(self) -> None:
        if self.failing:
            self.failing -= 1
            message = "the cluster is away"
            raise LogUnavailable(message)


def relay(proof: Proof, sender: Sent) -> Relay:
    return Relay(proof.house.store, sender, proof.house.keyring, CLUSTER, {proof.controller: SLUG})


def never() -> bool:
    return False


def stored(proof: Proof) -> Sequence[bytes]:
    facts = proof.house.store.notifications(0, 1000)
    return [one.state for one in facts if controller_of(one.state) == proof.controller]


def test_the_stored_bytes_go_out_in_the_logs_order(proof: Proof) -> None:
    proof.take(people(5).items)
    sent = Sent()
    relay(proof, sent).run_once(never)
    assert [value for _, _, value in sent.records] == stored(proof)


def test_what_was_sent_is_not_sent_again(proof: Proof) -> None:
    proof.take(people(5).items)
    sent = Sent()
    assert relay(proof, sent).run_once(never) == len(sent.records) > 0
    assert relay(proof, sent).run_once(never) == 0


def test_a_page_that_was_not_acknowledged_is_sent_again(proof: Proof) -> None:
    proof.take(people(5).items)
    sent = Sent(failing=1)
    with pytest.raises(LogUnavailable):
        relay(proof, sent).run_once(never)
    relay(proof, sent).run_once(never)
    assert [value for _, _, value in sent.records] == [*stored(proof), *stored(proof)]


def test_a_key_is_neither_the_person_nor_her_fact(proof: Proof) -> None:
    proof.take(people(5).items)
    sent = Sent()
    relay(proof, sent).run_once(never)
    facts = proof.house.store.notifications(0, 1000)
    subjects = {one.originator_id.bytes for one in facts}  # type: ignore[union-attr]  # a test double
    keys = {key for _, key, _ in sent.records}
    # Five people, and the controller's own stream.
    assert (len(keys), keys & subjects) == (6, set())


def test_another_controllers_facts_do_not_go_out(proof: Proof) -> None:
    proof.take(people(5).items)
    sent = Sent()
    nobody = proof.house.controllers["miles"]
    Relay(proof.house.store, sent, proof.house.keyring, CLUSTER, {nobody: "miles"}).run_once(never)
    assert not {value for _, _, value in sent.records} & set(stored(proof))


def test_a_real_cluster_holds_what_the_log_holds(topic: Topic, proof: Proof) -> None:
    proof.take(people(5).items)
    out = make_topic(topic.address, topic_of(SLUG), 2)
    with sending(Connection((topic.address,))) as sender:
        relay(proof, sender).run_once(never)  # type: ignore[arg-type]  # a test double
    found: list[bytes] = []
    partitions = [TopicPartition(out.name, n) for n in range(out.partitions)]
    with client(out) as consumer:
        consumer.assign(partitions)
        consumer.seek_to_beginning(*partitions)
        while len(found) < len(stored(proof)):
            found += [row.value for rows in consumer.poll(1000).values() for row in rows]
    assert sorted(found) == sorted(stored(proof))
    newest = proof.house.store.notifications(0, 1000)[-1]
    FactCodec().decode(newest.topic, found[found.index(newest.state)])
