"""What is to be done about one date, and how it is announced."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from domain.calendar import Period, day_begins
from domain.consent import ConsentGiven, ConsentWithdrawn
from domain.disclosure import CandidatePresentedToClient, PresentationWithdrawn
from domain.fact import Fact
from domain.legal_holds import LegalHoldPlaced
from domain.outreach import OutreachSent, OutreachUnanswered
from domain.policy import Policy, Rule
from domain.policy_terms import Action, Exemption, Trigger
from domain.portal import CandidatePortalLoggedIn
from domain.purposes import Purpose
from domain.retention import Due
from domain.retention_facts import (
    MovedBy,
    RetentionExpired,
    RetentionExpiryMoved,
    RetentionExpiryScheduled,
    RetentionOverridden,
)
from domain.situation import situation_of
from domain.subject import EMPTY, SubjectState, evolve
from domain.sweeping import (
    Deed,
    announcement,
    covers,
    deed_of,
    dues_of,
    end_of,
    expiry_id_of,
    last_of_day,
    rule_id_of,
    run_out,
)
from tests.domain.promises import DAY, RULE, known, noon, policy
from tests.examples import registered, stamp, subject, uploaded
from tests.life_examples import example

SHE = subject()
DUE = date(2026, 7, 1)
WARNED = replace(RULE, warn_days=7, grace_days=3)
EXPIRY = expiry_id_of(SHE, None)


def told(*story: tuple[date, Fact]) -> SubjectState:
    """Fold facts of days."""
    state = EMPTY
    for n, (day, fact) in enumerate(story, start=1):
        state = evolve(state, stamp(n, occurred_at=noon(day)), fact)
    return state


def due(state: SubjectState, under: Policy) -> Due:
    (one,) = dues_of(under, situation_of(state), state.tokens).dues
    return one


def announced(state: SubjectState, *rules: Rule, day: date = DUE) -> Fact | None:
    under = policy(*rules)
    return announcement(under, due(state, under), SHE, state, day)


def scheduled(on: date, rule: Rule = RULE) -> RetentionExpiryScheduled:
    return RetentionExpiryScheduled(EXPIRY, rule_id_of("prove", rule), None, day_begins(on))


REGISTERED = (DAY, registered())


@pytest.mark.parametrize(
    ("day", "deed"),
    [
        (date(2026, 6, 23), None),
        (date(2026, 6, 24), Deed.WARN),
        (date(2026, 7, 3), Deed.WARN),
        (date(2026, 7, 4), Deed.ERASE),
    ],
)
def test_the_warning_comes_before_the_day_and_the_end_after_the_grace(
    day: date, deed: Deed | None
) -> None:
    under, situation = policy(WARNED), known()
    (one,) = dues_of(under, situation, ["profile"]).dues
    assert deed_of(under, one, situation, day, noon(day)) is deed


def test_what_is_held_on_its_day_is_postponed() -> None:
    state = told(REGISTERED, (DAY, example(LegalHoldPlaced, category=None, until_at=None)))
    under, situation = policy(), situation_of(state)
    assert deed_of(under, due(state, under), situation, DUE, noon(DUE)) is Deed.POSTPONE


def test_a_review_is_never_an_erasure() -> None:
    under, situation = policy(replace(RULE, action=Action.REVIEW)), known()
    (one,) = dues_of(under, situation, ["profile"]).dues
    assert deed_of(under, one, situation, DUE, noon(DUE)) is Deed.REVIEW


@pytest.mark.parametrize("category", ["documents/1", "documents"])
def test_a_rules_category_covers_what_is_filed_under_it(category: str) -> None:
    assert covers("documents", category)


@pytest.mark.parametrize("category", ["documentsx/1", "profile", "document"])
def test_a_rules_category_covers_nothing_else(category: str) -> None:
    assert not covers("documents", category)


def test_a_category_she_has_nothing_of_is_not_due() -> None:
    papers = replace(RULE, categories=("documents", "telemetry"))
    assert dues_of(policy(papers), known(), ["profile"]).dues == ()


def test_each_document_has_a_date_of_its_own() -> None:
    state = told(REGISTERED, (DAY, uploaded(1)), (DAY, uploaded(2)))
    papers = replace(RULE, categories=("documents",))
    found = dues_of(policy(papers), situation_of(state), state.tokens).dues
    assert [one.category for one in found] == sorted(set(state.tokens) - {"profile"})


def test_a_date_is_announced_with_its_rule() -> None:
    assert announced(told(REGISTERED)) == scheduled(DUE)


def test_a_date_that_stands_is_not_announced_again() -> None:
    assert announced(told(REGISTERED, (DAY, scheduled(DUE)))) is None


def test_a_date_without_a_day_cannot_be_announced() -> None:
    hold = example(LegalHoldPlaced, category=None, until_at=None)
    assert announced(told(REGISTERED, (DAY, hold))) is None


def moved_by(rule: Rule, *story: tuple[date, Fact], before: date = DUE) -> MovedBy:
    """Say why a date that stood on a day is another after the story."""
    state = told(REGISTERED, (DAY, scheduled(before, rule)), *story)
    fact = announced(state, rule)
    assert isinstance(fact, RetentionExpiryMoved)
    return fact.moved_by


def test_signing_in_moves_a_date() -> None:
    rule = replace(RULE, trigger=Trigger.LAST_LOGIN, fallback=Trigger.REGISTERED)
    login = example(CandidatePortalLoggedIn)
    assert moved_by(rule, (date(2026, 6, 20), login)) is MovedBy.SIGNED_IN


def test_being_used_moves_a_date() -> None:
    rule = replace(RULE, trigger=Trigger.LAST_USED)
    assert moved_by(rule, (date(2026, 6, 20), example(OutreachSent))) is MovedBy.USED


def test_a_hold_moves_a_date_to_its_end() -> None:
    hold = example(LegalHoldPlaced, category=None, until_at=noon(date(2026, 8, 1)))
    assert moved_by(RULE, (DAY, hold)) is MovedBy.HOLD


def test_a_date_comes_nearer_when_the_hold_is_gone() -> None:
    assert moved_by(RULE, before=date(2026, 8, 1)) is MovedBy.HOLD


LONGER: Mapping[str, Any] = {
    "purpose": Purpose.LONGER_STORAGE,
    "client_id": None,
    "assignment_id": None,
}
ASKED = replace(RULE, exception=Exemption.CONSENT_TO_LONGER)


def test_a_consent_to_longer_storage_moves_a_date() -> None:
    consent = example(ConsentGiven, expires_at=noon(date(2026, 9, 1)), **LONGER)
    assert moved_by(ASKED, (DAY, consent)) is MovedBy.CONSENT


def test_a_date_comes_nearer_when_the_consent_is_gone() -> None:
    withdrawn = example(ConsentWithdrawn, **LONGER)
    assert moved_by(ASKED, (DAY, withdrawn), before=date(2026, 9, 1)) is MovedBy.CONSENT


def test_another_rule_moves_a_date_once() -> None:
    state = told(REGISTERED, (DAY, scheduled(DUE)))
    longer = replace(RULE, period=Period(months=2))
    fact = announced(state, longer)
    assert isinstance(fact, RetentionExpiryMoved)
    assert fact.moved_by is MovedBy.RULE_CHANGED
    again = evolve(state, stamp(9, occurred_at=noon(DUE)), fact)
    assert announced(again, longer) is None


def test_an_override_stands_until_its_own_day() -> None:
    until = example(RetentionOverridden, expiry_id=EXPIRY, until_at=noon(date(2026, 7, 20)))
    hold = example(LegalHoldPlaced, category=None, until_at=noon(date(2026, 8, 1)))
    state = told(REGISTERED, (DAY, scheduled(DUE)), (DUE, until), (DUE, hold))
    assert announced(state) is None
    assert announced(state, day=date(2026, 7, 20)) is not None


def test_a_scope_that_ended_once_is_announced_anew() -> None:
    state = told(REGISTERED, (DAY, scheduled(EVE)), (DUE, RetentionExpired(EXPIRY)))
    assert announced(state) == scheduled(DUE)


EVE = DUE - timedelta(days=1)


def test_the_end_is_announced_and_then_recorded() -> None:
    state, under = told(REGISTERED), policy()
    assert end_of(under, due(state, under), SHE, state, DUE) == (
        scheduled(DUE),
        RetentionExpired(EXPIRY),
    )


def test_an_end_that_is_recorded_is_not_recorded_again() -> None:
    state = told(REGISTERED, (DAY, scheduled(DUE)), (DUE, RetentionExpired(EXPIRY)))
    under = policy()
    assert end_of(under, due(state, under), SHE, state, DUE) == ()


@pytest.mark.requirement("A29")
def test_an_approach_nobody_answered_is_closed_once() -> None:
    approach = policy(replace(RULE, trigger=Trigger.FIRST_CONTACT))
    state = told((DAY, example(OutreachSent)))
    facts = end_of(approach, due(state, approach), SHE, state, DUE)
    assert facts[-1] == OutreachUnanswered(noon(DAY))
    closed = evolve(state, stamp(9, occurred_at=noon(DUE)), facts[-1])
    assert facts[-1] not in end_of(approach, due(closed, approach), SHE, closed, DUE)


def test_a_rule_is_named_as_it_is_written() -> None:
    named = rule_id_of("prove", RULE)
    assert named == rule_id_of("prove", replace(RULE, justification="because"))
    assert named != rule_id_of("prove", replace(RULE, period=Period(months=2)))
    assert named != rule_id_of("other", RULE)


def test_a_presentation_that_was_withdrawn_does_not_run_out() -> None:
    shown = example(CandidatePresentedToClient, expires_at=noon(DAY))
    state = told(REGISTERED, (DAY, shown))
    assert len(run_out(state, noon(DUE))) == 1
    state = evolve(state, stamp(9, occurred_at=noon(DUE)), example(PresentationWithdrawn))
    assert run_out(state, noon(DUE)) == ()


def test_a_consent_narrowed_to_a_client_runs_out_as_itself() -> None:
    given = example(ConsentGiven, expires_at=noon(DAY), assignment_id=None)
    ((fact, _),) = run_out(told((DAY, given)), noon(DUE))
    assert (fact.client_id, fact.consent_id) == (given.client_id, given.consent_id)  # type: ignore[attr-defined]  # consents


def test_what_ends_at_midnight_has_not_run_out_the_day_before() -> None:
    given = example(ConsentGiven, expires_at=day_begins(DUE))
    assert run_out(told((DAY, given)), last_of_day(EVE)) == ()
    assert len(run_out(told((DAY, given)), last_of_day(DUE))) == 1
