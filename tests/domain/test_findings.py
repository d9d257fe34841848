"""What a policy lacks is found, and nothing else is."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from domain.calendar import Period
from domain.findings import Finding, FindingKind, Severity, examine
from domain.policy import Transfer
from domain.policy_terms import Mechanism
from tests.domain.promises import DAY, HIRING, POOL, RECIPIENT, RULE, policy

LONG = replace(RULE, period=Period(months=48))
ABROAD = replace(RECIPIENT, country="US", outside_eea=True)
SCC = Transfer(Mechanism.SCC, "tia-1", date(2026, 1, 1), DAY)


def test_a_policy_that_says_everything_has_no_findings() -> None:
    assert examine(policy(), DAY) == ()


def test_a_missing_period_is_a_problem() -> None:
    (finding,) = examine(policy(RULE, replace(RULE, slug="unset", period=None)), DAY)
    assert (finding.kind, finding.where) == (FindingKind.PERIOD_MISSING, "unset")
    assert finding.severity is Severity.PROBLEM


def test_a_long_period_on_consent_alone_is_shown_as_accounted_for() -> None:
    assert examine(policy(LONG), DAY) == (Finding(FindingKind.PERIOD_LONG, "unused", "consent"),)


@pytest.mark.requirement("T4")
def test_a_long_period_on_another_basis_needs_a_justification() -> None:
    (finding,) = examine(policy(replace(LONG, activity="hiring")), DAY)
    assert (finding.kind, finding.severity) == (FindingKind.PERIOD_UNJUSTIFIED, Severity.WARNING)


def test_consent_beside_another_basis_does_not_account_for_a_long_period() -> None:
    both = replace(POOL, basis=(*POOL.basis, *HIRING.basis))
    (finding,) = examine(policy(LONG, activities=(both, HIRING)), DAY)
    assert finding.kind is FindingKind.PERIOD_UNJUSTIFIED


def test_a_written_justification_is_shown() -> None:
    rule = replace(LONG, activity="hiring", justification="seasonal work comes back")
    assert [finding.reason for finding in examine(policy(rule), DAY)] == [
        "seasonal work comes back"
    ]


def test_an_activity_that_no_rule_ends_is_a_problem() -> None:
    found = examine(policy(replace(RULE, categories=("telemetry",))), DAY)
    assert found == (Finding(FindingKind.ACTIVITY_WITHOUT_RULE, "hiring"),)


@pytest.mark.requirement("A203")
def test_an_unknown_country_is_a_warning() -> None:
    somewhere = replace(RECIPIENT, country=None, outside_eea=None)
    found = examine(policy(recipients=(somewhere,)), DAY)
    assert found == (Finding(FindingKind.COUNTRY_UNKNOWN, "mailer"),)


@pytest.mark.parametrize(
    ("transfer", "day", "lawful"),
    [
        (SCC, DAY, True),
        (SCC, DAY + timedelta(days=1), False),
        (SCC, date(2025, 12, 31), False),
        (replace(SCC, valid_until=None), date(2040, 1, 1), True),
        (replace(SCC, mechanism=Mechanism.DEROGATION), DAY, False),
    ],
)
def test_a_transfer_needs_a_mechanism_the_policy_allows_and_that_holds(
    transfer: Transfer, day: date, *, lawful: bool
) -> None:
    found = examine(policy(recipients=(replace(ABROAD, transfers=(transfer,)),)), day)
    expected = [] if lawful else [FindingKind.TRANSFER_WITHOUT_MECHANISM]
    assert [finding.kind for finding in found] == expected


def test_a_transfer_without_any_mechanism_is_a_problem() -> None:
    (finding,) = examine(policy(recipients=(ABROAD,)), DAY)
    assert finding.kind is FindingKind.TRANSFER_WITHOUT_MECHANISM
