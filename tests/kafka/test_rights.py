"""Subject rights reach the recipient they are for, and are settled by whoever read them."""

from collections.abc import Sequence
from uuid import UUID

import pytest
from kafka import KafkaConsumer

from consumers.ports import Notice
from domain.answers import Answer, SealBroken
from domain.erasure import ErasureOrdered
from domain.keyring import OpenRequest
from domain.values import FactId
from infra.kafka.acknowledging import Desk, reader, take_all
from infra.kafka.downstream import Downstream, follow
from infra.kafka.faults import NotDelivered
from infra.kafka.options import Connection
from infra.kafka.publishing import sending
from infra.kafka.rights import (
    ACKNOWLEDGEMENTS,
    RIGHTS,
    Acknowledged,
    RightsCourier,
    acknowledge,
    is_proven,
    proof_of,
    read_acknowledgement,
    read_notice,
    recipient_of,
)
from infra.keys.recipients import new_pair, seal_to
from infra.notices import deliver
from tests.kafka.test_consuming import people
from tests.kafka.topics import Topic, make_topic
from tests.proof.houses import SOURCE, Proof

PRIVATE, PUBLIC = new_pair()


class Sent:
    """Keeps what was sent."""

    def __init__(self) -> None:
        self.records: list[tuple[str, bytes, bytes]] = []

    def send(self, topic: str, key: bytes, value: bytes) -> None:
        self.records.append((topic, key, value))

    def flush(self) -> None:
        """Everything is acknowledged."""


class Lost(Sent):
    """Sends what the cluster does not take."""

    def flush(self) -> None:
        raise NotDelivered(0, len(self.records))


def courier(proof: Proof, sender: object) -> RightsCourier:
    def opened(notice: Notice) -> Answer:
        assert notice.subject is not None
        assert notice.erasure_id is not None
        assert notice.token is not None
        asked = OpenRequest(
            notice.subject,
            FactId(notice.erasure_id),
            f"notice/{notice.notice_id}",
            ErasureOrdered.TOPIC,
            notice.token,
        )
        return proof.house.keyring.open(notice.controller, [asked])[0]

    return RightsCourier(sender, proof.house.keyring, {SOURCE: PUBLIC}, opened)  # type: ignore[arg-type]  # a test double


@pytest.fixture
def notices(proof: Proof) -> Sequence[Notice]:
    """Erase r-0 and r-1; their source must be told of both."""
    proof.take(people(3).items)
    proof.erase(proof.person("r-0"), proof.person("r-1"))
    return proof.house.outbox.waiting(10)


def sent_by(proof: Proof, notices: Sequence[Notice]) -> list[tuple[str, bytes, bytes]]:
    sent = Sent()
    courier(proof, sent).deliver(notices)
    return sent.records


def test_a_notice_names_the_person_to_her_source_alone(
    proof: Proof, notices: Sequence[Notice]
) -> None:
    told = [read_notice(value, PRIVATE) for _, _, value in sent_by(proof, notices)]
    assert {one.remote_id for one in told if one is not None} == {"r-0", "r-1"}


def test_what_was_not_delivered_waits_and_is_sent_the_next_time(
    proof: Proof, notices: Sequence[Notice]
) -> None:
    with pytest.raises(NotDelivered):
        deliver(proof.house, courier(proof, Lost()), lambda: False)
    assert proof.house.outbox.waiting(10) == notices
    sent = Sent()
    deliver(proof.house, courier(proof, sent), lambda: False)
    assert len(sent.records) == len(notices)


def test_another_recipient_cannot_read_it(proof: Proof, notices: Sequence[Notice]) -> None:
    _, _, value = sent_by(proof, notices)[0]
    with pytest.raises(SealBroken):
        read_notice(value, new_pair()[0])


def test_nothing_personal_is_in_the_clear(proof: Proof, notices: Sequence[Notice]) -> None:
    records = sent_by(proof, notices)
    assert not any(b"r-0" in key + value or b"r-1" in key + value for _, key, value in records)


def test_whom_a_notice_is_for_is_read_without_a_key(
    proof: Proof, notices: Sequence[Notice]
) -> None:
    assert {recipient_of(value) for _, _, value in sent_by(proof, notices)} == {SOURCE}


def test_an_acknowledgement_proves_that_the_notice_was_read(
    proof: Proof, notices: Sequence[Notice]
) -> None:
    told = read_notice(sent_by(proof, notices)[0][2], PRIVATE)
    assert told is not None
    back = read_acknowledgement(acknowledge(told))
    assert back is not None
    assert is_proven(back, proof.house.keyring, proof.controller)


def test_an_acknowledgement_without_the_proof_settles_nothing(
    proof: Proof, notices: Sequence[Notice]
) -> None:
    forged = Acknowledged(notices[0].notice_id, bytes(16))
    assert not is_proven(forged, proof.house.keyring, proof.controller)


def test_a_proof_is_another_for_each_notice(proof: Proof, notices: Sequence[Notice]) -> None:
    proofs = {proof_of(proof.house.keyring, proof.controller, n.notice_id) for n in notices}
    assert len(proofs) == len(notices)


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\xc3\x01", id="a marker alone"),
        pytest.param(b"plaintext", id="plaintext"),
        pytest.param(seal_to(PUBLIC, b"x", b""), id="sealed to us, of another kind"),
    ],
)
def test_what_is_no_notice_is_passed_over(value: bytes) -> None:
    obeyed: list[str] = []
    assert Downstream(SOURCE, PRIVATE, {"erased": obeyed.append}).obey(value) is None


def test_a_duty_the_downstream_does_not_know_is_not_acknowledged(
    proof: Proof, notices: Sequence[Notice]
) -> None:
    _, _, value = sent_by(proof, notices)[0]
    assert Downstream(SOURCE, PRIVATE, {}).obey(value) is None


@pytest.fixture
def topics(topic: Topic) -> Connection:
    """Make the two topics of subject rights, anew for each test of this process."""
    for name in (RIGHTS, ACKNOWLEDGEMENTS):
        make_topic(topic.address, name, 2)
    return Connection((topic.address,))


def test_a_downstream_that_obeys_is_settled(
    proof: Proof, notices: Sequence[Notice], topics: Connection
) -> None:
    forgotten: list[str] = []
    settled: list[UUID] = []
    downstream = Downstream(SOURCE, PRIVATE, {"erased": forgotten.append})
    with sending(topics) as sender:
        courier(proof, sender).deliver(notices)
        consumer = KafkaConsumer(
            RIGHTS,
            **topics.arguments(),
            group_id="downstream",
            auto_offset_reset="earliest",
            enable_auto_commit=False,
        )
        follow(consumer, sender, downstream, lambda: len(forgotten) == len(notices))
        consumer.close(autocommit=False)
    known = {notice.notice_id: notice for notice in notices}
    desk = Desk(lambda ids: [known[i] for i in ids], proof.house.keyring, settled.extend)
    with reader(topics) as consumer:
        take_all(consumer, desk, lambda: len(settled) == len(notices))
    assert sorted(forgotten) == ["r-0", "r-1"]
    assert set(settled) == set(known)
