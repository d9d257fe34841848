"""What is owed about one person on a day, out of real facts; each test states one duty."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from domain.assessment import BackgroundCheckCompleted, BackgroundCheckDeleted
from domain.calendar import Period
from domain.consent import ConsentGiven, ConsentOutdated, ConsentRenewed
from domain.disclosure import CandidatePresentedToClient, PresentationWithdrawn
from domain.duties import Duty, DutyKind, DutyState
from domain.fact import Fact
from domain.legal_holds import LegalHoldPlaced, LegalHoldReleased
from domain.matching import HumanReviewCompleted, HumanReviewRequested
from domain.mentions import MentionedIn
from domain.objection import ObjectionRaised, ObjectionRejected
from domain.outreach import Art14NoticeSent, OutreachSent
from domain.person_duties import person_duties
from domain.policy import Policy
from domain.policy_terms import Action, Trigger
from domain.purposes import Purpose
from domain.relations import EnquiryReceived, EnquiryResolved
from domain.restriction import ProcessingRestricted, RestrictionLiftAnnounced, RestrictionLifted
from domain.retention_facts import RetentionExpiryScheduled
from domain.subject import SubjectState
from domain.sweeping import expiry_id_of
from tests.domain.deciding import told
from tests.domain.promises import RULE, SETTINGS, noon, policy
from tests.examples import (
    approved,
    controller,
    erased,
    hired,
    ordered,
    registered,
    requested,
    sourced,
    stamp,
    subject,
    submitted,
)
from tests.life_examples import example

JAN, FEB, MAR = date(2026, 1, 5), date(2026, 2, 5), date(2026, 3, 5)
LATER = date(2026, 12, 1)
SOMEDAY = replace(RULE, period=Period(months=600))


def state(*facts: tuple[date, Fact]) -> SubjectState:
    stamped = [(stamp(n, occurred_at=noon(on)), fact) for n, (on, fact) in enumerate(facts, 1)]
    return told(*stamped)


def owed(
    *facts: tuple[date, Fact], on: date = LATER, under: Policy | None = None
) -> list[tuple[DutyKind, DutyState, date | None]]:
    """Reckon duties under a policy that erases nobody for fifty years, unless another is given."""
    found = duties(state(*facts), on=on, under=under)
    return [(one.kind, one.state, one.due_on) for one in found]


def duties(known: SubjectState, *, on: date = LATER, under: Policy | None = None) -> list[Duty]:
    promised = policy(SOMEDAY) if under is None else under
    return list(person_duties(controller(), {subject(): known}, promised, on))


def test_somebody_who_came_herself_is_owed_nothing() -> None:
    assert owed((JAN, registered())) == []


def test_an_erasure_is_overdue_behind_its_day() -> None:
    found = owed((JAN, registered()), on=MAR, under=policy(RULE))
    assert found == [(DutyKind.ERASURE, DutyState.OVERDUE, FEB)]


def test_an_erasure_is_due_on_its_day() -> None:
    found = owed((JAN, registered()), on=FEB, under=policy(RULE))
    assert found == [(DutyKind.ERASURE, DutyState.DUE, FEB)]


def test_a_hold_keeps_an_erasure_waiting_and_says_so() -> None:
    hold = example(LegalHoldPlaced, category=None, until_at=noon(LATER))
    known = state((JAN, registered()), (JAN, hold))
    (found,) = duties(known, on=MAR, under=policy(RULE))
    assert (found.state, found.due_on, list(found.grounds)) == (DutyState.BLOCKED, FEB, ["hold"])


def test_what_a_person_decides_is_a_review() -> None:
    rule = replace(RULE, action=Action.REVIEW)
    found = owed((JAN, registered()), on=MAR, under=policy(rule))
    assert found == [(DutyKind.REVIEW, DutyState.OVERDUE, FEB)]


WARNED = replace(RULE, warn_days=10)


def test_a_warning_is_owed_from_its_day() -> None:
    found = owed((JAN, registered()), on=FEB - timedelta(days=10), under=policy(WARNED))
    assert found == [(DutyKind.WARNING, DutyState.DUE, FEB - timedelta(days=10))]


def test_a_warning_that_was_not_given_is_overdue() -> None:
    found = owed((JAN, registered()), on=FEB - timedelta(days=1), under=policy(WARNED))
    assert found == [(DutyKind.WARNING, DutyState.OVERDUE, FEB - timedelta(days=10))]


def test_a_date_that_was_announced_is_coming() -> None:
    expiry = expiry_id_of(subject(), None)
    told_of = example(RetentionExpiryScheduled, expiry_id=expiry, category=None, due_at=noon(FEB))
    found = owed((JAN, registered()), (JAN, told_of), on=FEB - timedelta(days=1),
                 under=policy(WARNED))  # fmt: skip
    assert found == [(DutyKind.ERASURE, DutyState.COMING, FEB)]


def test_somebody_no_rule_counts_for_has_no_clock() -> None:
    rule = replace(RULE, trigger=Trigger.LAST_LOGIN)
    found = owed((JAN, registered()), under=policy(rule))
    assert found == [(DutyKind.NO_CLOCK, DutyState.UNSET, None)]


def test_nothing_is_owed_about_the_erased() -> None:
    facts = (registered(), requested(), approved(), ordered(), erased())
    assert owed(*[(JAN, fact) for fact in facts], under=policy(RULE)) == []


def test_an_erasure_that_was_asked_for_waits() -> None:
    found = owed((JAN, registered()), (JAN, requested()))
    assert found == [(DutyKind.ERASURE_REQUEST, DutyState.UNANSWERED, None)]


@pytest.mark.requirement("A49", "A131")
def test_who_was_found_is_told_within_a_month() -> None:
    last = date(2026, 2, 28)
    assert owed((date(2026, 1, 31), sourced()), on=last) == [
        (DutyKind.COLLECTION_NOTICE, DutyState.DUE, last)
    ]


@pytest.mark.requirement("A49")
def test_who_was_found_is_told_at_the_first_contact() -> None:
    found = owed((JAN, sourced()), (date(2026, 1, 9), example(OutreachSent)), on=MAR)
    assert found == [(DutyKind.COLLECTION_NOTICE, DutyState.OVERDUE, date(2026, 1, 9))]


def test_who_was_found_is_told_at_the_first_disclosure() -> None:
    shown = example(CandidatePresentedToClient)
    found = owed((JAN, sourced()), (date(2026, 1, 9), shown), on=MAR)
    assert found == [(DutyKind.COLLECTION_NOTICE, DutyState.OVERDUE, date(2026, 1, 9))]


def test_who_was_told_is_owed_no_notice() -> None:
    assert owed((JAN, sourced()), (FEB, example(Art14NoticeSent))) == []


@pytest.mark.requirement("A45")
def test_a_referee_is_told_like_somebody_who_was_found() -> None:
    found = owed((JAN, example(MentionedIn)), on=MAR)
    assert (DutyKind.COLLECTION_NOTICE, DutyState.OVERDUE, FEB) in found


def test_who_came_herself_and_is_mentioned_is_owed_no_notice() -> None:
    assert owed((JAN, registered()), (FEB, example(MentionedIn))) == []


def test_finding_somebody_who_registered_before_counts_from_the_finding() -> None:
    found = owed((JAN, registered()), (FEB, sourced()), on=date(2026, 3, 1))
    assert found == [(DutyKind.COLLECTION_NOTICE, DutyState.UNANSWERED, MAR)]


def consent(until: date) -> Fact:
    return example(ConsentGiven, purpose=Purpose.POOL, client_id=None, assignment_id=None,
                   expires_at=noon(until))  # fmt: skip


def test_a_consent_that_lasts_is_nobodys_duty() -> None:
    assert owed((JAN, registered()), (JAN, consent(MAR)), on=MAR - timedelta(days=15)) == []


def test_a_consent_is_to_be_renewed_two_weeks_before_it_ends() -> None:
    found = owed((JAN, registered()), (JAN, consent(MAR)), on=MAR - timedelta(days=14))
    assert found == [(DutyKind.CONSENT_EXPIRY, DutyState.COMING, MAR)]


def test_a_consent_that_was_renewed_is_nobodys_duty() -> None:
    renewed = example(ConsentRenewed, purpose=Purpose.POOL, client_id=None, assignment_id=None,
                      expires_at=noon(LATER) + 10**15)  # fmt: skip
    assert owed((JAN, registered()), (JAN, consent(MAR)), (FEB, renewed), on=MAR) == []


def test_a_consent_to_another_purpose_is_asked_for_anew() -> None:
    outdated = example(ConsentOutdated, purpose=Purpose.POOL, client_id=None, assignment_id=None)
    found = duties(state((JAN, registered()), (JAN, consent(LATER)), (FEB, outdated)), on=MAR)
    assert [(one.kind, one.since, one.about) for one in found] == [
        (DutyKind.CONSENT_ANEW, FEB, Purpose.POOL.value)
    ]


@pytest.mark.parametrize(
    ("asked", "answered", "kind"),
    [
        (EnquiryReceived, EnquiryResolved, DutyKind.ENQUIRY),
        (HumanReviewRequested, HumanReviewCompleted, DutyKind.HUMAN_REVIEW),
        (ObjectionRaised, ObjectionRejected, DutyKind.OBJECTION),
    ],
)
def test_what_she_asked_is_answered_within_a_month(
    asked: type[Fact], answered: type[Fact], kind: DutyKind
) -> None:
    facts = [(JAN, registered()), (JAN, example(asked))]
    assert owed(*facts, on=JAN) == [(kind, DutyState.UNANSWERED, FEB)]
    assert owed(*facts, on=MAR) == [(kind, DutyState.OVERDUE, FEB)]
    assert owed(*facts, (FEB, example(answered)), on=MAR) == []


def test_a_promise_to_answer_sooner_is_kept() -> None:
    promised = policy(SOMEDAY, settings=replace(SETTINGS, response_days=10))
    found = owed((JAN, registered()), (JAN, example(EnquiryReceived)), on=JAN, under=promised)
    assert found == [(DutyKind.ENQUIRY, DutyState.UNANSWERED, date(2026, 1, 15))]


def test_an_objection_to_advertising_needs_no_answer() -> None:
    raised = example(ObjectionRaised, purpose=Purpose.MARKETING)
    assert owed((JAN, registered()), (JAN, raised)) == []


def test_a_restriction_in_force_is_shown() -> None:
    found = owed((JAN, registered()), (FEB, example(ProcessingRestricted)))
    assert found == [(DutyKind.RESTRICTION, DutyState.STANDING, None)]


def test_a_lift_that_was_announced_is_to_be_made() -> None:
    facts = (ProcessingRestricted, RestrictionLiftAnnounced)
    found = owed((JAN, registered()), *[(FEB, example(one)) for one in facts])
    assert found == [(DutyKind.RESTRICTION_LIFT, DutyState.UNANSWERED, None)]


def test_a_restriction_that_was_lifted_is_gone() -> None:
    facts = (ProcessingRestricted, RestrictionLiftAnnounced, RestrictionLifted)
    assert owed((JAN, registered()), *[(FEB, example(one)) for one in facts]) == []


def test_a_hold_without_an_end_is_to_be_judged_again() -> None:
    hold = example(LegalHoldPlaced, until_at=None)
    assert owed((JAN, registered()), (FEB, hold)) == [(DutyKind.HOLD, DutyState.UNSET, None)]


def test_a_hold_past_its_end_is_to_be_released() -> None:
    hold = example(LegalHoldPlaced, until_at=noon(FEB))
    assert owed((JAN, registered()), (JAN, hold), on=MAR) == [
        (DutyKind.HOLD, DutyState.OVERDUE, FEB)
    ]


def test_a_hold_that_binds_or_was_released_is_nobodys_duty() -> None:
    hold, released = example(LegalHoldPlaced, until_at=noon(MAR)), example(LegalHoldReleased)
    assert owed((JAN, registered()), (JAN, hold), on=FEB) == []
    assert owed((JAN, registered()), (JAN, hold), (FEB, released), on=LATER) == []


def test_a_presentation_past_its_end_is_to_be_taken_back() -> None:
    shown = example(CandidatePresentedToClient, expires_at=noon(FEB))
    assert owed((JAN, registered()), (JAN, shown), on=MAR) == [
        (DutyKind.PRESENTATION, DutyState.OVERDUE, FEB)
    ]


def test_a_presentation_that_was_taken_back_is_nobodys_duty() -> None:
    shown = example(CandidatePresentedToClient, expires_at=noon(FEB))
    assert owed((JAN, registered()), (JAN, shown), (JAN, example(PresentationWithdrawn))) == []


@pytest.mark.requirement("A53")
def test_a_check_is_deleted_once_no_application_is_active() -> None:
    check = example(BackgroundCheckCompleted)
    facts = [(JAN, registered()), (JAN, submitted()), (JAN, check)]
    assert owed(*facts, on=FEB) == []
    assert owed(*facts, (FEB, hired()), on=MAR) == [(DutyKind.CHECK, DutyState.OVERDUE, FEB)]


def test_a_check_that_was_deleted_is_nobodys_duty() -> None:
    kinds = (BackgroundCheckCompleted, BackgroundCheckDeleted)
    assert owed((JAN, registered()), *[(JAN, example(kind)) for kind in kinds]) == []


def test_a_merged_person_has_one_date() -> None:
    streams = {subject(1): state((JAN, registered())), subject(2): state((MAR, registered()))}
    found = list(person_duties(controller(), streams, policy(RULE), LATER))
    assert [(one.kind, one.subject) for one in found] == [(DutyKind.ERASURE, subject(1))]


def test_without_a_policy_the_law_alone_is_kept() -> None:
    known = state((JAN, registered()), (JAN, example(EnquiryReceived)))
    found = list(person_duties(controller(), {subject(): known}, None, JAN))
    assert [(one.kind, one.due_on) for one in found] == [(DutyKind.ENQUIRY, FEB)]
