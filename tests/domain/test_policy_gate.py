"""What a policy forbids: presenting, matching, disclosing, enriching, and uses without a basis."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from consumers.policies import policies
from domain.calendar import day_begins
from domain.communication import MessageSent
from domain.decisions import RefusalReason, Refused
from domain.disclosure import (
    CandidatePresentedToClient,
    Disclosed,
    Obstacle,
    PersonalDataDisclosed,
    TransferBlocked,
)
from domain.fact import Fact
from domain.matching import MatchScored
from domain.outreach import (
    ContactEnriched,
    EnrichmentBarrier,
    EnrichmentBlocked,
    EnrichmentRequested,
    OutreachSent,
)
from domain.policy import Policy, Recipient, Transfer
from domain.policy_gate import (
    GATES,
    KEPT_AS,
    blocked_as,
    policy_on,
    refused_by_policy,
    under_policy,
)
from domain.policy_terms import ErasureChannel, Mechanism, RecipientRole
from domain.purposes import Purpose
from domain.staffing import CandidateAddedToPool
from tests.examples import registered, stamp
from tests.life_examples import example, known_as

TODAY = date(2026, 6, 1)
NOW = stamp(1, occurred_at=day_begins(TODAY))
SOMEBODY = known_as("recipient_id")
SLUGS = sorted(policies())
NAMES: Mapping[UUID, str] = {SOMEBODY: "vendor"}


def policy(slug: str) -> Policy:
    found = policy_on(policies()[slug], NOW.occurred_at)
    assert found is not None
    return found


def reason(of: Policy | None, claim: Fact) -> RefusalReason | None:
    refused = refused_by_policy(of, NOW, claim, NAMES)
    return None if refused is None else refused.reason


def presented(*kinds: Disclosed, documents: int = 0) -> CandidatePresentedToClient:
    ids = tuple([known_as("document_ids", n) for n in range(documents)])
    claim = example(CandidatePresentedToClient, disclosed=kinds, document_ids=ids)
    assert isinstance(claim, CandidatePresentedToClient)
    return claim


def with_vendor(slug: str, **changed: object) -> Policy:
    """Add a recipient in the EEA that may have everything it can be given."""
    vendor = Recipient(
        slug="vendor",
        title="A vendor",
        role=RecipientRole.PROCESSOR,
        country="NO",
        outside_eea=False,
        categories=("profile", "documents", "assessment", "reference", "special"),
        fields=tuple([kept.field for kept in KEPT_AS.values() if kept.field is not None]),
        erasure=ErasureChannel.MANUAL,
        parent=None,
        transfers=(),
    )
    one = policy(slug)
    made = replace(vendor, **changed)  # type: ignore[arg-type]  # a field each
    return replace(one, recipients=(*one.recipients, made))


def disclosed(*kinds: Disclosed, purpose: Purpose = Purpose.RECRUITMENT) -> Fact:
    return example(PersonalDataDisclosed, disclosed=kinds or (Disclosed.NAME,), purpose=purpose)


def transfer(until: date | None, mechanism: Mechanism = Mechanism.SCC) -> tuple[Transfer, ...]:
    return (Transfer(mechanism, "looked at", date(2020, 1, 1), until),)


@pytest.mark.requirement("A18", "A196", "T6")
def test_a_match_is_scored_only_where_matching_is_switched_on() -> None:
    claim = example(MatchScored)
    found = {slug: reason(policy(slug), claim) for slug in SLUGS}
    assert found == dict.fromkeys(SLUGS, RefusalReason.NOT_ALLOWED) | {"toptemp": None}


def test_matching_needs_an_activity_besides_the_switch() -> None:
    one = policy("miles")
    switched = replace(one, settings=replace(one.settings, automated_matching=True))
    assert reason(switched, example(MatchScored)) is RefusalReason.NO_BASIS


@pytest.mark.requirement("T18")
def test_an_employer_presents_nobody() -> None:
    assert reason(policy("miles"), presented(Disclosed.NAME)) is RefusalReason.NOT_ALLOWED


def test_a_policy_that_names_no_clients_lets_nobody_be_presented() -> None:
    assert reason(policy("backerskeie"), presented()) is RefusalReason.UNKNOWN_RECIPIENT


@pytest.mark.requirement("A200")
@pytest.mark.parametrize("slug", ["aktiv-bemanning", "express", "toptemp"])
@pytest.mark.parametrize("kind", Disclosed)
def test_clients_get_the_kinds_their_policy_names(slug: str, kind: Disclosed) -> None:
    named = {"name", "employment", "education", "skills", "resume"}
    refused = reason(policy(slug), presented(kind))
    assert refused is (None if kind.value in named else RefusalReason.FIELD_NOT_ALLOWED)


def test_documents_go_along_only_where_the_category_may() -> None:
    one = policy("toptemp")
    narrowed = tuple([replace(r, categories=("profile",)) for r in one.recipients])
    claim = presented(Disclosed.NAME, documents=1)
    assert reason(one, claim) is None
    assert reason(replace(one, recipients=narrowed), claim) is RefusalReason.FIELD_NOT_ALLOWED


def test_clients_outside_the_eea_need_a_mechanism() -> None:
    one = policy("toptemp")
    moved = tuple([replace(r, outside_eea=True) for r in one.recipients])
    refused = reason(replace(one, recipients=moved), presented(Disclosed.NAME))
    assert refused is RefusalReason.NO_MECHANISM


@pytest.mark.requirement("A20")
def test_an_unknown_recipient_gets_nothing() -> None:
    assert reason(policy("toptemp"), disclosed()) is RefusalReason.UNKNOWN_RECIPIENT


@pytest.mark.requirement("A20", "A201")
@pytest.mark.parametrize("kind", Disclosed)
def test_a_recipient_gets_no_field_that_is_not_named(kind: Disclosed) -> None:
    kept = KEPT_AS[kind]
    nameless = with_vendor("toptemp", fields=()) if kept.field else None
    uncategorised = with_vendor("toptemp", categories=())
    assert reason(with_vendor("toptemp"), disclosed(kind)) is None
    assert reason(uncategorised, disclosed(kind)) is RefusalReason.FIELD_NOT_ALLOWED
    if nameless is not None:
        assert reason(nameless, disclosed(kind)) is RefusalReason.FIELD_NOT_ALLOWED


@pytest.mark.requirement("A11", "A204")
@pytest.mark.parametrize(
    ("outside", "transfers", "refused"),
    [
        (False, (), None),
        (None, (), RefusalReason.NO_MECHANISM),
        (True, (), RefusalReason.NO_MECHANISM),
        (True, transfer(None), None),
        (True, transfer(TODAY), None),
        (True, transfer(date(2026, 5, 31)), RefusalReason.NO_MECHANISM),
        (True, transfer(None, Mechanism.DEROGATION), RefusalReason.NO_MECHANISM),
    ],
)
def test_data_leave_the_eea_under_a_mechanism_that_holds_on_the_day(
    *, outside: bool | None, transfers: tuple[Transfer, ...], refused: RefusalReason | None
) -> None:
    """The policy of toptemp allows no derogation."""
    one = with_vendor("toptemp", outside_eea=outside, transfers=transfers)
    assert reason(one, disclosed()) is refused


@pytest.mark.requirement("A19")
@pytest.mark.parametrize("kind", [EnrichmentRequested, ContactEnriched])
def test_an_enrichment_sends_the_profiles_address_and_no_more(kind: type[Fact]) -> None:
    claim = example(kind)
    fields = ("linkedin_url",)
    assert reason(with_vendor("miles", fields=fields), claim) is None
    narrower = with_vendor("miles", fields=("name",))
    assert reason(narrower, claim) is RefusalReason.FIELD_NOT_ALLOWED


@pytest.mark.requirement("A11")
def test_the_enrichment_service_of_miles_is_barred_until_a_mechanism_is_named() -> None:
    names = {SOMEBODY: "rocketreach"}
    refused = refused_by_policy(policy("miles"), NOW, example(ContactEnriched), names)
    assert refused == Refused(RefusalReason.NO_MECHANISM)


@pytest.mark.requirement("A17", "A55", "A98", "A189")
@pytest.mark.parametrize("purpose", Purpose)
@pytest.mark.parametrize("slug", SLUGS)
def test_a_message_serves_a_purpose_some_activity_has(slug: str, purpose: Purpose) -> None:
    one = policy(slug)
    had = {activity.purpose for activity in one.activities}
    if had & {Purpose.RECRUITMENT, Purpose.STAFFING}:
        had |= {Purpose.PRESENTATION, Purpose.REFERENCES}
    refused = reason(one, example(MessageSent, purpose=purpose))
    assert refused is (None if purpose in had else RefusalReason.NO_BASIS)


@pytest.mark.parametrize(
    ("kind", "allowed"),
    [
        (OutreachSent, {"miles"}),
        (CandidateAddedToPool, {"aktiv-bemanning", "backerskeie", "toptemp"}),
    ],
)
def test_a_use_without_an_activity_has_no_basis(kind: type[Fact], allowed: set[str]) -> None:
    claim = example(kind)
    assert {slug for slug in SLUGS if reason(policy(slug), claim) is None} == allowed


@pytest.mark.parametrize("kind", GATES, ids=lambda kind: kind.TOPIC)
def test_without_a_policy_nothing_is_allowed(kind: type[Fact]) -> None:
    assert reason(None, example(kind)) is RefusalReason.NOT_ALLOWED


def test_a_fact_no_policy_speaks_of_is_not_asked_about() -> None:
    assert reason(None, registered()) is None


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("said", [True, False])
def test_a_source_may_ask_for_more_consent_and_never_for_less(slug: str, *, said: bool) -> None:
    one = policy(slug)
    claim = replace(presented(Disclosed.NAME), requires_consent=said)
    under = under_policy(one, claim)
    assert isinstance(under, CandidatePresentedToClient)
    assert under.requires_consent is (said or one.settings.disclosure_consent)


def test_without_a_policy_a_presentation_needs_consent() -> None:
    claim = under_policy(None, presented())
    assert isinstance(claim, CandidatePresentedToClient)
    assert claim.requires_consent is True


def test_the_policy_of_the_day_of_the_fact_counts() -> None:
    first = policy("toptemp")
    later = replace(first, version=2, effective_from=TODAY)
    eve = day_begins(TODAY) - 1
    assert policy_on((first, later), eve) is first
    assert policy_on((first, later), day_begins(TODAY)) is later
    assert policy_on((first, later), 0) is first
    assert policy_on((), NOW.occurred_at) is None


def test_a_mechanism_that_ran_out_is_told_from_one_that_never_was() -> None:
    claim = disclosed()
    blocked = [
        blocked_as(
            with_vendor("toptemp", outside_eea=True, transfers=one),
            NOW,
            claim,
            RefusalReason.NO_MECHANISM,
            NAMES,
        )
        for one in ((), transfer(date(2026, 5, 31)))
    ]
    assert blocked == [
        TransferBlocked(SOMEBODY, Obstacle.NO_MECHANISM),
        TransferBlocked(SOMEBODY, Obstacle.MECHANISM_EXPIRED),
    ]


@pytest.mark.parametrize(
    ("refusal", "told"),
    [
        (
            RefusalReason.NO_MECHANISM,
            EnrichmentBlocked(SOMEBODY, EnrichmentBarrier.NO_TRANSFER_MECHANISM),
        ),
        (RefusalReason.OPTED_OUT, EnrichmentBlocked(SOMEBODY, EnrichmentBarrier.OPTED_OUT)),
        (
            RefusalReason.UNKNOWN_RECIPIENT,
            TransferBlocked(SOMEBODY, Obstacle.UNKNOWN_RECIPIENT),
        ),
        (RefusalReason.RESTRICTED, TransferBlocked(SOMEBODY, Obstacle.RESTRICTED)),
        (RefusalReason.NO_BASIS, None),
    ],
)
def test_a_refused_enrichment_is_told_by_its_barrier(
    refusal: RefusalReason, told: Fact | None
) -> None:
    assert blocked_as(policy("miles"), NOW, example(ContactEnriched), refusal, NAMES) == told


def test_a_refusal_that_was_no_transfer_is_not_told() -> None:
    told = blocked_as(policy("miles"), NOW, example(OutreachSent), RefusalReason.RESTRICTED, NAMES)
    assert told is None
