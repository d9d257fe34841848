"""What stands in a slot of the dossier."""

from itertools import permutations

import pytest

from domain.fact import Entry
from domain.profile import Section
from projections.dossier import DOSSIER, DossierRow, SlotState
from projections.parts import unpack_parts
from tests.examples import (
    OTHER_SOURCE,
    deactivated,
    deleted,
    document_category,
    entry,
    erased,
    fact_id,
    numbered,
    ordered,
    part,
    reactivated,
    registered,
    section_corrected,
    section_stated,
    source_linked,
    sourced,
    stage_changed,
    stamp,
    subject,
    submitted,
    uploaded,
)
from tests.projections.logs import folded, log_of

NEW = (part(token=b"under a new key"),)


def slot_of(slot: str, *entries: Entry) -> DossierRow:
    return folded(DOSSIER, entries)[subject(), slot]


def test_each_source_has_a_registration_of_its_own() -> None:
    other = Entry(2, subject(), 2, stamp(2, source=OTHER_SOURCE), registered())
    rows = folded(DOSSIER, [entry(registered()), other])
    assert {slot for _, slot in rows} == {"registered/fjordtalent", "registered/northdesk"}


def test_a_sourcing_has_its_slot() -> None:
    assert slot_of("sourced/fjordtalent", *log_of(sourced())).fact_id == fact_id(1)


def test_the_first_link_of_a_source_stands() -> None:
    rows = log_of(source_linked(), source_linked())
    assert slot_of("source/fjordtalent", *rows).fact_id == fact_id(1)


@pytest.mark.requirement("A33", "A68")
def test_a_correction_replaces_the_statement() -> None:
    rows = log_of(section_stated(), section_corrected())
    assert slot_of("section/contact", *rows).fact_id == fact_id(2)


@pytest.mark.requirement("A46")
def test_any_order_of_arrival_leaves_the_latest_statement() -> None:
    told = log_of(section_stated(), section_stated(), section_corrected(), section_stated())
    found = {slot_of("section/contact", *order).fact_id for order in permutations(told)}
    assert found == {fact_id(4)}


def test_of_two_statements_at_one_moment_the_greater_fact_id_stands() -> None:
    told = [Entry(n, subject(), n, stamp(n, occurred_at=5), section_stated()) for n in (2, 1)]
    assert slot_of("section/contact", *told).fact_id == fact_id(2)


def test_activity_is_the_latest_change() -> None:
    assert slot_of("activity", *log_of(deactivated(), reactivated())).fact_id == fact_id(2)


def test_a_deletion_of_a_document_is_final() -> None:
    first, second = log_of(uploaded(), deleted())
    slot = f"document/{document_category().removeprefix('documents/')}"
    assert slot_of(slot, second, first).topic == deleted().TOPIC


def test_a_stage_has_no_slot() -> None:
    assert stage_changed().__class__ not in DOSSIER.facts


def test_an_erased_person_leaves_shredded_slots() -> None:
    row = slot_of("section/contact", *log_of(section_stated(), erased()))
    assert (row.state, unpack_parts(row.parts)) == (SlotState.SHREDDED, (("profile", None),))


def test_an_erased_category_leaves_the_others() -> None:
    told = log_of(submitted(), erased(category="communications"))
    slot = f"application/{numbered('application', 1)}"
    tokens = dict(unpack_parts(slot_of(slot, *told).parts))
    assert (tokens["profile"] is None, tokens["communications"]) == (False, None)


def test_a_slot_with_a_token_left_stands() -> None:
    told = log_of(submitted(), erased(category="communications"))
    rows = [row for row in folded(DOSSIER, told).values() if row.purgeable]
    assert [row.state for row in rows] == [SlotState.STANDING]


def test_another_persons_erasure_leaves_the_slot() -> None:
    told = log_of(section_stated()) + log_of(erased(), person=2, start=2)
    assert slot_of("section/contact", *told).state is SlotState.STANDING


def test_after_a_category_is_erased_new_tokens_stand() -> None:
    told = log_of(section_stated(), erased(category="profile"), section_stated(sealed=NEW))
    assert unpack_parts(slot_of("section/contact", *told).parts) == (
        ("profile", b"under a new key"),
    )


def test_after_a_category_is_erased_even_an_older_statement_stands() -> None:
    older, first, end = log_of(
        section_stated(sealed=NEW), section_stated(), erased(category="profile")
    )
    assert slot_of("section/contact", first, end, older).state is SlotState.STANDING


def test_a_deleted_document_whose_key_is_destroyed_may_be_uploaded_again() -> None:
    told = log_of(deleted(), erased(category=document_category()), uploaded())
    slot = f"document/{document_category().removeprefix('documents/')}"
    assert slot_of(slot, *told).topic == uploaded().TOPIC


def test_an_erasure_has_a_slot() -> None:
    rows = folded(DOSSIER, log_of(section_stated(), erased(), person=1))
    assert (subject(), "erasure") in rows


def test_a_category_erased_has_a_slot_of_its_own() -> None:
    rows = folded(
        DOSSIER, log_of(section_stated(section=Section.SKILLS), erased(category="profile"))
    )
    assert (subject(), "erasure/profile") in rows


def test_a_fence_is_not_in_the_dossier() -> None:
    assert type(ordered()) not in DOSSIER.facts
