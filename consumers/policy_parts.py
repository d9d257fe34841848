"""The parts of a policy, read table by table: entities, settings, activities and rules."""

from collections.abc import Mapping

from domain.calendar import PERIOD_DAYS_MAX, PERIOD_MONTHS_MAX, Period
from domain.lawful_basis import LawfulBasis
from domain.policy import Activity, LegalEntity, Rule, Settings, SuppressionPeriod
from domain.policy_terms import (
    KEPT_CATEGORIES,
    Action,
    Condition,
    Exemption,
    IdentityCheck,
    Kind,
    Stop,
    SuppressionReason,
    Trigger,
)
from domain.purposes import Purpose
from domain.values import Category
from schemas.located import Table

EVERYTHING = "*"
"""How a file writes every category, which for a rule is the whole person."""

RESPONSE_DAYS_MAX = 31
"""The law gives a month (GDPR Art. 12(3)): a longer promise promises nothing."""

DAYS_MAX = 365
"""Of grace, of warning, for comments: more than a year is a mistake of writing."""

_SETTINGS = (
    "automated_matching",
    "ip_login_overview",
    "identity_check",
    "nda_required",
    "response_days",
    "second_approver",
    "notify_on_suspected_breach",
    "disclosure_consent",
    "comment_days",
)
_ACTIVITY = ("slug", "why", "purpose", "basis", "notice")
_RULE = (
    "slug",
    "activity",
    "categories",
    "trigger",
    "fallback",
    "months",
    "days",
    "conditions",
    "stop",
    "exception",
    "grace_days",
    "warn_days",
    "action",
    "justification",
)


def entity(row: Table) -> LegalEntity:
    """Read one legal entity."""
    row.only(("slug", "name"))
    return LegalEntity(row.text("slug"), row.text("name"))


def settings(table: Table, kind: Kind) -> Settings:
    """Read the switches; none has a default."""
    table.only(_SETTINGS)
    disclosure_consent = table.flag("disclosure_consent")
    if disclosure_consent and kind is Kind.EMPLOYER:
        table.refuse("disclosure_consent", "must be false: an employer has no clients")
    return Settings(
        automated_matching=table.flag("automated_matching"),
        ip_login_overview=table.flag("ip_login_overview"),
        identity_check=table.word("identity_check", IdentityCheck),
        nda_required=table.flag("nda_required"),
        response_days=_days(table, "response_days"),
        second_approver=table.flag("second_approver"),
        notify_on_suspected_breach=table.flag("notify_on_suspected_breach"),
        disclosure_consent=disclosure_consent,
        comment_days=table.number("comment_days", 0, DAYS_MAX),
    )


def _days(table: Table, field: str) -> int | None:
    return table.number(field, 1, RESPONSE_DAYS_MAX) if table.has(field) else None


def activity(row: Table) -> Activity:
    """Read one processing activity."""
    row.only(_ACTIVITY)
    return Activity(
        slug=row.text("slug"),
        why=row.text("why"),
        purpose=row.word("purpose", Purpose) if row.has("purpose") else None,
        basis=row.words("basis", LawfulBasis),
        notice=row.text("notice"),
    )


def rule(row: Table, activities: Mapping[str, Activity]) -> Rule:
    """Read one retention rule of a policy that has these activities."""
    row.only(_RULE)
    served = activities.get(row.text("activity"))
    if served is None:
        row.refuse("activity", "must be the slug of an activity of this policy")
    trigger = row.word("trigger", Trigger)
    if trigger is Trigger.CONSENT_ENDED and served.purpose is None:
        row.refuse("trigger", "must not be consent_ended: the activity names no purpose")
    return Rule(
        slug=row.text("slug"),
        activity=served.slug,
        categories=_scopes(row),
        trigger=trigger,
        period=_period(row),
        fallback=row.word("fallback", Trigger) if row.has("fallback") else None,
        conditions=row.words("conditions", Condition) if row.has("conditions") else (),
        stop=row.word("stop", Stop) if row.has("stop") else None,
        exception=row.word("exception", Exemption) if row.has("exception") else None,
        grace_days=row.number("grace_days", 0, DAYS_MAX),
        warn_days=row.number("warn_days", 0, DAYS_MAX),
        action=row.word("action", Action),
        justification=row.text("justification") if row.has("justification") else None,
    )


def suppression(table: Table) -> tuple[SuppressionPeriod, ...]:
    """Read how many months pointers of each reason stand; a reason may be left out."""
    table.only(tuple(SuppressionReason))
    return tuple(
        [
            SuppressionPeriod(reason, Period(months=table.number(reason, 1, PERIOD_MONTHS_MAX)))
            for reason in SuppressionReason
            if table.has(reason)
        ]
    )


def _period(row: Table) -> Period | None:
    """Read a length in months or in days; None where the controller named none."""
    if row.has("months") and row.has("days"):
        row.refuse("days", "must not stand beside months")
    if row.has("months"):
        return Period(months=row.number("months", 1, PERIOD_MONTHS_MAX))
    return Period(days=row.number("days", 0, PERIOD_DAYS_MAX)) if row.has("days") else None


def _scopes(row: Table) -> tuple[Category | None, ...]:
    return (None,) if row.texts("categories") == (EVERYTHING,) else categories(row)


def categories(row: Table) -> tuple[Category, ...]:
    """Read the categories of a table; ``*`` is all of them."""
    texts = row.texts("categories")
    if texts == (EVERYTHING,):
        return KEPT_CATEGORIES
    if not set(texts) <= set(KEPT_CATEGORIES):
        row.refuse("categories", f"must be some of {', '.join(KEPT_CATEGORIES)}")
    return texts
