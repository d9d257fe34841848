"""Objections and opt-outs: what a person said no to is not done."""

import pytest

from domain.communication import MessageSent
from domain.disclosure import CandidatePresentedToClient
from domain.fact import Fact
from domain.matching import MatchingOptedIn, MatchingOptedOut, MatchScored
from domain.objection import ObjectionRaised, ObjectionRejected, ObjectionUpheld
from domain.outreach import EnrichmentRequested, OutreachOptedIn, OutreachOptedOut, OutreachSent
from domain.purposes import Purpose
from domain.relations import MarketingSubscribed, MarketingUnsubscribed
from domain.staffing import CandidateAddedToPool
from domain.subject import RefusalReason
from tests.domain.deciding import given, refused, told, when
from tests.examples import deactivated, registered, stamp
from tests.life_examples import example

OBJECTED = refused(RefusalReason.OBJECTED)
OPTED_OUT = refused(RefusalReason.OPTED_OUT)
INACTIVE = refused(RefusalReason.INACTIVE)
NEWSLETTER = example(MessageSent, purpose=Purpose.MARKETING)
CLOSED_BY = [
    (Purpose.SOURCING, example(OutreachSent)),
    (Purpose.SOURCING, example(EnrichmentRequested)),
    (Purpose.MATCHING, example(MatchScored)),
    (Purpose.PRESENTATION, example(CandidatePresentedToClient)),
    (Purpose.MARKETING, NEWSLETTER),
    (Purpose.POOL, example(CandidateAddedToPool)),
]
every_use = pytest.mark.parametrize(("purpose", "claim"), CLOSED_BY)


def objected(purpose: Purpose) -> Fact:
    return example(ObjectionRaised, purpose=purpose)


@every_use
def test_an_objection_closes_its_purpose_at_once(purpose: Purpose, claim: Fact) -> None:
    assert when(given(objected(purpose)), claim) == OBJECTED


@every_use
def test_an_objection_to_everything_closes_each_purpose(purpose: Purpose, claim: Fact) -> None:
    del purpose
    assert when(given(objected(Purpose.EVERYTHING)), claim) == OBJECTED


@every_use
def test_an_objection_to_another_purpose_closes_nothing(purpose: Purpose, claim: Fact) -> None:
    del purpose
    assert when(given(objected(Purpose.TELEMETRY)), claim) == (claim,)


def test_an_objection_upheld_stays() -> None:
    state = given(objected(Purpose.MATCHING), example(ObjectionUpheld))
    assert when(state, example(MatchScored)) == OBJECTED


def test_an_objection_rejected_opens_the_purpose_again() -> None:
    state = given(objected(Purpose.MATCHING), example(ObjectionRejected))
    assert when(state, example(MatchScored)) == (example(MatchScored),)


def test_an_objection_to_advertising_is_never_weighed() -> None:
    state = given(objected(Purpose.MARKETING))
    assert when(state, example(ObjectionRejected)) == refused(RefusalReason.NOT_WEIGHED)


@pytest.mark.parametrize("kind", [OutreachSent, EnrichmentRequested])
def test_who_opted_out_is_not_approached(kind: type[Fact]) -> None:
    assert when(given(example(OutreachOptedOut)), example(kind)) == OPTED_OUT


def test_who_opted_in_again_is_approached() -> None:
    state = given(example(OutreachOptedOut), example(OutreachOptedIn))
    assert when(state, example(OutreachSent)) == (example(OutreachSent),)


def test_an_older_opting_in_does_not_undo_the_opting_out() -> None:
    state = told((stamp(5), example(OutreachOptedOut)), (stamp(2), example(OutreachOptedIn)))
    assert when(state, example(OutreachSent)) == OPTED_OUT


@pytest.mark.requirement("A187", "A196")
def test_who_opted_out_of_matching_is_not_scored() -> None:
    assert when(given(example(MatchingOptedOut)), example(MatchScored)) == OPTED_OUT


def test_who_opted_in_to_matching_again_is_scored() -> None:
    state = given(example(MatchingOptedOut), example(MatchingOptedIn))
    assert when(state, example(MatchScored)) == (example(MatchScored),)


@pytest.mark.requirement("A213", "T9")
@pytest.mark.parametrize("kind", [OutreachSent, EnrichmentRequested, MatchScored])
def test_the_inactive_are_neither_approached_nor_matched(kind: type[Fact]) -> None:
    assert when(given(registered(), deactivated()), example(kind)) == INACTIVE


@pytest.mark.requirement("A55", "A195")
def test_who_unsubscribed_gets_no_newsletter() -> None:
    state = given(example(MarketingSubscribed), example(MarketingUnsubscribed))
    assert when(state, NEWSLETTER) == OPTED_OUT


def test_who_unsubscribed_is_still_written_to_about_her_application() -> None:
    message = example(MessageSent, purpose=Purpose.RECRUITMENT)
    assert when(given(example(MarketingUnsubscribed)), message) == (message,)


def test_an_opting_out_does_not_refuse_what_was_sent_before() -> None:
    state = given(example(OutreachSent), example(OutreachOptedOut))
    assert when(state, example(OutreachSent), n=1) == ()
