"""What stands against sourcing, enriching or writing to a person: all of it, at once."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from consumers.policies import policies
from domain.calendar import Period, add_months, civil_date, day_begins
from domain.communication import MessageSent
from domain.consent import ConsentGiven
from domain.decisions import RefusalReason
from domain.erasure import ErasureReason
from domain.fact import Fact
from domain.lawful_basis import LawfulBasis
from domain.objection import ObjectionRaised, ObjectionRejected
from domain.outreach import (
    Art14NoticeSent,
    CandidateReplied,
    ContactField,
    OutreachOptedIn,
    OutreachOptedOut,
    OutreachSent,
    Sentiment,
)
from domain.pointed import left_by_erasure, pointed_by, pointing_of
from domain.policy import Policy, SuppressionPeriod, Transfer
from domain.policy_terms import Mechanism
from domain.portal import AccountBlocked, AccountUnblocked
from domain.precontact import RECENT_DAYS, Intent, Known, Verdict, precontact
from domain.purposes import Purpose
from domain.restriction import ProcessingRestricted
from domain.suppression import SuppressionReason, Use
from tests.domain.deciding import given
from tests.examples import (
    START,
    approved,
    controller,
    deactivated,
    ordered,
    registered,
    requested,
    sourced,
    subject,
)
from tests.life_examples import example

MILES = policies()["miles"][0]
TODAY = civil_date(START)
DAY = TODAY + timedelta(days=5)
NOBODY = frozenset[SuppressionReason]()


def verdict(
    *facts: Fact,
    use: Use = Use.OUTREACH,
    day: date = DAY,
    policy: Policy | None = MILES,
    pointers: frozenset[SuppressionReason] = NOBODY,
    recipient: str | None = None,
) -> Verdict:
    intent = Intent(use, day_begins(day), recipient, ContactField.EMAIL if recipient else None)
    known = Known(controller(), subject(), given(*facts)) if facts else None
    return precontact(intent, policy, pointers, known)


@pytest.mark.parametrize("use", list(Use))
def test_nothing_stands_against_somebody_just_sourced(use: Use) -> None:
    told = verdict(sourced(), use=use)
    assert (told.allowed, told.reasons, told.recent) == (True, (), False)


@pytest.mark.parametrize("use", list(Use))
@pytest.mark.parametrize("reason", list(SuppressionReason))
def test_a_pointer_bars_every_use_of_a_person_and_of_an_address_nobody_has(
    reason: SuppressionReason, use: Use
) -> None:
    for facts in ((), (sourced(),)):
        told = verdict(*facts, use=use, pointers=frozenset({reason}))
        assert (told.reasons, told.pointers) == ((RefusalReason.SUPPRESSED,), (reason,))


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ((example(ProcessingRestricted),), RefusalReason.RESTRICTED),
        ((example(ObjectionRaised, purpose=Purpose.SOURCING),), RefusalReason.OBJECTED),
        ((example(ObjectionRaised, purpose=Purpose.EVERYTHING),), RefusalReason.OBJECTED),
        ((OutreachOptedOut(),), RefusalReason.OPTED_OUT),
        ((deactivated(),), RefusalReason.INACTIVE),
        ((requested(), approved(), ordered()), RefusalReason.FENCED),
    ],
)
def test_what_she_asked_for_stands_against_every_use(
    facts: tuple[Fact, ...], reason: RefusalReason
) -> None:
    for use in Use:
        assert verdict(sourced(), *facts, use=use).reasons == (reason,)


@pytest.mark.parametrize(
    "facts",
    [
        (example(ObjectionRaised, purpose=Purpose.MARKETING),),
        (example(ObjectionRaised, purpose=Purpose.SOURCING), example(ObjectionRejected)),
        (OutreachOptedOut(), OutreachOptedIn()),
    ],
)
def test_what_does_not_concern_outreach_or_was_settled_does_not_stand(
    facts: tuple[Fact, ...],
) -> None:
    assert verdict(sourced(), *facts).allowed


def test_all_reasons_are_told_at_once() -> None:
    told = verdict(
        sourced(),
        deactivated(),
        OutreachOptedOut(),
        example(ObjectionRaised, purpose=Purpose.SOURCING),
        example(ProcessingRestricted),
        use=Use.ENRICHMENT,
        pointers=frozenset({SuppressionReason.OPTED_OUT}),
        recipient="rocketreach",
    )
    assert set(told.reasons) == {
        RefusalReason.SUPPRESSED,
        RefusalReason.RESTRICTED,
        RefusalReason.OBJECTED,
        RefusalReason.OPTED_OUT,
        RefusalReason.INACTIVE,
        RefusalReason.NO_MECHANISM,
    }


def with_recipient(**changed: object) -> Policy:
    """Change what Miles says of its enrichment service."""
    recipients = tuple(
        [
            replace(one, **changed) if one.slug == "rocketreach" else one  # type: ignore[arg-type]  # a field each
            for one in MILES.recipients
        ]
    )
    return replace(MILES, recipients=recipients)


SCC = Transfer(Mechanism.SCC, "TIA-1", TODAY, DAY)


@pytest.mark.requirement("A11")
def test_a_service_outside_the_eea_is_asked_only_under_a_mechanism_in_force() -> None:
    promised = with_recipient(transfers=(SCC,))

    def asked(policy: Policy, day: date) -> tuple[RefusalReason, ...]:
        use, service = Use.ENRICHMENT, "rocketreach"
        return verdict(sourced(), use=use, policy=policy, day=day, recipient=service).reasons

    assert asked(promised, DAY) == ()
    assert asked(promised, DAY + timedelta(days=1)) == (RefusalReason.NO_MECHANISM,)
    assert asked(MILES, DAY) == (RefusalReason.NO_MECHANISM,)


@pytest.mark.requirement("A20")
def test_a_service_gets_no_kind_of_data_that_the_policy_does_not_name() -> None:
    promised = with_recipient(transfers=(SCC,), fields=("name",))
    told = verdict(sourced(), use=Use.ENRICHMENT, policy=promised, recipient="rocketreach")
    assert told.reasons == (RefusalReason.FIELD_NOT_ALLOWED,)
    unnamed = verdict(sourced(), use=Use.ENRICHMENT, recipient="somebody")
    assert unnamed.reasons == (RefusalReason.UNKNOWN_RECIPIENT,)


def based_on(*basis: LawfulBasis) -> Policy:
    activities = tuple([replace(one, basis=basis) for one in MILES.activities])
    return replace(MILES, activities=activities)


@pytest.mark.requirement("A14")
def test_without_a_basis_nobody_is_approached() -> None:
    nothing = replace(MILES, activities=())
    for policy in (None, nothing, based_on(LawfulBasis.CONSENT)):
        assert verdict(sourced(), policy=policy).reasons == (RefusalReason.NO_BASIS,)
    assert verdict(sourced(), policy=based_on(LawfulBasis.LEGITIMATE_INTERESTS)).allowed


def test_where_the_basis_is_consent_hers_allows_it() -> None:
    consent = example(
        ConsentGiven, purpose=Purpose.SOURCING, client_id=None, assignment_id=None, expires_at=None
    )
    assert verdict(sourced(), consent, policy=based_on(LawfulBasis.CONSENT)).allowed


@pytest.mark.requirement("A4")
def test_the_notice_goes_with_the_first_message_at_the_latest() -> None:
    assert verdict(sourced()).notice_due_on == DAY
    assert verdict(sourced(), use=Use.ENRICHMENT).notice_due_on == add_months(TODAY, 1)
    late = add_months(TODAY, 1) + timedelta(days=3)
    assert verdict(sourced(), day=late).notice_due_on == add_months(TODAY, 1)


def test_who_was_told_or_came_herself_is_owed_no_notice() -> None:
    assert verdict(sourced(), example(Art14NoticeSent)).notice_due_on is None
    assert verdict(registered()).notice_due_on is None


def test_somebody_new_is_told_within_a_month_of_being_sourced() -> None:
    assert verdict(use=Use.SOURCING).notice_due_on == add_months(DAY, 1)
    assert verdict(use=Use.OUTREACH).notice_due_on == DAY


@pytest.mark.parametrize("kind", [OutreachSent, MessageSent])
def test_a_recent_message_is_told(kind: type[Fact]) -> None:
    told = verdict(sourced(), example(kind))
    assert told.allowed
    assert told.recent
    assert told.last_contact_at is not None
    assert not verdict(sourced(), example(kind), day=DAY + timedelta(days=RECENT_DAYS)).recent


@pytest.mark.requirement("A216", "T9")
@pytest.mark.parametrize(
    ("facts", "leave", "lift"),
    [
        ((OutreachOptedOut(),), {SuppressionReason.OPTED_OUT}, set()),
        (
            (OutreachOptedOut(), OutreachOptedIn()),
            set(),
            {SuppressionReason.OPTED_OUT, SuppressionReason.SELF_DELETED},
        ),
        ((example(AccountBlocked),), {SuppressionReason.ABUSE}, set()),
        ((example(AccountBlocked), AccountUnblocked()), set(), {SuppressionReason.ABUSE}),
        ((registered(),), set(), set()),
        (
            (example(CandidateReplied, sentiment=Sentiment.LATER),),
            {SuppressionReason.IN_DIALOGUE},
            set(),
        ),
        ((example(CandidateReplied, sentiment=Sentiment.NOT_INTERESTED),), set(), set()),
    ],
)
def test_the_state_says_what_is_left_and_what_is_lifted(
    facts: tuple[Fact, ...], leave: set[SuppressionReason], lift: set[SuppressionReason]
) -> None:
    state = given(*facts)
    for told in (facts, facts[::-1]):
        pointed = pointed_by(state, told)
        assert (set(pointed.leave), set(pointed.lift)) == (leave, lift)


def test_an_erasure_of_unknown_reason_leaves_what_she_wanted() -> None:
    assert left_by_erasure(None, given(registered())) is None
    assert left_by_erasure(None, given(OutreachOptedOut())) is SuppressionReason.OPTED_OUT
    assert left_by_erasure(ErasureReason.RETENTION, given(registered())) is None


@pytest.mark.requirement("A216", "T16")
def test_pointers_stand_as_long_as_the_policy_says() -> None:
    reason = SuppressionReason.IN_DIALOGUE
    kept = replace(MILES, suppression=(SuppressionPeriod(reason, Period(months=24)),))
    assert pointing_of(reason, kept, DAY).until == day_begins(add_months(DAY, 24))
    assert pointing_of(SuppressionReason.OPTED_OUT, kept, DAY).until is None
    assert pointing_of(reason, None, DAY).until is None
