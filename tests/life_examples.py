"""Canonical examples of the facts of :mod:`domain.life`, and of assignments and clients.

One maker for all: :func:`example` fills a class's own fields by their type and name; a test states
only what it is about.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints
from uuid import UUID

from domain.catalogue import BY_TOPIC, FACTS, OTHER_FACTS
from domain.fact import Fact
from domain.life import FACTS as LIFE_FACTS
from domain.purposes import Purpose
from domain.values import Sealed, SealedPart

START = 1_767_225_600_000_000
_GIVEN: Mapping[str, object] = {
    "purpose": Purpose.PRESENTATION,
    "category": "communications",
    "requires_consent": False,
    "expires_at": None,
    "until_at": START + 3_600_000_000,
}
_PARTS: Mapping[str, tuple[str, ...]] = {
    "EnrichmentRequested": ("profile",),
    "ContactEnriched": ("profile",),
    "OutreachSent": ("communications",),
    "CandidateReplied": ("communications",),
    "ExternalProfileImported": ("profile",),
    "ResumeParsed": ("documents/{document_id}",),
    "TagAdded": ("profile",),
    "AvailabilityStated": ("profile",),
    "InterviewScheduled": ("communications",),
    "InterviewRescheduled": ("communications",),
    "InterviewCancelled": ("communications",),
    "ScorecardSubmitted": ("communications",),
    "OfferMade": ("special",),
    "OfferDeclined": ("communications",),
    "AssessmentInvited": ("assessment/{assessment_id}",),
    "AssessmentCompleted": ("assessment/{assessment_id}",),
    "BackgroundCheckCompleted": ("special",),
    "ReferenceRequested": ("reference",),
    "ReferenceGiven": ("reference",),
    "MentionedIn": ("profile",),
    "PlacementStarted": ("special",),
    "PlacementExtended": ("special",),
    "CandidateAddedToPool": ("profile",),
    "MessageSent": ("communications",),
    "MessageReceived": ("communications",),
    "CallNoteRecorded": ("communications",),
    "MeetingHeld": ("communications",),
    "NoteAdded": ("communications",),
    "NoteEdited": ("communications",),
    "EnquiryReceived": ("communications",),
    "MarketingSubscribed": ("profile",),
    "CandidatePresentedToClient": ("communications",),
    "LegalDisclosureMade": ("communications",),
    "ConsentGiven": ("telemetry",),
    "ConsentRenewed": ("telemetry",),
    "NoticeCommented": ("communications",),
    "CandidatePortalLoggedIn": ("telemetry",),
    "JobAdViewed": ("telemetry",),
    "SuspiciousActivityFlagged": ("telemetry",),
    "MatchScored": ("profile",),
    "MatchReviewed": ("communications",),
    "HumanReviewRequested": ("communications",),
    "HumanReviewCompleted": ("communications",),
    "ProcessingRestricted": ("communications",),
    "ObjectionRaised": ("communications",),
    "ObjectionRejected": ("communications",),
    "LegalHoldPlaced": ("communications",),
    "RetentionOverridden": ("communications",),
    "AssignmentOpened": ("profile",),
    "ClientRegistered": ("profile",),
}
"""What each class seals, where an example seals anything."""


def known_as(name: str, n: int = 1) -> UUID:
    """Return the n-th example id of a field: the same each time, version 4 in form."""
    return UUID(int=sum(name.encode()) << 64 | n, version=4)


def example(kind: type[Fact], n: int = 1, **changed: object) -> Fact:
    """Make a fact of a class; its ids are the n-th of their fields."""
    own = {name: _value(name, hint, n) for name, hint in _fields(kind).items()} | changed
    sealed = [category.format_map(own) for category in _PARTS.get(kind.__name__, ())]
    made: Callable[..., Fact] = kind
    return made(**{"sealed": tuple([_part(category) for category in sealed])} | own)


def every_life_fact() -> tuple[Fact, ...]:
    """Return one fact of each class this module makes, in the catalogue's order."""
    old = {fact.TOPIC for fact in FACTS[: FACTS.index(LIFE_FACTS[0])]}
    return tuple([example(kind) for topic, kind in BY_TOPIC.items() if topic not in old])


def every_other_fact() -> tuple[Fact, ...]:
    """Return one fact of each class that stands in no person's stream."""
    return tuple([example(kind) for kind in OTHER_FACTS])


def _part(category: str) -> SealedPart:
    return SealedPart(category, Sealed(b"\x01\x01 example token"))


@cache
def _fields(kind: type[Fact]) -> Mapping[str, object]:
    hints = get_type_hints(kind)
    return {name: hint for name, hint in hints.items() if name not in {"TOPIC", "CLEAR", "sealed"}}


def _value(name: str, hint: Any, n: int) -> object:  # noqa: ANN401 - type hints have no type of their own
    if name in _GIVEN:
        return _GIVEN[name]
    if get_origin(hint) is tuple:
        return (_value(name, get_args(hint)[0], n),)
    plain = next((leaf for leaf in get_args(hint) if leaf is not type(None)), hint)
    plain = getattr(plain, "__supertype__", plain)
    if plain is UUID:
        return known_as(name, n)
    if issubclass(plain, StrEnum):
        return next(iter(plain))
    return START + n if name.endswith("_at") else plain(n)
