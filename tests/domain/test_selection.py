"""Interviews, offers, tests, checks, references and placements: any order, one standing."""

import pytest

from domain.assessment import (
    AssessmentCompleted,
    AssessmentDeleted,
    AssessmentInvited,
    BackgroundCheckCompleted,
    BackgroundCheckDeleted,
    category_of,
)
from domain.communication import NoteAdded, NoteDeleted, NoteEdited, NoteStatus
from domain.fact import Fact
from domain.life import Life
from domain.references import ReferenceGiven, ReferenceRequested, ReferenceStatus
from domain.relations import EnquiryReceived, EnquiryResolved, open_enquiries
from domain.selection import (
    InterviewCancelled,
    InterviewHeld,
    InterviewRescheduled,
    InterviewScheduled,
    InterviewStatus,
    OfferAccepted,
    OfferDeclined,
    OfferMade,
    OfferWithdrawn,
    accepted,
)
from domain.staffing import (
    ContractFulfilled,
    PlacementEnded,
    PlacementExtended,
    PlacementStarted,
    owed,
)
from domain.standing import status_of
from domain.subject import SubjectState
from tests.domain.deciding import OF_PERSONS, given, told, when
from tests.examples import approved, erased, ordered, registered, requested, stamp
from tests.life_examples import example, known_as

OFFER = known_as("offer_id")
OUTCOMES = [OfferAccepted, OfferDeclined, OfferWithdrawn, InterviewHeld, AssessmentCompleted]
AT_ONCE = [fact for fact in OF_PERSONS if when(given(), fact) == (fact,)]


def life_of(state: SubjectState) -> Life:
    assert state.life is not None
    return state.life


def takes(state: SubjectState) -> bool:
    """Say whether the first offer stands accepted."""
    selection = life_of(state).selection
    assert selection is not None
    return accepted(selection, OFFER)


@pytest.mark.parametrize("fact", AT_ONCE, ids=lambda fact: fact.TOPIC)
def test_the_fact_that_stands_decides_nothing_again(fact: Fact) -> None:
    assert when(given(fact), fact, n=1) == ()


@pytest.mark.parametrize("kind", OUTCOMES)
def test_an_outcome_may_come_before_its_beginning(kind: type[Fact]) -> None:
    assert when(given(), example(kind)) == (example(kind),)


def test_an_offer_is_accepted_once_it_is_known_to_be_made() -> None:
    answer = example(OfferAccepted)
    assert (takes(given(answer)), takes(given(answer, example(OfferMade)))) == (False, False)


def test_an_offer_made_before_its_answer_is_accepted_in_any_order() -> None:
    state = told((stamp(5), example(OfferAccepted)), (stamp(2), example(OfferMade)))
    assert takes(state)


def test_an_offer_taken_back_is_not_accepted() -> None:
    assert not takes(given(*map(example, (OfferMade, OfferAccepted, OfferWithdrawn))))


def test_an_interview_called_off_may_be_moved_to_another_time() -> None:
    state = given(*map(example, (InterviewScheduled, InterviewCancelled, InterviewRescheduled)))
    selection = life_of(state).selection
    assert selection is not None
    known = status_of(selection.interviews, known_as("interview_id"))
    assert known is InterviewStatus.SCHEDULED


def test_a_reference_that_was_given_stands() -> None:
    state = given(example(ReferenceRequested), example(ReferenceGiven))
    known = status_of(life_of(state).references or {}, known_as("reference_id"))
    assert known is ReferenceStatus.GIVEN


@pytest.mark.parametrize(
    ("deletion", "later", "place"),
    [
        (AssessmentDeleted, AssessmentCompleted, "assessment"),
        (BackgroundCheckDeleted, BackgroundCheckCompleted, "assessment"),
        (NoteDeleted, NoteEdited, "communication"),
    ],
)
def test_a_deletion_is_final(deletion: type[Fact], later: type[Fact], place: str) -> None:
    before = given(example(deletion))
    after = given(example(deletion), example(later))
    assert getattr(life_of(before), place) == getattr(life_of(after), place)


def test_a_note_written_before_it_was_deleted_is_known_to_have_been() -> None:
    state = told((stamp(5), example(NoteDeleted)), (stamp(2), example(NoteAdded)))
    communication = life_of(state).communication
    assert communication is not None
    assert status_of(communication.notes, known_as("note_id")) is NoteStatus.DELETED


def test_a_test_whose_key_is_destroyed_is_forgotten() -> None:
    category = category_of(known_as("assessment_id"))
    fence = (requested(1, category), approved(), ordered(1, category), erased(1, category))
    state = given(example(AssessmentInvited), registered(), *fence)
    assert life_of(state).assessment == ({}, {})


def test_a_placement_that_ended_still_owes_until_its_contract_is_fulfilled() -> None:
    steps = [PlacementStarted, PlacementExtended, PlacementEnded, ContractFulfilled]
    debts = []
    for n in range(1, 5):
        staffing = life_of(given(*map(example, steps[:n]))).staffing
        assert staffing is not None
        debts.append(owed(staffing))
    assert debts == [1, 1, 1, 0]


def test_an_enquiry_is_open_until_it_is_answered() -> None:
    asked = given(example(EnquiryReceived), example(EnquiryReceived, 2))
    answered = given(
        example(EnquiryReceived), example(EnquiryReceived, 2), example(EnquiryResolved)
    )
    counts = [life_of(state).relations for state in (asked, answered)]
    assert [open_enquiries(known) for known in counts if known is not None] == [2, 1]
