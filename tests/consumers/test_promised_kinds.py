"""What the policies keep apart, and under which keys the kinds of data lie that they speak of."""

from datetime import date

import pytest

from consumers.policies import policies
from domain.application import Status
from domain.lawful_basis import LawfulBasis
from domain.policy import Activity, Policy, in_force
from domain.policy_terms import DataRegion
from domain.purposes import Purpose
from domain.staffing import CandidateRemovedFromPool
from domain.subject import EMPTY, evolve
from schemas.contracts import contracts
from tests.examples import stamp, submitted
from tests.life_examples import example

TODAY = date(2026, 6, 1)
WRITTEN = (
    "candidate.message-received",
    "candidate.message-sent",
    "candidate.call-note-recorded",
    "candidate.enquiry-received",
    "candidate.note-added",
)


def present(slug: str) -> Policy:
    policy = in_force(policies()[slug], TODAY)
    assert policy is not None
    return policy


def activity(slug: str, name: str) -> Activity:
    return present(slug).activity(name)


def categories(topic: str) -> set[str]:
    return set(contracts()[topic].personal.values())


@pytest.mark.requirement("A2", "A14")
def test_approaching_people_is_an_activity_with_its_own_notice_basis_and_period() -> None:
    outreach, hiring = activity("miles", "outreach"), activity("miles", "hiring")
    assert (outreach.purpose, hiring.purpose) == (Purpose.SOURCING, Purpose.RECRUITMENT)
    assert outreach.basis
    assert outreach.notice
    ends = {rule.activity: rule.slug for rule in present("miles").rules}
    assert ends == {"outreach": "unanswered", "hiring": "in-dialogue"}


@pytest.mark.requirement("A97")
def test_assignments_now_and_later_are_two_purposes_that_end_apart() -> None:
    now, later = activity("aktiv-bemanning", "assignments"), activity("aktiv-bemanning", "pool")
    assert (now.purpose, later.purpose) == (Purpose.RECRUITMENT, Purpose.POOL)
    ends = {rule.slug: rule.activity for rule in present("aktiv-bemanning").rules}
    assert (ends["assignment-consent-ended"], ends["pool-consent-ended"]) == ("assignments", "pool")


@pytest.mark.requirement("A132")
def test_what_an_agreement_or_a_law_needs_stands_on_that_basis() -> None:
    needed = {LawfulBasis.CONTRACT, LawfulBasis.LEGAL_OBLIGATION}
    assert set(activity("express", "customers").basis) == needed
    assert set(activity("aktiv-bemanning", "staffing").basis) == needed


@pytest.mark.requirement("A138", "A181")
@pytest.mark.parametrize(
    ("topic", "way"),
    [
        ("candidate.registered", "channel"),
        ("candidate.enquiry-received", "channel"),
        ("candidate.sourced", "channel"),
        ("candidate.message-received", "medium"),
    ],
)
def test_whatever_somebody_comes_by_is_recorded(topic: str, way: str) -> None:
    assert way in contracts()[topic].clear


@pytest.mark.requirement("A126")
def test_supplying_companies_is_a_purpose_and_the_companies_are_recipients() -> None:
    assert activity("express", "recruitment").purpose is Purpose.RECRUITMENT
    assert "clients" in {recipient.slug for recipient in present("express").recipients}


@pytest.mark.requirement("A58", "A103", "A104", "A144", "A203")
def test_whoever_receives_data_has_a_role_and_the_kinds_it_sees() -> None:
    recipients = [one for slug in policies() for one in present(slug).recipients]
    assert all(one.role and one.categories for one in recipients)
    parents = {one.slug: one.parent for one in present("aktiv-bemanning").recipients}
    assert parents["recruitment-manager-subs"] == "recruitment-manager"


@pytest.mark.requirement("A6", "A89", "A94", "A177", "A178", "A180")
@pytest.mark.parametrize("topic", WRITTEN)
def test_what_was_written_or_said_lies_under_the_key_of_messages(topic: str) -> None:
    assert categories(topic) == {"communications"}


@pytest.mark.requirement("A63", "A64")
def test_a_test_lies_under_a_key_of_its_own_and_nothing_else_does() -> None:
    of_tests = {
        t for t, c in contracts().items() if any("assessment/" in k for k in c.personal.values())
    }
    assert of_tests == {"candidate.assessment-invited", "candidate.assessment-completed"}
    assert categories("candidate.assessment-completed") == {"assessment/{assessment_id}"}


@pytest.mark.requirement("A88", "A129", "A134", "A182", "A183", "T10")
def test_addresses_and_devices_lie_under_the_key_of_telemetry_wherever_they_occur() -> None:
    found = {
        contract.personal[field]
        for contract in contracts().values()
        for field in {"ip", "user_agent", "geo"} & contract.personal.keys()
    }
    assert found == {"telemetry"}
    assert categories("candidate.job-ad-viewed") == {"telemetry"}


@pytest.mark.requirement("A52")
def test_leaving_a_pool_leaves_the_application_where_it_stands() -> None:
    state = evolve(EMPTY, stamp(1), submitted())
    before = state.applications
    left = evolve(state, stamp(2), example(CandidateRemovedFromPool))
    assert left.applications == before
    assert Status.ACTIVE in {one.status for one in left.applications.values()}


@pytest.mark.requirement("T7")
def test_where_data_lie_and_where_they_are_sent_are_two_rules() -> None:
    miles = present("miles")
    (service,) = [one for one in miles.recipients if one.slug == "rocketreach"]
    assert (miles.data_region, service.outside_eea) == (DataRegion.EEA, True)
