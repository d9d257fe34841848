"""The anchor on Kafka: it holds when the files of the anchor were put back with everything else."""

import shutil
from collections.abc import Iterator
from dataclasses import replace

import pytest
from kafka import KafkaAdminClient, KafkaProducer

from domain.answers import GateClosed, GateVerdict, Present, Shredded
from domain.keyring import JournalHead, OpenRequest
from domain.values import ControllerId
from infra.anchoring import anchor_all, bring_records, on_kafka, push_anchor, push_destroyed
from infra.broker.broker import Broker
from infra.checks import Verdict, examine
from infra.clock import FixedClock
from infra.embedded.cluster import Cluster
from infra.gate import anchor_log, anchor_topic, restore_gate
from infra.house import open_house
from infra.kafka.anchor import ANCHOR, AnchorTopic
from infra.kafka.faults import ClusterUnavailable
from infra.kafka.options import Connection
from infra.kafka.topics import look
from infra.keys.anchored import Heads, LogHead
from infra.keys.record import ChainedRecord, JournalBroken
from infra.keys.restoring import Restorer
from infra.settings import KafkaPlace, Settings
from tests.examples import numbered
from tests.kafka.test_consuming import people
from tests.proof.houses import Backups, Proof, open_proof
from tests.proof.restored import mend

NOWHERE = "127.0.0.1:1"
ONE = ControllerId(numbered("controller", 1))


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nobody wait long for a cluster that is away."""
    monkeypatch.setattr("infra.kafka.anchor.ANSWER_MS", 1_000)


@pytest.fixture
def place(broker: Broker) -> Iterator[Connection]:
    """Lend the broker with the anchor's topic, which is removed at the end."""
    connection = Connection((broker.address,))
    look(connection, [ANCHOR], make=True, replicas=1, partitions=3)
    yield connection
    _remove(connection)


def _remove(connection: Connection) -> None:
    admin = KafkaAdminClient(**connection.arguments())
    admin.delete_topics([ANCHOR])
    admin.close()


@pytest.fixture
def settings(settings: Settings, place: Connection) -> Settings:
    """Let the house know the broker."""
    return replace(settings, kafka=KafkaPlace(place.servers[0], None, None))


@pytest.fixture
def away(settings: Settings) -> Settings:
    """Give the same house while its cluster is away."""
    return replace(settings, kafka=KafkaPlace(NOWHERE, None, None))


@pytest.fixture
def proof(settings: Settings, clock: FixedClock) -> Iterator[Proof]:
    """Give an open house with two people, anchored in the files and on Kafka."""
    with open_proof(settings, clock) as opened:
        opened.take(people(2).items)
        anchor_all(opened.house)
        yield opened


@pytest.fixture
def backups(cluster: Cluster) -> Iterator[Backups]:
    """Make copies of databases, dropped at the end."""
    made = Backups(cluster, [], "anchored")
    yield made
    made.drop()


def topic_of(proof: Proof, place: Connection) -> AnchorTopic:
    return AnchorTopic(place, tuple(proof.house.controllers.values()))


def in_files(proof: Proof) -> Heads:
    return proof.house.anchor.heads(tuple(proof.house.controllers.values()))


def snapshot(proof: Proof, backups: Backups) -> Settings:
    """Copy both databases and the files of the anchor: all of the machine, and not Kafka."""
    kept = proof.house.settings.anchor.with_name("old anchor")
    shutil.copytree(proof.house.settings.anchor, kept)
    return replace(backups.of(proof.house.settings), anchor=kept)


def test_kafka_holds_what_the_files_say(proof: Proof, place: Connection) -> None:
    proof.erase(proof.person("r-0"))
    assert anchor_all(proof.house) > 0
    assert topic_of(proof, place).read() == in_files(proof)
    assert anchor_all(proof.house) == 0


def test_a_command_that_destroyed_pushes_at_its_end(proof: Proof, place: Connection) -> None:
    proof.erase(proof.person("r-0"))
    push_destroyed(proof.house)
    told = topic_of(proof, place).read()
    assert told is not None
    assert told.journals[proof.controller].sequence == 1


def test_a_machine_put_back_whole_opens_nothing(
    settings: Settings, clock: FixedClock, backups: Backups
) -> None:
    """Guard: the anchor on Kafka. The twin below opens: files and databases agree."""
    with open_proof(settings, clock) as proof:
        proof.take(people(2).items)
        anchor_all(proof.house)
        tokens = proof.tokens(proof.person("r-0"))
    with open_proof(settings, clock) as proof:
        old = snapshot(proof, backups)
    with open_proof(settings, clock) as proof:
        proof.erase(proof.person("r-0"))
        push_destroyed(proof.house)
    with open_proof(old, clock) as restored, pytest.raises(GateClosed) as closed:
        restored.answers(tokens)
    assert closed.value.verdict in {GateVerdict.EVENTS_BEHIND, GateVerdict.ROLLED_BACK}
    with open_proof(replace(old, kafka=None), clock) as twin:
        assert all(isinstance(answer, Present) for answer in twin.answers(tokens))
    done = mend(old, clock)
    counts = [(one.put_back, one.lost_records) for one in done.mended.values()]
    assert sorted(counts) == [(0, 0), (0, 0), (0, 0), (0, 0), (1, 0)]
    _erased_again(old, clock, tokens)


def _erased_again(old: Settings, clock: FixedClock, tokens: list[OpenRequest]) -> None:
    """Expect her erased, Kafka and files agreed, and the house to go on."""
    with open_proof(old, clock) as proof:
        restore_gate(proof.house)()
        assert proof.answers(tokens) == {Shredded()}
        assert anchor_all(proof.house) == 0
        proof.erase(proof.person("r-1"))
        anchor_all(proof.house)
    with open_proof(old, clock) as proof:
        restore_gate(proof.house)()


