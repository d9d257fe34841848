"""What a source tells of assignments and clients goes into streams of their own."""

from collections.abc import Mapping

import pytest

from consumers.packing import unpack
from domain.answers import Present
from domain.assignment import AssignmentClosed, AssignmentOpened, AssignmentState, AssignmentStatus
from domain.client import ClientRegistered, ClientRelationEnded, ClientState, ClientStatus
from domain.keyring import SourceRef
from domain.standing import status_of
from domain.streams import OtherState
from domain.values import SubjectId
from tests.consumers.feed import SUBMITTED, Feed
from tests.consumers.side import Side
from tests.examples import SOURCE

OPENED = AssignmentOpened.TOPIC
TITLE: Mapping[str, object] = {"title": "Welder for a yard", "place": "Nowhere"}


def stream_of(side: Side, kind: str, remote_id: str) -> SubjectId:
    found = side.keyring.find_source(side.controller, SourceRef(SOURCE, f"{kind}:{remote_id}"))
    assert found is not None
    return found


def state_of(side: Side, stream: SubjectId) -> OtherState:
    return side.log.other_heads_of([stream])[stream].state


def test_an_assignment_opens_and_closes_in_a_stream_of_its_own(side: Side) -> None:
    feed = Feed()
    feed.tell("J-4", OPENED)
    feed.tell("J-4", AssignmentClosed.TOPIC)
    tally = side.take(feed.items)
    assert (tally.recorded, tally.people) == (2, 0)
    stream = stream_of(side, "assignment", "J-4")
    keyed = side.keyring.keyed_id(side.controller, "assignment", SOURCE, "J-4")
    state = state_of(side, stream)
    assert isinstance(state, AssignmentState)
    assert status_of(state.assignments, keyed) is AssignmentStatus.CLOSED
    assert side.topics(stream) == [OPENED, AssignmentClosed.TOPIC]


def test_an_application_names_the_assignment_by_the_same_id(side: Side) -> None:
    feed = Feed()
    feed.tell("J-4", OPENED)
    feed.tell(topic=SUBMITTED, values={"remote_assignment_id": "J-4"})
    side.take(feed.items)
    (opened,) = side.facts(stream_of(side, "assignment", "J-4"))
    applied = side.facts(side.person())[-1]
    assert getattr(opened, "assignment_id", 1) == getattr(applied, "assignment_id", 2)


def test_an_assignments_title_is_sealed_under_its_own_streams_key(side: Side) -> None:
    feed = Feed()
    feed.tell("J-4", OPENED, values=TITLE)
    side.take(feed.items)
    (answer,) = side.open_log(stream_of(side, "assignment", "J-4"))
    assert isinstance(answer, Present)
    assert unpack(answer.plaintext) == TITLE


def test_a_client_is_one_until_the_relation_ends(side: Side) -> None:
    feed = Feed()
    feed.tell("K-1", ClientRegistered.TOPIC)
    side.take(feed.items)
    feed.tell("K-1", ClientRelationEnded.TOPIC)
    side.again(feed)
    keyed = side.keyring.keyed_id(side.controller, "client", SOURCE, "K-1")
    state = state_of(side, stream_of(side, "client", "K-1"))
    assert isinstance(state, ClientState)
    assert status_of(state.clients, keyed) is ClientStatus.ENDED


def test_a_thing_and_a_person_with_one_remote_id_are_two_streams(side: Side) -> None:
    feed = Feed()
    feed.tell("17")
    feed.tell("17", OPENED)
    feed.tell("17", ClientRegistered.TOPIC)
    assert side.take(feed.items).recorded == 3
    streams = {
        side.person("17"),
        *[stream_of(side, kind, "17") for kind in ("assignment", "client")],
    }
    assert len(streams) == 3


def test_a_source_that_confuses_a_person_with_an_assignment_is_refused(side: Side) -> None:
    feed = Feed()
    feed.tell("J-4", OPENED)
    feed.tell("assignment:J-4")
    tally = side.take(feed.items)
    assert (tally.recorded, tally.refused) == (1, {"other_kind": 1})
    assert side.topics(stream_of(side, "assignment", "J-4")) == [OPENED]


@pytest.mark.parametrize("topic", [OPENED, ClientRegistered.TOPIC])
def test_told_again_it_is_a_duplicate(side: Side, topic: str) -> None:
    feed = Feed()
    feed.tell("J-4", topic)
    side.take(feed.items)
    assert side.again(feed).duplicate == 1
