"""The rows of a controller's registers, read table by table."""

from datetime import date

from consumers.policy_parts import DAYS_MAX
from consumers.policy_recipients import place
from domain.policy_terms import KEPT_CATEGORIES
from domain.registers import (
    Agreement,
    Assessment,
    Contact,
    ContactRole,
    Measure,
    MeasureKind,
    Risk,
    Share,
    SharedData,
    Store,
    StoreKind,
)
from schemas.controllers import SLUG
from schemas.located import Table

_CONTACT = ("role", "title", "address", "holder", "since", "until")
_STORE = ("slug", "holds", "title", "run_by", "responsible", "country", "outside_eea")
_ASSESSMENT = (
    "slug",
    "activity",
    "interest",
    "necessity",
    "balancing",
    "reviewer",
    "reviewed_on",
    "review_again_on",
)
_RISK = ("slug", "what", "measure", "reviewed_on", "review_again_on")
_AGREEMENT = ("recipient", "reference", "since", "until", "objection_days")


def contact(row: Table) -> Contact:
    """Read who answers for what; a holder is a reference and cannot be written as a name."""
    row.only(_CONTACT)
    holder = row.text("holder") if row.has("holder") else None
    if holder is not None and SLUG.fullmatch(holder) is None:
        row.refuse("holder", "must be a reference in a-z, 0-9 and -, never a name")
    since, until = _days(row)
    return Contact(
        role=row.word("role", ContactRole),
        title=row.text("title"),
        address=row.text("address") if row.has("address") else None,
        holder=holder,
        since=since,
        until=until,
    )


def store(row: Table) -> Store:
    """Read one store."""
    row.only(_STORE)
    country, outside_eea = place(row)
    return Store(
        slug=row.text("slug"),
        holds=row.word("holds", StoreKind),
        title=row.text("title"),
        run_by=row.text("run_by"),
        responsible=row.text("responsible"),
        country=country,
        outside_eea=outside_eea,
    )


def assessment(row: Table) -> Assessment:
    """Read one assessment of a legitimate interest."""
    row.only(_ASSESSMENT)
    reviewed_on, review_again_on = _reviews(row)
    return Assessment(
        slug=row.text("slug"),
        activity=row.text("activity"),
        interest=row.text("interest"),
        necessity=row.text("necessity"),
        balancing=row.text("balancing"),
        reviewer=row.text("reviewer"),
        reviewed_on=reviewed_on,
        review_again_on=review_again_on,
    )


def measure(row: Table) -> Measure:
    """Read one measure."""
    row.only(("slug", "kind", "what"))
    return Measure(row.text("slug"), row.word("kind", MeasureKind), row.text("what"))


def risk(row: Table) -> Risk:
    """Read one risk."""
    row.only(_RISK)
    return Risk(row.text("slug"), row.text("what"), row.text("measure"), *_reviews(row))


def agreement(row: Table) -> Agreement:
    """Read one agreement with a processor."""
    row.only(_AGREEMENT)
    since, until = _days(row)
    days = row.number("objection_days", 1, DAYS_MAX)
    return Agreement(row.text("recipient"), row.text("reference"), since, until, days)


def share(row: Table) -> Share:
    """Read what one vendor gets."""
    row.only(("recipient", "category", "data"))
    category = row.text("category")
    if category not in KEPT_CATEGORIES:
        row.refuse("category", f"must be one of {', '.join(KEPT_CATEGORIES)}")
    return Share(row.text("recipient"), category, row.words("data", SharedData))


def _days(row: Table) -> tuple[date, date | None]:
    since = row.day("since")
    until = row.day("until") if row.has("until") else None
    if until is not None and until < since:
        row.refuse("until", "must not be before since")
    return since, until


def _reviews(row: Table) -> tuple[date, date]:
    done, again = row.day("reviewed_on"), row.day("review_again_on")
    if again <= done:
        row.refuse("review_again_on", "must be after reviewed_on")
    return done, again
