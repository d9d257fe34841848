"""Policies and situations of the tests: each test states only what it is about."""

from dataclasses import replace
from datetime import date

from domain.anchors import Anchors
from domain.calendar import Period, day_begins
from domain.lawful_basis import LawfulBasis
from domain.policy import Activity, LegalEntity, Policy, Recipient, Rule, Settings
from domain.policy_terms import (
    DataRegion,
    ErasureChannel,
    IdentityCheck,
    Kind,
    Mechanism,
    RecipientRole,
    Trigger,
)
from domain.purposes import Purpose
from domain.situation import Situation
from domain.values import Instant

NOON = 12 * 3_600_000_000
DAY = date(2026, 6, 1)

POOL = Activity("pool", "know people", Purpose.POOL, (LawfulBasis.CONSENT,), "notice-1")
HIRING = Activity("hiring", "hire people", Purpose.RECRUITMENT, (LawfulBasis.CONTRACT,), "notice-1")
RULE = Rule("unused", "pool", (None,), Trigger.REGISTERED, Period(months=1))
RECIPIENT = Recipient(
    "mailer",
    "Mailer",
    RecipientRole.PROCESSOR,
    "NO",
    outside_eea=False,
    categories=("profile",),
    fields=(),
    erasure=ErasureChannel.EMAIL,
    parent=None,
    transfers=(),
)
SETTINGS = Settings(
    automated_matching=False,
    ip_login_overview=False,
    identity_check=IdentityCheck.IN_DOUBT,
    nda_required=False,
    response_days=None,
    second_approver=False,
    notify_on_suspected_breach=False,
    disclosure_consent=False,
    comment_days=0,
)


def policy(*rules: Rule, **changed: object) -> Policy:
    """Make a policy of these rules with two activities and one recipient in Norway."""
    made = Policy(
        controller="prove",
        version=1,
        effective_from=date(2018, 7, 20),
        kind=Kind.AGENCY,
        data_region=DataRegion.EEA,
        mechanisms=(Mechanism.ADEQUACY, Mechanism.SCC),
        entities=(LegalEntity("prove", "Prøve"),),
        settings=SETTINGS,
        activities=(POOL, HIRING),
        rules=rules or (RULE,),
        recipients=(RECIPIENT,),
    )
    return replace(made, **changed)  # type: ignore[arg-type]  # a field each


def noon(day: date) -> Instant:
    return day_begins(day) + NOON


def known(since: date = DAY, **changed: object) -> Situation:
    """Make the situation of somebody who registered on a day."""
    situation = Situation(anchors=Anchors(registered_at=noon(since)))
    return replace(situation, **changed)  # type: ignore[arg-type]  # a field each
