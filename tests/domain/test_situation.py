"""What of a stream's state retention asks for, drawn out of real facts."""

from datetime import date

from domain import legal_holds, portal, relations, restriction, staffing
from domain.communication import MeetingHeld
from domain.consent import ConsentGiven, ConsentStatus, ConsentWithdrawn
from domain.fact import Fact
from domain.outreach import CandidateReplied, OutreachSent
from domain.purposes import Purpose
from domain.retention_facts import RetentionExpiryScheduled, RetentionOverridden
from domain.situation import Keeping, Situation, situation_of
from domain.subject import EMPTY, SubjectState
from tests.domain.deciding import told
from tests.domain.promises import noon
from tests.examples import (
    approved,
    erased,
    ordered,
    registered,
    rejected,
    requested,
    stamp,
    submitted,
)
from tests.life_examples import example

JAN, FEB, MAR = date(2026, 1, 5), date(2026, 2, 5), date(2026, 3, 5)


def state(*facts: tuple[date, Fact]) -> SubjectState:
    stamped = [
        (stamp(n, occurred_at=noon(day)), fact) for n, (day, fact) in enumerate(facts, start=1)
    ]
    return told(*stamped)


def situation(*facts: tuple[date, Fact]) -> Situation:
    return situation_of(state(*facts))


def test_a_stream_without_facts_keeps_nothing() -> None:
    assert situation_of(EMPTY).kept is False


def test_an_erased_person_keeps_nothing() -> None:
    made = situation(
        (JAN, registered()),
        (FEB, requested()),
        (FEB, approved()),
        (FEB, ordered()),
        (MAR, erased()),
    )
    assert made.kept is False


def test_a_registered_person_is_a_candidate_and_kept() -> None:
    made = situation((JAN, registered()))
    assert (made.kept, made.candidate, made.anchors.registered_at) == (True, True, noon(JAN))


def test_who_only_asked_something_is_no_candidate() -> None:
    made = situation((JAN, example(relations.EnquiryReceived)))
    assert (made.candidate, made.enquiry_received_at) == (False, noon(JAN))


def test_a_follow_up_leaves_the_first_contact_where_it_was() -> None:
    made = situation((JAN, example(OutreachSent)), (FEB, example(OutreachSent, 2)))
    assert made.anchors.first_contact_at == noon(JAN)


def test_a_reply_is_known() -> None:
    made = situation((JAN, example(OutreachSent)), (FEB, example(CandidateReplied)))
    assert made.anchors.replied_at == noon(FEB)


def test_signing_in_is_no_use_of_a_candidate() -> None:
    made = situation((JAN, example(MeetingHeld)), (FEB, example(portal.CandidatePortalLoggedIn)))
    assert (made.anchors.last_used_at, made.anchors.last_login_at) == (noon(JAN), noon(FEB))


def test_applications_are_closed_when_none_is_active() -> None:
    first = [(JAN, submitted(1)), (JAN, submitted(2)), (FEB, rejected(1))]
    assert situation(*first).applications_closed_at is None
    assert situation(*first, (MAR, rejected(2))).applications_closed_at == noon(MAR)


def test_active_applications_are_counted() -> None:
    made = situation((JAN, submitted(1)), (JAN, submitted(2)), (FEB, rejected(1)))
    assert (made.applications, made.applications_active) == (2, 1)


def test_of_open_enquiries_the_oldest_counts() -> None:
    asked = example(relations.EnquiryReceived, 2)
    made = situation((JAN, example(relations.EnquiryReceived)), (FEB, asked))
    assert (made.enquiry_received_at, made.enquiries_resolved_at) == (noon(JAN), None)


def test_enquiries_are_resolved_when_the_last_one_is() -> None:
    asked = [(JAN, example(relations.EnquiryReceived, n)) for n in (1, 2)]
    one = (FEB, example(relations.EnquiryResolved, 1))
    assert situation(*asked, one).enquiries_resolved_at is None
    both = situation(*asked, one, (MAR, example(relations.EnquiryResolved, 2)))
    assert (both.enquiry_received_at, both.enquiries_resolved_at) == (None, noon(MAR))


def test_a_customer_is_known_with_the_day_she_became_one() -> None:
    made = situation((JAN, example(relations.CustomerRelationCreated)))
    assert (made.customer, made.customer_at) == (True, noon(JAN))


def test_a_contract_is_open_until_its_duties_are_fulfilled() -> None:
    begun = [(JAN, example(staffing.PlacementStarted)), (FEB, example(staffing.PlacementEnded))]
    assert situation(*begun).contract_open is True
    done = situation(*begun, (MAR, example(staffing.ContractFulfilled)))
    assert (done.contract_open, done.anchors.fulfilled_at) == (False, noon(MAR))


def test_a_blocked_account_is_known_until_it_is_opened() -> None:
    blocked = (JAN, example(portal.AccountBlocked))
    assert situation(blocked).blocked_at == noon(JAN)
    assert situation(blocked, (FEB, example(portal.AccountUnblocked))).blocked_at is None


def test_a_consent_stands_until_it_is_withdrawn() -> None:
    given = (JAN, example(ConsentGiven, purpose=Purpose.POOL, client_id=None, assignment_id=None))
    assert situation(given).standing(Purpose.POOL) is not None
    taken = example(ConsentWithdrawn, purpose=Purpose.POOL, client_id=None, assignment_id=None)
    made = situation(given, (FEB, taken))
    assert made.standing(Purpose.POOL) is None
    assert made.consents[Purpose.POOL].status is ConsentStatus.WITHDRAWN


def test_a_consent_to_one_client_keeps_nobody() -> None:
    made = situation((JAN, example(ConsentGiven, purpose=Purpose.POOL, assignment_id=None)))
    assert made.consents == {}


def test_a_hold_keeps_until_it_is_released() -> None:
    placed = (JAN, example(legal_holds.LegalHoldPlaced, category=None, until_at=noon(MAR)))
    assert situation(placed).held == (Keeping(None, noon(MAR)),)
    assert situation(placed, (FEB, example(legal_holds.LegalHoldReleased))).held == ()


def test_a_restriction_in_force_is_known() -> None:
    assert situation((JAN, example(restriction.ProcessingRestricted))).restricted is True


def test_an_officers_override_is_known_with_its_end() -> None:
    made = situation((JAN, example(RetentionOverridden, until_at=noon(MAR))))
    assert made.overridden == (Keeping(None, noon(MAR)),)


def test_a_scheduled_expiry_keeps_nothing() -> None:
    assert situation((JAN, example(RetentionExpiryScheduled))).overridden == ()


def test_telemetry_is_counted_from_its_last_day() -> None:
    login = portal.CandidatePortalLoggedIn
    assert situation((JAN, example(login)), (FEB, example(login, 2))).telemetry_at == noon(FEB)
