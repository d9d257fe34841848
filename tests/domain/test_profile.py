"""The profile: registrations, sections, activity and source links."""

import pytest

from domain.profile import Section
from domain.subject import RefusalReason, needs_link
from tests.domain.deciding import given, refused, told, when
from tests.examples import (
    OTHER_SOURCE,
    PROFILE,
    SOURCE,
    approved,
    deactivated,
    erased,
    fact_id,
    ordered,
    reactivated,
    registered,
    requested,
    section_corrected,
    section_stated,
    source_linked,
    sourced,
    stamp,
    submitted,
)


@pytest.mark.requirement("A86")
def test_a_registration_is_recorded() -> None:
    assert when(given(), registered()) == (registered(),)


def test_the_same_registration_decides_nothing() -> None:
    assert when(given(registered(), submitted()), registered(), n=1) == ()


def test_registering_again_is_a_fact_of_its_own() -> None:
    assert when(given(registered()), registered()) == (registered(),)


def test_the_same_sourcing_decides_nothing() -> None:
    assert when(given(sourced(), registered()), sourced(), n=1) == ()


def test_a_registration_of_another_source_does_not_hide_the_repeat_of_the_first() -> None:
    state = told((stamp(1), registered()), (stamp(2, source=OTHER_SOURCE), registered()))
    assert when(state, registered(), n=1) == ()


def test_the_standing_statement_of_a_section_decides_nothing() -> None:
    assert when(given(section_stated(), registered()), section_stated(), n=1) == ()


def test_an_older_statement_is_recorded_as_history() -> None:
    state = told((stamp(5), section_stated()))
    assert when(state, section_stated(), n=2) == (section_stated(),)


def test_an_older_statement_does_not_change_what_stands() -> None:
    state = told((stamp(5), section_stated()), (stamp(2), section_stated()))
    assert state.profile.sections == {Section.CONTACT: (stamp(5).occurred_at, fact_id(5).bytes)}


@pytest.mark.requirement("A68")
def test_a_correction_stands_in_the_place_of_the_statement() -> None:
    state = given(section_stated(), section_corrected())
    assert state.profile.sections == {Section.CONTACT: (stamp(2).occurred_at, fact_id(2).bytes)}


def test_statements_of_one_instant_stand_by_fact_id() -> None:
    one, other = stamp(1, occurred_at=7), stamp(2, occurred_at=7)
    state = told((other, section_stated()), (one, section_stated()))
    assert state.profile.sections == {Section.CONTACT: (7, fact_id(2).bytes)}


def test_a_person_is_active_until_deactivated() -> None:
    assert given(registered()).profile.active


@pytest.mark.requirement("A213", "T9")
def test_a_deactivated_person_is_inactive() -> None:
    assert not given(deactivated()).profile.active


@pytest.mark.requirement("A213")
def test_an_older_deactivation_leaves_a_reactivated_person_active() -> None:
    assert told((stamp(5), reactivated()), (stamp(2), deactivated())).profile.active


def test_the_same_deactivation_decides_nothing() -> None:
    assert when(given(deactivated(), registered()), deactivated(), n=1) == ()


def test_an_unknown_source_needs_a_link() -> None:
    assert needs_link(given(registered()), SOURCE)


def test_a_linked_source_needs_no_link() -> None:
    assert not needs_link(given(source_linked()), SOURCE)


def test_another_source_still_needs_its_link() -> None:
    assert needs_link(given(source_linked()), OTHER_SOURCE)


def test_no_source_needs_a_link_to_a_fenced_person() -> None:
    assert not needs_link(given(requested(), approved(), ordered()), SOURCE)


def test_no_source_needs_a_link_to_an_erased_person() -> None:
    assert not needs_link(given(requested(), approved(), ordered(), erased()), SOURCE)


def test_linking_a_source_twice_decides_nothing() -> None:
    assert when(given(source_linked()), source_linked()) == ()


def test_a_link_without_a_sealed_id_is_refused() -> None:
    assert when(given(), source_linked(sealed=())) == refused(RefusalReason.UNSEALED)


def test_a_link_keeps_what_opening_its_token_needs() -> None:
    link = given(source_linked()).sources[SOURCE]
    assert (link.fact_id, link.category, link.token) == (
        fact_id(1),
        PROFILE[0].category,
        PROFILE[0].sealed.token,
    )


def test_a_source_links_again_after_its_category_is_erased() -> None:
    fence = (requested(1, "profile"), approved(1), ordered(1, "profile"), erased(1, "profile"))
    assert needs_link(given(source_linked(), *fence), SOURCE)


def test_a_source_stays_linked_when_another_category_is_erased() -> None:
    name = "communications"
    fence = (requested(1, name), approved(1), ordered(1, name), erased(1, name))
    assert not needs_link(given(source_linked(), *fence), SOURCE)
