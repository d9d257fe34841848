"""Who else gets personal data, where they are, and why it may go there; read from a policy."""

import re

from consumers.policy_parts import categories
from domain.policy import Recipient, Transfer
from domain.policy_terms import ErasureChannel, Mechanism, RecipientRole
from schemas.located import Table

EEA = frozenset(
    (
        *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE"),
        *("IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"),
        *("IS", "LI", "NO"),
    )
)
"""The European Economic Area: the 27 of the Union, and Iceland, Liechtenstein and Norway."""

_COUNTRY = re.compile(r"[A-Z]{2}")
_RECIPIENT = (
    "slug",
    "title",
    "role",
    "country",
    "outside_eea",
    "categories",
    "fields",
    "erasure",
    "parent",
    "transfers",
)
_TRANSFER = ("mechanism", "assessment", "valid_from", "valid_until")


def recipient(row: Table) -> Recipient:
    """Read one recipient; without a country and without ``outside_eea`` its place is unknown."""
    row.only(_RECIPIENT)
    country, outside_eea = place(row)
    return Recipient(
        slug=row.text("slug"),
        title=row.text("title"),
        role=row.word("role", RecipientRole),
        country=country,
        outside_eea=outside_eea,
        categories=categories(row),
        fields=row.texts("fields") if row.has("fields") else (),
        erasure=row.word("erasure", ErasureChannel),
        parent=row.text("parent") if row.has("parent") else None,
        transfers=tuple(map(_transfer, row.tables("transfers"))) if row.has("transfers") else (),
    )


def place(row: Table) -> tuple[str | None, bool | None]:
    """Read a country and whether it is outside the EEA; None is what nobody said."""
    said = row.flag("outside_eea") if row.has("outside_eea") else None
    if not row.has("country"):
        return None, said
    country = row.text("country")
    if _COUNTRY.fullmatch(country) is None:
        row.refuse("country", "must be two capital letters (ISO 3166-1)")
    if said is not None and said is (country in EEA):
        row.refuse("outside_eea", "contradicts the country")
    return country, country not in EEA


def _transfer(row: Table) -> Transfer:
    row.only(_TRANSFER)
    until = row.day("valid_until") if row.has("valid_until") else None
    made = Transfer(
        row.word("mechanism", Mechanism), row.text("assessment"), row.day("valid_from"), until
    )
    if until is not None and until < made.valid_from:
        row.refuse("valid_until", "must not be before valid_from")
    return made
