"""A message becomes a draft: personal values by category, ids keyed, the rest clear."""

from dataclasses import replace
from uuid import UUID

import pytest

from consumers.ports import ParkReason
from consumers.translate import Draft, translate
from consumers.upstream import DecodedFact, Envelope
from domain.application import ApplicationKind, ApplicationSubmitted, Stage
from domain.catalogue import BY_TOPIC
from domain.documents import DocumentKind, DocumentUploaded
from domain.fact import Fact
from domain.keyring import Contact, ContactKind, SourceRef
from domain.profile import Channel
from domain.values import ControllerId
from infra.clock import FixedClock
from schemas.contracts import contracts
from tests.codec.messages import CONTACT, MESSAGES, envelope
from tests.examples import SOURCE, START, Parts, part
from tests.fakes.keyring import FakeKeyring

TOPICS = sorted(MESSAGES)
SUBMITTED = ApplicationSubmitted.TOPIC
UPLOADED = DocumentUploaded.TOPIC
BLANKS = ["", " ", "\t\n"]


@pytest.fixture
def keyring() -> FakeKeyring:
    return FakeKeyring(FixedClock(START))


@pytest.fixture
def controller(keyring: FakeKeyring) -> ControllerId:
    return keyring.add_controller("eksempel")


class Desk:
    """Translates messages for one controller."""

    def __init__(self, keyring: FakeKeyring, controller: ControllerId) -> None:
        self.keyring = keyring
        self.controller = controller

    def outcome(
        self, topic: str, wrapped: Envelope | None = None, **changed: object
    ) -> Draft | ParkReason:
        decoded = DecodedFact(topic, {**MESSAGES[topic], **changed})
        contract = contracts()[topic]
        message = envelope() if wrapped is None else wrapped
        return translate(message, decoded, contract, self.keyring, self.controller)

    def draft(self, topic: str, wrapped: Envelope | None = None, **changed: object) -> Draft:
        found = self.outcome(topic, wrapped, **changed)
        assert isinstance(found, Draft)
        return found

    def keyed(self, kind: str, remote_id: str) -> UUID:
        return self.keyring.keyed_id(self.controller, kind, SOURCE, remote_id)


@pytest.fixture
def desk(keyring: FakeKeyring, controller: ControllerId) -> Desk:
    return Desk(keyring, controller)


def sealed_fact(draft: Draft) -> Fact:
    return draft.fact(tuple([part(category) for category in draft.categories]))


@pytest.mark.parametrize("topic", TOPICS)
def test_every_kind_of_message_becomes_its_fact(desk: Desk, topic: str) -> None:
    assert type(sealed_fact(desk.draft(topic))) is BY_TOPIC[topic]


@pytest.mark.requirement("A5", "A129")
@pytest.mark.parametrize("topic", TOPICS)
def test_every_personal_field_ends_in_exactly_one_category(desk: Desk, topic: str) -> None:
    placed = [name for values in desk.draft(topic).personal.values() for name in values]
    assert sorted(placed) == sorted(contracts()[topic].personal)


@pytest.mark.requirement("A8", "A42", "A43", "A46")
@pytest.mark.parametrize("topic", TOPICS)
def test_personal_values_are_the_ones_that_were_sent(desk: Desk, topic: str) -> None:
    placed = {
        name: value
        for values in desk.draft(topic).personal.values()
        for name, value in values.items()
    }
    assert placed == {name: MESSAGES[topic][name] for name in contracts()[topic].personal}


@pytest.mark.parametrize("topic", TOPICS)
def test_no_text_of_the_source_is_clear(desk: Desk, topic: str) -> None:
    clear = desk.draft(topic).clear.values()
    assert [value for value in clear if type(value) is str] == []


@pytest.mark.parametrize("topic", TOPICS)
def test_a_draft_prints_its_kind_and_id_alone(desk: Desk, topic: str) -> None:
    draft = desk.draft(topic)
    assert repr(draft) == f"<Draft {topic} {draft.fact_id}>"


@pytest.mark.requirement("A50")
def test_the_fact_id_is_keyed_from_source_and_event(desk: Desk) -> None:
    expected = desk.keyring.fact_id(desk.controller, SOURCE, "E-1")
    assert desk.draft("candidate.hired").fact_id == expected


def test_the_person_is_whom_the_source_names(desk: Desk) -> None:
    assert desk.draft("candidate.hired").ref == SourceRef(SOURCE, "C-1")


def test_a_draft_occurred_when_its_message_says(desk: Desk) -> None:
    assert desk.draft("candidate.hired").occurred_at == START + 1


def test_an_application_is_known_by_a_keyed_id(desk: Desk) -> None:
    clear = desk.draft("candidate.hired").clear
    assert clear == {"application_id": desk.keyed("application", "A-17")}


@pytest.mark.requirement("A136")
def test_an_open_application_has_no_assignment(desk: Desk) -> None:
    clear = desk.draft(SUBMITTED, remote_assignment_id=None).clear
    assert clear == {
        "application_id": desk.keyed("application", "A-17"),
        "assignment_id": None,
        "kind": ApplicationKind.APPLIED,
    }


