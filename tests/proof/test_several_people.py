"""Two people in one reference: what ends for one of them ends for her alone."""

from collections.abc import Mapping

import pytest

from consumers.packing import unpack
from consumers.ports import NoticeKind
from domain.answers import Present, Shredded, Withheld
from domain.assignment import AssignmentClosed, AssignmentOpened, AssignmentState, AssignmentStatus
from domain.controller import stream_of
from domain.keyring import OpenRequest, SourceRef
from domain.mentions import MentionedIn
from domain.references import ReferenceGiven
from domain.standing import status_of
from infra.upkeep import ABANDONED_AFTER, abandon_pending
from tests.consumers.feed import Feed
from tests.proof.houses import SOURCE, Proof

CANDIDATE, REFEREE = "r-1", "r-9"
SAID = {"statement": "Works well."}
HERS = {"name": "Probe Referansen", "emails": ["referee@example.org"]}
VALUES: Mapping[str, object] = {
    "remote_referee_person_id": REFEREE,
    "referee_name": HERS["name"],
    "referee_emails": HERS["emails"],
    "referee_phones": [],
    "referee_employer": None,
    "referee_title": None,
    **SAID,
}


@pytest.fixture
def told(proof: Proof) -> Proof:
    return take_a_reference(proof)


def take_a_reference(proof: Proof) -> Proof:
    """Take in a candidate and what her referee said of her."""
    feed = Feed(SOURCE)
    feed.tell(CANDIDATE)
    feed.tell(CANDIDATE, ReferenceGiven.TOPIC, values=VALUES)
    proof.take(feed.items)
    proof.project()
    return proof


def tokens(proof: Proof, remote_id: str, topic: str) -> list[OpenRequest]:
    """Collect what the log, the timeline and the dossier hold of one kind of a person's facts."""
    found = [token for token in proof.tokens(proof.person(remote_id)) if token.slot == topic]
    assert len(found) == 3
    return found


def values(proof: Proof, remote_id: str, topic: str) -> dict[str, object]:
    (answer,) = proof.answers(tokens(proof, remote_id, topic))
    assert isinstance(answer, Present)
    return unpack(answer.plaintext)


@pytest.mark.requirement("A45", "A179", "A133", "T12")
def test_erasing_the_referee_leaves_what_was_said_of_the_candidate(told: Proof) -> None:
    hers = tokens(told, REFEREE, MentionedIn.TOPIC)
    told.erase(told.person(REFEREE))
    assert told.answers(hers) == {Shredded()}
    assert values(told, CANDIDATE, ReferenceGiven.TOPIC) == SAID
    assert told.found("referee@example.org") == []


@pytest.mark.requirement("A45", "A179", "A133")
def test_erasing_the_candidate_leaves_the_referees_values(told: Proof) -> None:
    hers = tokens(told, CANDIDATE, ReferenceGiven.TOPIC)
    told.erase(told.person(CANDIDATE))
    assert told.answers(hers) == {Shredded()}
    assert values(told, REFEREE, MentionedIn.TOPIC) == HERS
    assert told.found("referee@example.org") == [told.person(REFEREE)]


def test_withholding_the_referee_leaves_the_candidate_readable(told: Proof) -> None:
    hers = tokens(told, REFEREE, MentionedIn.TOPIC)
    told.house.keyring.suspend(told.controller, [told.person(REFEREE)])
    assert told.answers(hers) == {Withheld()}
    assert values(told, CANDIDATE, ReferenceGiven.TOPIC) == SAID


def test_an_erased_referee_is_not_brought_back_by_the_next_reference(told: Proof) -> None:
    told.erase(told.person(REFEREE))
    feed = Feed(SOURCE)
    feed.tell(CANDIDATE, ReferenceGiven.TOPIC, event="again", values=VALUES)
    assert told.take(feed.items, "feed/2").recorded == 1
    ref = SourceRef(SOURCE, REFEREE)
    assert told.house.keyring.find_source(told.controller, ref) is None
    kinds = [notice.kind for notice in told.house.outbox.waiting(10)]
    assert NoticeKind.LATE_FACT in kinds


def test_an_assignment_is_neither_a_person_nor_abandoned(proof: Proof) -> None:
    feed = Feed(SOURCE)
    feed.tell("J-4", AssignmentOpened.TOPIC)
    assert proof.take(feed.items).people == 0
    house = proof.house
    house.clock.instant += ABANDONED_AFTER + 1  # type: ignore[attr-defined]  # the fixture's clock stands
    assert abandon_pending(house) == 0
    assert house.keyring.abandoned(house.clock.now()) == []
    feed.tell("J-4", AssignmentClosed.TOPIC)
    assert proof.take(feed.items, "feed/2").recorded == 1
    stream = proof.person("assignment:J-4")
    state = house.store.other_heads_of([stream])[stream].state
    assert isinstance(state, AssignmentState)
    keyed = house.keyring.keyed_id(proof.controller, "assignment", SOURCE, "J-4")
    assert status_of(state.assignments, keyed) is AssignmentStatus.CLOSED


def test_a_founded_house_has_adopted_its_policies(proof: Proof) -> None:
    streams = [stream_of(controller) for controller in proof.house.controllers.values()]
    assert proof.house.store.other_heads_of(streams).keys() == set(streams)
    assert proof.house.store.heads_after(proof.controller, None, 10) == []
