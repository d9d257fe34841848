"""Advertising: only while the person's own word stands, where the policy rests it on consent."""

from dataclasses import replace

import pytest

from consumers.promises import Promise
from domain.communication import MessageSent
from domain.consent import ConsentGiven, ConsentWithdrawn
from domain.decisions import RefusalReason
from domain.disclosure import Disclosed, PersonalDataDisclosed
from domain.fact import Fact
from domain.lawful_basis import LawfulBasis
from domain.policy import Activity, Policy
from domain.purposes import Purpose
from domain.relations import CustomerRelationCreated, MarketingSubscribed
from tests.domain.deciding import given, refused
from tests.domain.promises import HIRING, RECIPIENT, policy
from tests.examples import stamp
from tests.life_examples import example, known_as

BY_CONSENT = Activity("news", "write", Purpose.MARKETING, (LawfulBasis.CONSENT,), "notice-1")
INVITATION = example(MessageSent, purpose=Purpose.MARKETING)
VENDOR = known_as("recipient_id")
HANDED = example(PersonalDataDisclosed, purpose=Purpose.MARKETING, disclosed=(Disclosed.CONTACT,))
CONSENT = example(
    ConsentGiven, purpose=Purpose.MARKETING, client_id=None, assignment_id=None, expires_at=None
)
WITHDRAWN = example(ConsentWithdrawn, purpose=Purpose.MARKETING, client_id=None, assignment_id=None)
NOBODY_ASKED = refused(RefusalReason.NO_CONSENT)
both_ways = pytest.mark.parametrize("claim", [INVITATION, HANDED], ids=["written", "handed over"])


def promise(*activities: Activity) -> Promise:
    handed = replace(RECIPIENT, fields=("contact",))
    made: Policy = policy(activities=(HIRING, *activities), recipients=(handed,))
    return Promise((made,), {VENDOR: RECIPIENT.slug})


def told(claim: Fact, *facts: Fact, under: Activity = BY_CONSENT) -> object:
    return promise(under).decide(given(*facts), stamp(90), claim)


@pytest.mark.requirement("A56", "A146", "A202")
@both_ways
def test_nobody_is_advertised_to_who_did_not_ask(claim: Fact) -> None:
    assert told(claim) == NOBODY_ASKED


@pytest.mark.requirement("A56")
def test_a_clients_contact_is_asked_like_anybody() -> None:
    assert told(INVITATION, example(CustomerRelationCreated)) == NOBODY_ASKED


@pytest.mark.requirement("A56", "A202")
@both_ways
@pytest.mark.parametrize("word", [CONSENT, example(MarketingSubscribed)], ids=["consent", "asked"])
def test_who_asked_for_it_is_advertised_to(claim: Fact, word: Fact) -> None:
    assert told(claim, word) == (claim,)


@pytest.mark.requirement("A202")
@both_ways
def test_a_withdrawn_consent_ends_it(claim: Fact) -> None:
    assert told(claim, CONSENT, WITHDRAWN) == NOBODY_ASKED


def test_a_consent_withdrawn_ends_an_older_subscription() -> None:
    assert told(INVITATION, example(MarketingSubscribed), CONSENT, WITHDRAWN) == NOBODY_ASKED


def test_asking_again_after_withdrawing_opens_it() -> None:
    facts = (CONSENT, WITHDRAWN, example(MarketingSubscribed))
    assert told(INVITATION, *facts) == (INVITATION,)


def test_where_the_policy_rests_it_on_interests_nobody_need_have_asked() -> None:
    interests = replace(BY_CONSENT, basis=(LawfulBasis.LEGITIMATE_INTERESTS,))
    assert told(INVITATION, under=interests) == (INVITATION,)


def test_a_message_about_her_application_needs_no_such_wish() -> None:
    message = example(MessageSent, purpose=Purpose.RECRUITMENT)
    assert told(message) == (message,)
