"""Consents: a state machine a purpose, and the presentations that wait for one."""

import pytest

from domain.consent import (
    ConsentExpired,
    ConsentGiven,
    ConsentOutdated,
    ConsentRefused,
    ConsentRenewed,
    ConsentRequested,
    ConsentStatus,
    ConsentWithdrawn,
)
from domain.disclosure import CandidatePresentedToClient
from domain.fact import Fact
from domain.lawful_basis import LawfulBasis, LawfulBasisRecorded
from domain.portal import JobAdViewed
from domain.purposes import Purpose
from domain.subject import Decision, RefusalReason, SubjectState
from tests.domain.deciding import given, refused, told, when
from tests.examples import MINUTE, START, stamp
from tests.life_examples import example, known_as

NO_CONSENT = refused(RefusalReason.NO_CONSENT)
PRESENTED = example(CandidatePresentedToClient, requires_consent=True)
ENDINGS = [ConsentWithdrawn, ConsentExpired, ConsentOutdated, ConsentRefused]
AT_LARGE = {"client_id": None, "assignment_id": None}
FOR_CLIENT = {"assignment_id": None}


def presenting(*facts: Fact) -> Decision:
    """Say what becomes of a presentation that needs consent."""
    return when(given(*facts), PRESENTED)


def status(state: SubjectState) -> ConsentStatus:
    assert state.life is not None
    assert state.life.consent is not None
    (known,) = state.life.consent.values()
    return known.status


def test_nobody_is_presented_without_the_consent_it_needs() -> None:
    assert presenting() == NO_CONSENT


def test_a_presentation_that_needs_no_consent_is_recorded() -> None:
    free = example(CandidatePresentedToClient, requires_consent=False)
    assert when(given(), free) == (free,)


@pytest.mark.parametrize("scope", [{}, FOR_CLIENT, AT_LARGE])
def test_a_consent_for_the_assignment_the_client_or_at_large_will_do(
    scope: dict[str, None],
) -> None:
    assert presenting(example(ConsentGiven, **scope)) == (PRESENTED,)


def test_a_consent_for_another_client_will_not_do() -> None:
    assert presenting(example(ConsentGiven, 2)) == NO_CONSENT


def test_a_consent_to_another_purpose_will_not_do() -> None:
    assert presenting(example(ConsentGiven, purpose=Purpose.MATCHING)) == NO_CONSENT


def test_the_narrowest_consent_decides() -> None:
    at_large = example(ConsentGiven, **AT_LARGE)
    assert presenting(at_large, example(ConsentRefused, **FOR_CLIENT)) == NO_CONSENT


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_consent_that_ended_will_not_do(ending: type[Fact]) -> None:
    assert presenting(example(ConsentGiven), example(ending)) == NO_CONSENT


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_consent_may_be_given_again(ending: type[Fact]) -> None:
    again = example(ConsentGiven, consent_id=known_as("consent_id", 2))
    assert presenting(example(ConsentGiven), example(ending), again) == (PRESENTED,)


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_consent_that_ended_is_not_renewed(ending: type[Fact]) -> None:
    ended = given(example(ConsentGiven), example(ending))
    assert when(ended, example(ConsentRenewed)) == NO_CONSENT


def test_a_consent_past_its_date_is_not_renewed() -> None:
    past = given(example(ConsentGiven, expires_at=START + MINUTE))
    assert when(past, example(ConsentRenewed)) == NO_CONSENT


def test_a_consent_that_lasts_is_renewed() -> None:
    assert presenting(example(ConsentGiven), example(ConsentRenewed)) == (PRESENTED,)


def test_a_consent_does_not_outlast_its_date() -> None:
    assert presenting(example(ConsentGiven, expires_at=START + MINUTE)) == NO_CONSENT


def test_a_request_alone_is_no_consent() -> None:
    assert presenting(example(ConsentRequested)) == NO_CONSENT


def test_asking_for_a_renewal_does_not_end_what_was_given() -> None:
    assert presenting(example(ConsentGiven), example(ConsentRequested)) == (PRESENTED,)


@pytest.mark.requirement("A40")
def test_a_recorded_basis_does_not_take_the_place_of_a_consent() -> None:
    basis = example(LawfulBasisRecorded, basis=LawfulBasis.LEGITIMATE_INTERESTS)
    assert presenting(example(ConsentGiven), example(ConsentWithdrawn), basis) == NO_CONSENT


def test_an_older_consent_does_not_undo_a_withdrawal() -> None:
    state = told((stamp(5), example(ConsentWithdrawn)), (stamp(2), example(ConsentGiven)))
    assert status(state) is ConsentStatus.WITHDRAWN


def test_withdrawing_twice_decides_nothing() -> None:
    withdrawn = example(ConsentWithdrawn)
    assert when(given(example(ConsentGiven), withdrawn), withdrawn, n=2) == ()


@pytest.mark.requirement("A66", "A123", "A130")
def test_what_she_looked_at_is_not_kept_without_consent() -> None:
    assert when(given(), example(JobAdViewed)) == NO_CONSENT


def test_what_she_looked_at_is_kept_with_consent() -> None:
    agreed = example(ConsentGiven, purpose=Purpose.TELEMETRY, **AT_LARGE)
    assert when(given(agreed), example(JobAdViewed)) == (example(JobAdViewed),)


def test_a_consents_scope_is_named_by_assignment_before_client() -> None:
    state = given(example(ConsentGiven))
    assert state.life is not None
    scope = f"presentation/{known_as('assignment_id').hex}"
    assert list(state.life.consent or {}) == [scope]
