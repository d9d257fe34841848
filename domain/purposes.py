"""What a person's data may be used for. Consents, objections and bases are held against a purpose.

A purpose is never a person's own attribute: one person has many, each with its own basis and end.
"""

from enum import StrEnum


class Purpose(StrEnum):
    """A use of personal data; ``EVERYTHING`` is every use that rests on interests."""

    EVERYTHING = "everything"
    SOURCING = "sourcing"
    RECRUITMENT = "recruitment"
    POOL = "pool"
    STAFFING = "staffing"
    PRESENTATION = "presentation"
    MATCHING = "matching"
    MARKETING = "marketing"
    JOB_ALERTS = "job_alerts"
    ASSESSMENT = "assessment"
    REFERENCES = "references"
    BACKGROUND_CHECK = "background_check"
    TELEMETRY = "telemetry"
    LONGER_STORAGE = "longer_storage"


ADVERTISING = frozenset({Purpose.MARKETING, Purpose.JOB_ALERTS})
"""Purposes whose messages are no use of a candidacy: they keep nobody's data alive."""