def test_records_that_kafka_never_had_are_a_declared_gap(
    settings: Settings, clock: FixedClock, backups: Backups
) -> None:
    """The topic was made anew between: what nobody kept is told in number."""
    with open_proof(settings, clock) as proof:
        proof.take(people(3).items)
        old = snapshot(proof, backups)
    with open_proof(settings, clock) as proof:
        proof.erase(proof.person("r-0"))
        heads = in_files(proof)
        topic = anchor_topic(proof.house)
        assert topic is not None
        topic.write(heads, heads, (), anew=False)
    done = mend(old, clock)
    assert sum(one.lost_records for one in done.mended.values()) == 1
    with open_proof(old, clock) as proof:
        restore_gate(proof.house)()


def test_many_records_go_in_pages_before_their_head(
    proof: Proof, place: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("infra.anchoring.PAGE_BYTES_MAX", 1)
    proof.erase(proof.person("r-0"), proof.person("r-1"))
    anchor_all(proof.house)
    kept = topic_of(proof, place).records({proof.controller: 0})[proof.controller]
    assert kept == list(proof.house.anchor.records(proof.controller))
    assert len(kept) == 2


def test_work_on_a_house_put_back_does_not_put_back_its_anchor(
    settings: Settings, clock: FixedClock, place: Connection, backups: Backups
) -> None:
    """Guard: what Kafka holds is judged before it is written; the process asks no gate itself."""
    with open_proof(settings, clock) as proof:
        proof.take(people(2).items)
        old = snapshot(proof, backups)
    with open_proof(settings, clock) as proof:
        proof.erase(proof.person("r-0"))
        anchor_all(proof.house)
        held = topic_of(proof, place).read()
    with open_house(old, clock) as house:
        restored = Proof(house)
        restored.erase(restored.person("r-1"), restored.person("r-0"))
        anchor_log(house)
        with pytest.raises(GateClosed):
            push_anchor(house)
        push_destroyed(house)
        assert topic_of(restored, place).read() == held


def test_while_kafka_is_away_the_files_decide_alone(
    proof: Proof, away: Settings, clock: FixedClock
) -> None:
    tokens = proof.tokens(proof.person("r-0"))
    with open_proof(away, clock) as other:
        assert all(isinstance(answer, Present) for answer in other.answers(tokens))
        checks = {check.name: check for check in examine(other.house)}
    assert checks["restore_gate"].verdict is Verdict.WELL
    assert checks["kafka_anchor"].verdict is Verdict.AWAY


def test_what_was_not_pushed_is_pushed_later(
    proof: Proof, place: Connection, away: Settings, clock: FixedClock
) -> None:
    with open_proof(away, clock) as other:
        other.erase(other.person("r-0"))
        push_destroyed(other.house)
        with pytest.raises(ClusterUnavailable):
            anchor_all(other.house)
    stands = on_kafka(proof.house)
    assert stands is not None
    assert stands.behind == 1
    anchor_all(proof.house)
    assert topic_of(proof, place).read() == in_files(proof)


def test_nothing_is_reconciled_while_kafka_is_away(away: Settings, clock: FixedClock) -> None:
    """Guard: what is anchored there must be known before a journal goes on."""
    with pytest.raises(ClusterUnavailable):
        mend(away, clock)


def test_a_record_that_is_no_anchor_closes_the_gate_until_it_is_anchored_anew(
    proof: Proof, settings: Settings, clock: FixedClock
) -> None:
    producer = KafkaProducer(bootstrap_servers=settings.kafka.servers if settings.kafka else "")
    producer.send(ANCHOR, b'{"format": 1}', partition=0).get(10)
    producer.close()
    with pytest.raises(GateClosed) as closed:
        restore_gate(proof.house)()
    assert closed.value.verdict is GateVerdict.ANCHOR_LOST
    with pytest.raises(GateClosed):
        mend(settings, clock)
    assert mend(settings, clock, re_anchor=True).re_anchored
    restore_gate(proof.house)()


def test_the_furthest_head_counts_whoever_wrote_last(proof: Proof, place: Connection) -> None:
    """Two processes that read before each other's writing."""
    topic, heads = topic_of(proof, place), in_files(proof)
    proof.erase(proof.person("r-0"))
    topic.write(heads, in_files(proof), (), anew=False)
    topic.write(heads, heads, (), anew=False)
    assert topic.read() == in_files(proof)


def test_the_anchor_of_another_house_is_passed_over(proof: Proof, place: Connection) -> None:
    other = AnchorTopic(place, [ONE])
    theirs = Heads(LogHead(9_999, b"x"), {ONE: JournalHead(9, b"y")}, {}, {})
    other.write(theirs, theirs, (), anew=False)
    restore_gate(proof.house)()
    assert topic_of(proof, place).read() == in_files(proof)


def test_a_forged_record_is_not_brought(proof: Proof, place: Connection) -> None:
    """Guard: who may write to the topic knows no secret of the journal."""
    heads = in_files(proof)
    forged = replace(heads, journals={proof.controller: JournalHead(1, b"x" * 32)})
    page = (proof.controller, [ChainedRecord(1, b"forged", b"x" * 32)])
    topic_of(proof, place).write(heads, forged, [page], anew=False)
    with pytest.raises(JournalBroken):
        bring_records(proof.house, Restorer(proof.house.keyring.vault))
    assert list(proof.house.anchor.records(proof.controller)) == []
