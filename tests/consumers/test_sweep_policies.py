"""What the controllers promised, kept by the sweep: their own policies over people's stories."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest

from consumers.policies import policies
from domain.communication import NoteAdded
from domain.consent import ConsentGiven, ConsentWithdrawn
from domain.fact import Fact
from domain.matching import MatchScored
from domain.outreach import CandidateReplied, OutreachSent
from domain.policy import Policy, in_force
from domain.portal import CandidatePortalLoggedIn, JobAdViewed
from domain.postponing import Postponed
from domain.purposes import Purpose
from domain.relations import CustomerRelationCreated, EnquiryReceived, EnquiryResolved
from domain.staffing import ContractFulfilled, PlacementEnded, PlacementStarted
from tests.consumers.populace import Populace
from tests.domain.promises import DAY
from tests.examples import registered
from tests.life_examples import example

Story = Sequence[tuple[date, Fact]]


def present(slug: str) -> Policy:
    found = in_force(policies()[slug], DAY)
    assert found is not None
    return found


def ends(slug: str, story: Story, erased_on: date) -> None:
    """Hold that somebody with this story is erased on a day, and not on the day before."""
    populace = Populace()
    person = populace.person()
    for day, fact in story:
        populace.tell(person, day, fact)
    assert populace.sweep(erased_on - timedelta(days=1), present(slug)).persons == 0
    assert populace.readable(person)
    assert populace.sweep(erased_on, present(slug)).persons == 1
    assert not populace.readable(person)


def consented(purpose: Purpose, kind: type[Fact] = ConsentGiven) -> Fact:
    return example(kind, purpose=purpose, client_id=None, assignment_id=None)


@pytest.mark.requirement("A28", "A29", "T8")
def test_an_unanswered_approach_ends_a_month_after_the_first_message() -> None:
    first, reminder = DAY, DAY + timedelta(days=25)
    sent = [(first, example(OutreachSent, 1)), (reminder, example(OutreachSent, 2))]
    ends("miles", sent, date(2026, 7, 1))


def test_who_answered_an_approach_has_no_date_and_is_found() -> None:
    populace = Populace()
    person = populace.person()
    populace.a(person, DAY, OutreachSent)
    populace.a(person, DAY + timedelta(days=3), CandidateReplied)
    swept = populace.sweep(date(2030, 1, 1), present("miles"))
    where = {finding.where for finding in swept.findings}
    assert (swept.erasures, where) == (0, {"in-dialogue"})


@pytest.mark.requirement("A141", "A153", "A73")
def test_an_enquiry_ends_when_its_matter_is_resolved() -> None:
    resolved = DAY + timedelta(days=9)
    ends(
        "express", [(DAY, example(EnquiryReceived)), (resolved, example(EnquiryResolved))], resolved
    )


@pytest.mark.requirement("A135", "A141", "A152")
def test_an_enquiry_nobody_resolved_ends_after_twelve_months() -> None:
    ends("express", [(DAY, example(EnquiryReceived))], date(2027, 6, 1))


@pytest.mark.requirement("A152")
def test_who_became_a_customer_is_not_erased_as_an_enquiry() -> None:
    populace = Populace()
    person = populace.person()
    populace.a(person, DAY, EnquiryReceived)
    populace.a(person, DAY, CustomerRelationCreated)
    assert populace.sweep(date(2027, 6, 1), present("express")).erasures == 0


@pytest.mark.requirement("A155", "A130", "A134")
def test_what_cookies_yield_goes_after_twelve_months_and_she_stays() -> None:
    populace = Populace()
    person = populace.person(DAY)
    populace.tell(person, DAY, consented(Purpose.TELEMETRY))
    populace.a(person, DAY, JobAdViewed)
    assert populace.sweep(date(2027, 5, 31), present("express")).categories == 0
    assert populace.sweep(date(2027, 6, 1), present("express")).categories == 1
    assert populace.readable(person)


@pytest.mark.requirement("A118")
def test_a_contract_ends_it_when_every_duty_is_fulfilled() -> None:
    populace = Populace()
    person = populace.person(DAY)
    populace.a(person, DAY, PlacementStarted, 1)
    populace.a(person, DAY, PlacementEnded, 1)
    populace.a(person, DAY, PlacementStarted, 2)
    populace.a(person, DAY + timedelta(days=5), ContractFulfilled, 1)
    aktiv = present("aktiv-bemanning")
    assert populace.sweep(date(2026, 7, 1), aktiv).postponed == {Postponed.OPEN_DUTIES: 1}
    populace.a(person, date(2026, 7, 2), PlacementEnded, 2)
    populace.a(person, date(2026, 7, 3), ContractFulfilled, 2)
    assert populace.sweep(date(2026, 7, 4), aktiv).persons == 1


@pytest.mark.requirement("A117")
def test_a_withdrawn_consent_ends_what_rested_on_it() -> None:
    given, taken_back = DAY, DAY + timedelta(days=40)
    story = [
        (DAY, registered()),
        (given, consented(Purpose.POOL)),
        (taken_back, consented(Purpose.POOL, ConsentWithdrawn)),
    ]
    ends("aktiv-bemanning", story, taken_back)


@pytest.mark.requirement("A74", "T15")
def test_looking_at_somebody_for_five_years_keeps_nobody() -> None:
    looked = [(DAY + timedelta(days=300 * n), example(NoteAdded, n)) for n in (1, 2, 3)]
    scored = (DAY + timedelta(days=1000), example(MatchScored))
    ends("backerskeie", [(DAY, registered()), *looked, scored], date(2031, 6, 1))


@pytest.mark.requirement("A210")
def test_a_login_is_forgotten_after_forty_eight_months() -> None:
    login = (DAY + timedelta(days=100), example(CandidatePortalLoggedIn))
    ends("toptemp", [(DAY, registered()), login], date(2030, 9, 9))


@pytest.mark.requirement("A210", "T14")
def test_who_never_logged_in_is_forgotten_forty_eight_months_after_she_registered() -> None:
    ends("toptemp", [(DAY, registered())], date(2030, 6, 1))