@pytest.mark.requirement("A59")
def test_an_application_to_an_assignment_names_both(desk: Desk) -> None:
    clear = desk.draft(SUBMITTED).clear
    assert clear["assignment_id"] == desk.keyed("assignment", "J-4")


def test_an_enum_of_the_wire_is_the_domains_own(desk: Desk) -> None:
    found = desk.draft("candidate.application-stage-changed").clear["stage"]
    assert found is Stage.INTERVIEW


@pytest.mark.requirement("A44")
def test_pay_is_a_category_of_its_own(desk: Desk) -> None:
    draft = desk.draft("candidate.profile-section-stated")
    assert draft.categories == ("profile", "special")


def test_answers_are_sealed_apart_from_the_title(desk: Desk) -> None:
    personal = desk.draft(SUBMITTED).personal
    assert {category: sorted(values) for category, values in personal.items()} == {
        "profile": ["assignment_title"],
        "communications": ["answers"],
    }


@pytest.mark.requirement("A62", "A208")
def test_a_document_is_sealed_under_its_own_category(desk: Desk) -> None:
    category = f"documents/{desk.keyed('document', 'D-3')}"
    assert desk.draft(UPLOADED).categories == (category,)


@pytest.mark.parametrize(("sent", "kept"), [(0, 0), (1, 1024), (1024, 1024), (48_211, 49_152)])
def test_a_size_is_rounded_up_to_whole_kibibytes(desk: Desk, sent: int, kept: int) -> None:
    assert desk.draft(UPLOADED, size_bytes=sent).clear == {
        "document_id": desk.keyed("document", "D-3"),
        "kind": DocumentKind.RESUME,
        "size_bytes": kept,
    }


@pytest.mark.requirement("A129", "A138", "A181")
def test_a_registration_says_nothing_clear_but_its_channel(desk: Desk) -> None:
    draft = desk.draft("candidate.registered")
    assert (draft.clear, draft.personal) == ({"channel": Channel.WEBSITE}, {"profile": CONTACT})


@pytest.mark.requirement("A12")
@pytest.mark.parametrize("public", [True, False])
def test_a_sourcing_says_whether_its_source_was_public(desk: Desk, *, public: bool) -> None:
    clear = desk.draft("candidate.sourced", publicly_accessible=public).clear
    assert clear == {"channel": Channel.LINKEDIN, "publicly_accessible": public}


@pytest.mark.requirement("A47")
def test_a_value_not_given_is_in_no_category(desk: Desk) -> None:
    assert desk.draft("candidate.application-withdrawn", message=None).categories == ()


def test_an_emptied_list_is_a_statement_and_is_kept(desk: Desk) -> None:
    draft = desk.draft("candidate.registered", emails=[])
    assert draft.personal["profile"]["emails"] == []


def test_contact_hints_come_along_as_they_were_written(desk: Desk) -> None:
    assert desk.draft("candidate.hired").contacts == envelope().contacts


def test_a_blank_contact_hint_proposes_nobody(desk: Desk) -> None:
    blank = replace(envelope(), contacts=(Contact(ContactKind.EMAIL, " "),))
    assert desk.draft("candidate.hired", blank).contacts == ()


@pytest.mark.parametrize("topic", TOPICS)
def test_a_draft_begins_a_person_when_its_contract_says_so(desk: Desk, topic: str) -> None:
    assert desk.draft(topic).begins is contracts()[topic].begins


@pytest.mark.parametrize("blank", BLANKS, ids=repr)
def test_a_message_without_event_id_is_parked(desk: Desk, blank: str) -> None:
    wrapped = replace(envelope(), remote_event_id=blank)
    assert desk.outcome("candidate.hired", wrapped) is ParkReason.MISSING_ID


@pytest.mark.parametrize("blank", BLANKS, ids=repr)
def test_a_message_without_candidate_id_is_parked(desk: Desk, blank: str) -> None:
    wrapped = replace(envelope(), remote_candidate_id=blank)
    assert desk.outcome("candidate.hired", wrapped) is ParkReason.MISSING_ID


@pytest.mark.parametrize("blank", BLANKS, ids=repr)
def test_a_message_with_a_blank_application_id_is_parked(desk: Desk, blank: str) -> None:
    found = desk.outcome("candidate.hired", remote_application_id=blank)
    assert found is ParkReason.MISSING_ID


@pytest.mark.parametrize("blank", BLANKS, ids=repr)
def test_a_message_with_a_blank_optional_id_is_parked(desk: Desk, blank: str) -> None:
    found = desk.outcome(SUBMITTED, remote_assignment_id=blank)
    assert found is ParkReason.MISSING_ID


def test_a_fact_carries_the_parts_it_was_sealed_with(desk: Desk) -> None:
    parts = (part("communications"), part("profile"))
    assert desk.draft(SUBMITTED).fact(parts).sealed == parts


@pytest.mark.parametrize(
    "parts",
    [(), (part("profile"),), (part("profile"), part("special"))],
    ids=["none", "one too few", "another category"],
)
def test_a_fact_is_not_made_without_all_its_categories(desk: Desk, parts: Parts) -> None:
    with pytest.raises(ValueError, match="are not the draft's categories"):
        desk.draft(SUBMITTED).fact(parts)
