"""The five policies: what each controller promised, and one stream under all of them."""

from datetime import date

import pytest

from consumers.policies import policies
from domain.calendar import Period, day_begins
from domain.communication import MeetingHeld
from domain.fact import Fact
from domain.findings import FindingKind, examine
from domain.outreach import OutreachSent
from domain.policy import Policy, in_force
from domain.policy_terms import IdentityCheck, Kind, Trigger
from domain.portal import CandidatePortalLoggedIn
from domain.relations import EnquiryReceived, EnquiryResolved
from domain.retention import due_dates
from domain.situation import situation_of
from domain.staffing import ContractFulfilled, PlacementEnded, PlacementStarted
from domain.subject import EMPTY, evolve
from schemas.controllers import ControllerKind
from tests.examples import registered, stamp
from tests.life_examples import example

TODAY = date(2026, 6, 1)


def present(slug: str) -> Policy:
    policy = in_force(policies()[slug], TODAY)
    assert policy is not None
    return policy


def test_five_controllers_have_a_policy_in_force() -> None:
    slugs = ["aktiv-bemanning", "backerskeie", "express", "miles", "toptemp"]
    assert [present(slug).controller for slug in policies()] == slugs


@pytest.mark.requirement("A1")
def test_one_is_an_employer_with_six_companies() -> None:
    assert [slug for slug in policies() if present(slug).kind is Kind.EMPLOYER] == ["miles"]
    assert len(present("miles").entities) == 6


def test_a_controllers_file_and_its_policy_know_the_same_kinds() -> None:
    assert [kind.value for kind in Kind] == [kind.value for kind in ControllerKind]


@pytest.mark.parametrize(
    ("slug", "rule", "trigger", "period"),
    [
        ("miles", "unanswered", Trigger.FIRST_CONTACT, Period(months=1)),
        ("backerskeie", "unused", Trigger.LAST_USED, Period(months=60)),
        ("aktiv-bemanning", "contract-fulfilled", Trigger.CONTRACT_FULFILLED, Period()),
        ("express", "enquiry-old", Trigger.ENQUIRY_RECEIVED, Period(months=12)),
        ("express", "cookies", Trigger.LAST_TELEMETRY, Period(months=12)),
        ("toptemp", "last-login", Trigger.LAST_LOGIN, Period(months=48)),
    ],
)
def test_what_each_promised_is_written_down(
    slug: str, rule: str, trigger: Trigger, period: Period
) -> None:
    (found,) = [one for one in present(slug).rules if one.slug == rule]
    assert (found.trigger, found.period) == (trigger, period)


def test_two_promised_an_answer_within_thirty_days() -> None:
    promised = {slug: present(slug).settings.response_days for slug in policies()}
    assert [slug for slug, days in promised.items() if days == 30] == ["aktiv-bemanning", "express"]


@pytest.mark.requirement("T6")
def test_the_switches_are_as_promised() -> None:
    assert [slug for slug in policies() if present(slug).settings.automated_matching] == ["toptemp"]
    assert present("miles").settings.notify_on_suspected_breach is True
    assert present("aktiv-bemanning").settings.ip_login_overview is True
    assert present("express").settings.identity_check is IdentityCheck.ALWAYS
    assert present("toptemp").settings.disclosure_consent is True


@pytest.mark.requirement("A74", "A116", "T13", "T4")
@pytest.mark.parametrize(
    ("slug", "kind", "where"),
    [
        ("aktiv-bemanning", FindingKind.PERIOD_MISSING, "as-long-as-needed"),
        ("toptemp", FindingKind.PERIOD_MISSING, "terms-breached"),
        ("toptemp", FindingKind.PERIOD_LONG, "last-login"),
        ("backerskeie", FindingKind.PERIOD_UNJUSTIFIED, "unused"),
        ("miles", FindingKind.TRANSFER_WITHOUT_MECHANISM, "rocketreach"),
    ],
)
def test_what_they_left_open_is_found(slug: str, kind: FindingKind, where: str) -> None:
    found = {(one.kind, one.where) for one in examine(present(slug), TODAY)}
    assert (kind, where) in found


STORY: tuple[tuple[date, Fact], ...] = (
    (date(2026, 1, 5), registered()),
    (date(2026, 1, 20), example(OutreachSent)),
    (date(2026, 2, 1), example(CandidatePortalLoggedIn)),
    (date(2026, 2, 10), example(EnquiryReceived)),
    (date(2026, 2, 25), example(EnquiryResolved)),
    (date(2026, 3, 1), example(PlacementStarted)),
    (date(2026, 3, 31), example(PlacementEnded)),
    (date(2026, 4, 15), example(ContractFulfilled)),
    (date(2026, 5, 5), example(MeetingHeld)),
)


def due_under(slug: str) -> tuple[str, date]:
    state = EMPTY
    for n, (day, fact) in enumerate(STORY, start=1):
        state = evolve(state, stamp(n, occurred_at=day_begins(day)), fact)
    due = due_dates(present(slug), situation_of(state)).earliest
    assert due is not None
    return due.rule, due.due_on


def test_one_stream_is_due_on_five_days_under_five_policies() -> None:
    assert {slug: due_under(slug) for slug in policies()} == {
        "miles": ("unanswered", date(2026, 2, 20)),
        "express": ("enquiry-resolved", date(2026, 2, 25)),
        "aktiv-bemanning": ("contract-fulfilled", date(2026, 4, 15)),
        "toptemp": ("last-login", date(2030, 2, 1)),
        "backerskeie": ("unused", date(2031, 5, 5)),
    }
