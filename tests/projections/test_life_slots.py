"""What of a life stands in the dossier."""

import pytest

from domain.assessment import AssessmentCompleted, AssessmentDeleted, AssessmentInvited
from domain.communication import NoteAdded, NoteDeleted, NoteEdited
from domain.consent import ConsentGiven, ConsentWithdrawn
from domain.fact import Entry, Fact
from domain.portal import CandidatePortalLoggedIn
from domain.selection import OfferAccepted, OfferMade, OfferWithdrawn
from projections.dossier import DOSSIER, DossierRow, SlotState
from projections.life_slots import LIFE_SLOTS
from projections.parts import unpack_parts
from tests.examples import OTHER_SOURCE, erased, every_fact, fact_id, subject
from tests.life_examples import example, known_as
from tests.projections.logs import folded, log_of

OFFER = f"offer/{known_as('offer_id')}"
NOTE = f"note/{known_as('note_id')}"
TEST = f"assessment/{known_as('assessment_id')}"


def slot_of(slot: str, *entries: Entry) -> DossierRow:
    return folded(DOSSIER, entries)[subject(), slot]


@pytest.mark.parametrize(
    "fact", [f for f in every_fact() if type(f) in LIFE_SLOTS], ids=lambda fact: fact.TOPIC
)
def test_a_slot_is_of_the_thing_and_not_of_its_source(fact: Fact) -> None:
    slot = LIFE_SLOTS[type(fact)]
    assert slot("fjordtalent", fact) == slot(OTHER_SOURCE, fact)


def test_what_was_offered_is_still_read_when_it_is_accepted() -> None:
    row = slot_of(OFFER, *log_of(example(OfferMade), example(OfferAccepted)))
    assert dict(unpack_parts(row.parts)).keys() == {"special"}


def test_the_latest_outcome_of_an_offer_stands() -> None:
    told = log_of(example(OfferMade), example(OfferAccepted), example(OfferWithdrawn))
    assert slot_of(f"{OFFER}/outcome", *told).topic == OfferWithdrawn.TOPIC


def test_a_note_written_anew_replaces_the_old() -> None:
    assert slot_of(NOTE, *log_of(example(NoteAdded), example(NoteEdited))).fact_id == fact_id(2)


def test_a_deleted_note_holds_no_token() -> None:
    row = slot_of(NOTE, *log_of(example(NoteAdded), example(NoteDeleted)))
    assert unpack_parts(row.parts) == ()


def test_an_edit_that_arrives_after_the_deletion_brings_nothing_back() -> None:
    deletion, edit = log_of(example(NoteDeleted), example(NoteEdited))
    assert slot_of(NOTE, deletion, edit).topic == NoteDeleted.TOPIC


def test_a_consent_stands_as_it_was_told_last() -> None:
    rows = folded(DOSSIER, log_of(example(ConsentGiven), example(ConsentWithdrawn)))
    assert [row.topic for row in rows.values()] == [ConsentWithdrawn.TOPIC]


def test_a_test_has_a_key_of_its_own_to_destroy() -> None:
    told = log_of(example(AssessmentInvited), example(AssessmentCompleted), erased(category=TEST))
    states = [slot_of(slot, *told).state for slot in (TEST, f"{TEST}/outcome")]
    assert states == [SlotState.SHREDDED, SlotState.SHREDDED]


def test_a_deleted_test_whose_key_is_destroyed_may_be_taken_again() -> None:
    told = log_of(example(AssessmentDeleted), erased(category=TEST), example(AssessmentCompleted))
    assert slot_of(f"{TEST}/outcome", *told).topic == AssessmentCompleted.TOPIC


def test_signing_in_is_the_timelines_alone() -> None:
    assert CandidatePortalLoggedIn not in DOSSIER.facts
