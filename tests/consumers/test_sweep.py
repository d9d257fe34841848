"""What a sweep does: whom it warns, whom it erases, what it leaves alone, and in what order."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from consumers.sweep_report import Outcome
from domain.calendar import Period
from domain.communication import MessageReceived
from domain.disclosure import CandidatePresentedToClient
from domain.erasure import ErasureReason
from domain.findings import Finding, FindingKind
from domain.legal_holds import LegalHoldPlaced, LegalHoldReleased
from domain.outreach import CandidateReplied, OutreachSent
from domain.policy import Rule
from domain.policy_terms import Action, Condition, Stop, Trigger
from domain.postponing import Postponed
from domain.purposes import Purpose
from domain.restriction import ProcessingRestricted
from domain.retention_facts import RetentionOverridden
from domain.sweeping import expiry_id_of
from domain.values import SubjectId
from tests.consumers.populace import Populace
from tests.domain.promises import DAY, RULE, noon, policy
from tests.examples import requested, submitted, uploaded

DUE = date(2026, 7, 1)
EVE = date(2026, 6, 30)
WARNED = replace(RULE, warn_days=7)
APPROACH = Rule(
    "unanswered", "hiring", (None,), Trigger.FIRST_CONTACT, Period(months=1), stop=Stop.REPLIED
)
COOKIES = replace(RULE, slug="letters", categories=("communications",), period=Period(days=3))
PAPERS = replace(RULE, slug="papers", categories=("documents",), period=Period(days=3))
END = [
    "subject.retention-expiry-scheduled",
    "subject.retention-expired",
    "subject.erasure-requested",
    "subject.erasure-approved",
    "subject.erasure-ordered",
    "subject.erased",
]


@pytest.fixture
def populace() -> Populace:
    return Populace()


def erased(populace: Populace, person: SubjectId) -> bool:
    return not populace.readable(person)


def test_nobody_is_erased_the_day_before(populace: Populace) -> None:
    person = populace.person(DAY)
    assert populace.sweep(EVE, policy()).erasures == 0
    assert not erased(populace, person)


def test_whose_day_has_come_is_erased(populace: Populace) -> None:
    person = populace.person(DAY)
    swept = populace.sweep(DUE, policy())
    assert (swept.people, swept.persons, swept.expired) == (1, 1, 1)
    assert erased(populace, person)
    assert populace.topics(person)[1:] == END


def test_the_erasure_says_that_it_is_for_retention(populace: Populace) -> None:
    person = populace.person(DAY)
    populace.sweep(DUE, policy())
    (asked,) = [f for f in populace.side.facts(person) if END[2] == f.TOPIC]
    assert asked.reason is ErasureReason.RETENTION  # type: ignore[attr-defined]  # by its name


def test_a_second_sweep_of_the_day_does_nothing(populace: Populace) -> None:
    populace.person(DAY)
    populace.person(date(2026, 6, 20))
    populace.sweep(DUE, policy(WARNED))
    before = list(populace.side.log.log)
    again = populace.sweep(DUE, policy(WARNED))
    assert populace.side.log.log == before
    assert (again.erasures, again.outcomes) == (0, {})


def test_who_is_to_be_warned_is_warned_once(populace: Populace) -> None:
    person = populace.person(DAY)
    assert populace.sweep(date(2026, 6, 24), policy(WARNED)).count(Outcome.WARNED) == 1
    assert populace.sweep(date(2026, 6, 25), policy(WARNED)).count(Outcome.WARNED) == 0
    assert populace.topics(person)[1:] == END[:1]


def test_a_date_that_moves_after_the_warning_is_told_as_moved(populace: Populace) -> None:
    rule = replace(WARNED, trigger=Trigger.LAST_USED)
    person = populace.person(DAY)
    populace.sweep(date(2026, 6, 24), policy(rule))
    populace.tell(person, date(2026, 6, 25), submitted())
    assert populace.sweep(date(2026, 7, 20), policy(rule)).count(Outcome.MOVED) == 1
    assert populace.topics(person)[-1] == "subject.retention-expiry-moved"
    assert populace.sweep(date(2026, 7, 24), policy(rule)).erasures == 0
    assert populace.sweep(date(2026, 7, 25), policy(rule)).persons == 1


@pytest.mark.requirement("A28", "A29", "T8")
def test_an_approach_without_an_answer_ends_a_month_after_the_first(populace: Populace) -> None:
    person = populace.person()
    populace.a(person, DAY, OutreachSent, 1)
    populace.a(person, date(2026, 6, 20), OutreachSent, 2)
    assert populace.sweep(EVE, policy(APPROACH)).erasures == 0
    assert populace.sweep(DUE, policy(APPROACH)).persons == 1
    assert "candidate.outreach-unanswered" in populace.topics(person)


def test_who_answered_is_kept(populace: Populace) -> None:
    person = populace.person()
    populace.a(person, DAY, OutreachSent)
    populace.a(person, date(2026, 6, 10), CandidateReplied)
    assert populace.sweep(DUE, policy(APPROACH)).erasures == 0


@pytest.mark.requirement("A75")
def test_a_hold_postpones_and_its_release_lets_go(populace: Populace) -> None:
    person = populace.person(DAY)
    populace.a(person, DAY, LegalHoldPlaced, category=None, until_at=None)
    swept = populace.sweep(DUE, policy())
    assert (swept.erasures, swept.postponed) == (0, {Postponed.HOLD: 1})
    populace.a(person, DUE, LegalHoldReleased)
    assert populace.sweep(DUE + timedelta(days=1), policy()).persons == 1


def test_a_hold_that_ends_later_today_still_binds(populace: Populace) -> None:
    person = populace.person(DAY)
    populace.a(person, DAY, LegalHoldPlaced, category=None, until_at=noon(DUE) + 1_000_000)
    swept = populace.sweep(DUE, policy())
    assert (swept.erasures, swept.postponed) == (0, {Postponed.HOLD: 1})
    assert populace.topics(person)[-1] == "subject.legal-hold-placed"
    assert populace.sweep(DUE + timedelta(days=1), policy()).persons == 1


@pytest.mark.requirement("A157")
def test_a_restricted_person_is_left_alone(populace: Populace) -> None:
    populace.a(populace.person(DAY), DAY, ProcessingRestricted)
    swept = populace.sweep(DUE, policy())
    assert (swept.erasures, swept.postponed) == (0, {Postponed.RESTRICTION: 1})


def test_an_officers_override_is_kept_to_its_day(populace: Populace) -> None:
    person = populace.person(DAY)
    populace.sweep(date(2026, 6, 29), policy(WARNED))
    until = noon(date(2026, 7, 10))
    expiry = expiry_id_of(person, None)
    populace.a(person, EVE, RetentionOverridden, expiry_id=expiry, until_at=until)
    assert populace.sweep(DUE, policy(WARNED)).postponed == {Postponed.OVERRIDE: 1}
    assert populace.sweep(date(2026, 7, 9), policy(WARNED)).erasures == 0
    assert populace.sweep(date(2026, 7, 10), policy(WARNED)).persons == 1


def test_another_erasure_under_way_is_let_end_first(populace: Populace) -> None:
    person = populace.person(DAY)
    populace.tell(person, DAY, requested(1, "profile"))
    swept = populace.sweep(DUE, policy())
    assert (swept.erasures, swept.postponed) == (0, {Postponed.UNDER_WAY: 1})


def test_a_category_that_is_due_goes_and_the_person_stays(populace: Populace) -> None:
    person = populace.person(DAY)
    populace.a(person, DAY, MessageReceived)
    swept = populace.sweep(date(2026, 6, 4), policy(RULE, COOKIES))
    assert (swept.persons, swept.categories) == (0, 1)
    assert not erased(populace, person)
    assert populace.sweep(date(2026, 6, 5), policy(RULE, COOKIES)).erasures == 0


def test_a_rule_for_documents_covers_each_of_hers(populace: Populace) -> None:
    person = populace.person(DAY)
    populace.tell(person, DAY, uploaded(1))
    populace.tell(person, DAY, uploaded(2))
    assert populace.sweep(date(2026, 6, 4), policy(PAPERS)).categories == 2


def test_a_hold_of_one_document_keeps_that_one_alone(populace: Populace) -> None:
    person = populace.person(DAY)
    populace.tell(person, DAY, uploaded(1))
    populace.tell(person, DAY, uploaded(2))
    kept = next(c for c in heads(populace, person) if c.startswith("documents/"))
    populace.a(person, DAY, LegalHoldPlaced, category=kept, until_at=None)
    swept = populace.sweep(date(2026, 6, 4), policy(PAPERS))
    assert (swept.categories, swept.postponed) == (1, {Postponed.HOLD: 1})
    assert kept in heads(populace, person)


def heads(populace: Populace, person: SubjectId) -> set[str]:
    head = populace.side.log.load(populace.side.controller, [person], []).heads[person]
    return set(head.state.tokens)


def test_what_nothing_of_is_left_is_not_due_again(populace: Populace) -> None:
    populace.person(DAY)
    assert populace.sweep(date(2026, 6, 4), policy(COOKIES)).outcomes == {}


def test_a_review_erases_nothing_and_hides_no_erasure(populace: Populace) -> None:
    review = replace(RULE, slug="look", period=Period(days=1), action=Action.REVIEW)
    person = populace.person(DAY)
    swept = populace.sweep(date(2026, 6, 10), policy(RULE, review))
    assert (swept.count(Outcome.REVIEW), swept.erasures) == (1, 0)
    assert populace.sweep(DUE, policy(RULE, review)).persons == 1
    assert erased(populace, person)


def test_a_consent_whose_time_is_over_is_recorded_as_of_then(populace: Populace) -> None:
    person = populace.person(DAY)
    ends = noon(date(2026, 6, 10))
    populace.consent(person, DAY, Purpose.POOL, ends)
    swept = populace.sweep(date(2026, 6, 15), policy())
    assert swept.consents == 1
    entry = populace.side.log.stream(person)[-1]
    assert (entry.fact.TOPIC, entry.stamp.occurred_at) == ("candidate.consent-expired", ends)
    assert populace.sweep(date(2026, 6, 16), policy()).consents == 0


def test_a_consent_that_ran_out_frees_its_rule_in_the_same_sweep(populace: Populace) -> None:
    rule = replace(RULE, activity="hiring", conditions=(Condition.NO_STANDING_CONSENT,))
    person = populace.person(DAY)
    populace.consent(person, DAY, Purpose.POOL, noon(date(2026, 8, 1)))
    assert populace.sweep(DUE, policy(rule)).erasures == 0
    assert populace.sweep(date(2026, 8, 2), policy(rule)).persons == 1


def test_a_date_set_by_a_consents_end_waits_for_its_hour(populace: Populace) -> None:
    rule = replace(RULE, trigger=Trigger.CONSENT_ENDED, period=Period())
    person = populace.person(DAY)
    populace.consent(person, DAY, Purpose.POOL, noon(DUE) + 1_000_000)
    assert populace.sweep(DUE, policy(rule)).erasures == 0
    assert populace.sweep(DUE + timedelta(days=1), policy(rule)).persons == 1


def test_a_presentation_whose_time_is_over_is_recorded_so(populace: Populace) -> None:
    person = populace.person(DAY)
    populace.a(person, DAY, CandidatePresentedToClient, expires_at=noon(date(2026, 6, 10)))
    assert populace.sweep(date(2026, 6, 9), policy()).presentations == 0
    assert populace.sweep(date(2026, 6, 10), policy()).presentations == 1
    assert populace.sweep(date(2026, 6, 11), policy()).presentations == 0
    assert populace.topics(person)[-1] == "candidate.presentation-expired"


@pytest.mark.requirement("A116", "T13", "T14")
def test_a_clock_that_never_began_is_found(populace: Populace) -> None:
    populace.person(DAY)
    rules = [replace(RULE, trigger=Trigger.LAST_LOGIN), replace(RULE, slug="unset", period=None)]
    assert [populace.sweep(DUE, policy(rule)).findings for rule in rules] == [
        {Finding(FindingKind.NO_CLOCK): 1},
        {Finding(FindingKind.PERIOD_MISSING, "unset"): 1},
    ]
