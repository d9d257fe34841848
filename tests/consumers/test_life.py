"""What a source tells of a life: keyed to other facts, taken apart, refused where rights say so."""

from collections.abc import Mapping

import pytest

from consumers.ports import ParkReason
from consumers.translate import Draft, translate
from consumers.upstream import DecodedFact
from domain.disclosure import CandidatePresentedToClient, Disclosed
from domain.mentions import MentionedIn
from domain.references import ReferenceRequested
from domain.restriction import ProcessingRestricted
from domain.traits import ResumeParsed
from domain.values import SubjectId
from infra.clock import FixedClock
from schemas.contracts import contracts
from tests.codec.messages import MESSAGES, envelope
from tests.consumers.feed import Feed
from tests.consumers.side import Side
from tests.examples import SOURCE, START
from tests.fakes.keyring import FakeKeyring

PRESENTED = CandidatePresentedToClient.TOPIC
VIEWED = "candidate.job-ad-viewed"


class Translator:
    """Translates messages for one controller."""

    def __init__(self) -> None:
        self.keyring = FakeKeyring(FixedClock(START))
        self.controller = self.keyring.add_controller("eksempel")

    def outcome(self, topic: str, changed: Mapping[str, object]) -> Draft | ParkReason:
        decoded = DecodedFact(topic, {**MESSAGES[topic], **changed})
        contract = contracts()[topic]
        return translate(envelope(), decoded, contract, self.keyring, self.controller)

    def draft(self, topic: str, **changed: object) -> Draft:
        found = self.outcome(topic, changed)
        assert isinstance(found, Draft)
        return found


@pytest.fixture
def desk() -> Translator:
    return Translator()


def test_a_mention_names_the_fact_its_source_calls_by_an_event_id(desk: Translator) -> None:
    draft = desk.draft(MentionedIn.TOPIC, remote_event_id="E-9")
    mentioning = desk.keyring.fact_id(desk.controller, SOURCE, "E-9")
    assert draft.clear["mentioning_fact_id"] == mentioning


def test_documents_that_went_along_are_keyed_each(desk: Translator) -> None:
    draft = desk.draft(PRESENTED, remote_document_ids=["D-3", "D-4"])
    keyed = [desk.keyring.keyed_id(desk.controller, "document", SOURCE, d) for d in ("D-3", "D-4")]
    assert draft.clear["document_ids"] == tuple(keyed)


def test_a_blank_id_among_several_is_parked(desk: Translator) -> None:
    assert desk.outcome(PRESENTED, {"remote_document_ids": ["D-3", " "]}) is ParkReason.MISSING_ID


def test_several_of_an_enum_are_the_domains_own(desk: Translator) -> None:
    draft = desk.draft(PRESENTED, disclosed=["name", "resume"])
    assert draft.clear["disclosed"] == (Disclosed.NAME, Disclosed.RESUME)


@pytest.mark.requirement("A175")
def test_what_a_parser_found_is_sealed_with_its_document(desk: Translator) -> None:
    draft = desk.draft(ResumeParsed.TOPIC)
    assert draft.categories == (f"documents/{draft.clear['document_id']}",)


def test_nothing_of_the_referee_is_sealed_under_the_candidates_key(desk: Translator) -> None:
    sealed = desk.draft(ReferenceRequested.TOPIC).personal
    assert {name for values in sealed.values() for name in values} == {"relation"}


def test_a_referee_is_a_person_with_a_stream_of_her_own(side: Side) -> None:
    feed = Feed()
    feed.tell("r-1", ReferenceRequested.TOPIC, event="asked")
    feed.tell("referee-1", MentionedIn.TOPIC, values={"remote_event_id": "asked"})
    side.take(feed.items)
    (mention,) = [f for f in side.facts(side.person("referee-1")) if isinstance(f, MentionedIn)]
    assert mention.mentioning_fact_id == side.keyring.fact_id(side.controller, SOURCE, "asked")


def told_without_consent(side: Side) -> SubjectId:
    """Let a source tell what nobody consented to."""
    feed = Feed()
    feed.tell()
    feed.tell(topic=VIEWED)
    assert side.take(feed.items).parked == {"no_consent": 1}
    return side.person()


def test_a_fact_that_rights_forbid_is_parked_and_not_recorded(side: Side) -> None:
    assert VIEWED not in side.topics(told_without_consent(side))


def test_a_source_is_not_told_of_an_erasure_that_was_none(side: Side) -> None:
    told_without_consent(side)
    assert list(side.log.notices) == []


def test_a_restriction_is_the_houses_to_decide() -> None:
    assert ProcessingRestricted.TOPIC not in contracts()
