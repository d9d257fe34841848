"""Which slot of the dossier each fact of :mod:`domain.life` belongs to, where it has one.

A thing's beginning and its outcome stand side by side (``offer/<id>``, ``offer/<id>/outcome``), so
that what was offered is still read when it is accepted. What only happens again and again, and is
asked about in its order, is the timeline's alone: scores, sign-ins, approaches, disclosures.
"""

from collections.abc import Callable, Mapping
from typing import Any

from domain import (
    assessment,
    communication,
    consent,
    disclosure,
    legal_holds,
    matching,
    mentions,
    merging,
    objection,
    outreach,
    portal,
    references,
    relations,
    restriction,
    selection,
    staffing,
    traits,
)
from domain.fact import Fact

Slot = Callable[[str, Any], str]


def _one(name: str) -> Slot:
    """Name a slot of which a person has one."""
    return lambda _source, _fact: name


def _each(name: str, field: str, after: str = "") -> Slot:
    """Name a slot by an id of the fact's own."""
    return lambda _source, fact: f"{name}/{getattr(fact, field)}{after}"


def _course(
    name: str, field: str, begins: tuple[type[Fact], ...], outcomes: tuple[type[Fact], ...]
) -> dict[type[Fact], Slot]:
    """Give the beginnings one slot and the outcomes another beside it."""
    return dict.fromkeys(begins, _each(name, field)) | dict.fromkeys(
        outcomes, _each(name, field, "/outcome")
    )


def _consent(_source: str, fact: Any) -> str:  # noqa: ANN401 - any of seven classes
    scope = consent.scope_of(fact.purpose, fact.client_id, fact.assignment_id)
    return f"consent/{scope}"


LIFE_SLOTS: Mapping[type[Fact], Slot] = {
    **_course(
        "interview",
        "interview_id",
        (selection.InterviewScheduled, selection.InterviewRescheduled),
        (selection.InterviewCancelled, selection.InterviewHeld),
    ),
    **_course(
        "offer",
        "offer_id",
        (selection.OfferMade,),
        (selection.OfferAccepted, selection.OfferDeclined, selection.OfferWithdrawn),
    ),
    **_course(
        "assessment",
        "assessment_id",
        (assessment.AssessmentInvited,),
        (assessment.AssessmentCompleted, assessment.AssessmentDeleted),
    ),
    **_course(
        "check",
        "check_id",
        (assessment.BackgroundCheckRequested,),
        (assessment.BackgroundCheckCompleted, assessment.BackgroundCheckDeleted),
    ),
    **_course(
        "reference",
        "reference_id",
        (references.ReferenceRequested,),
        (references.ReferenceGiven, references.ReferenceDeclined),
    ),
    **_course(
        "placement",
        "placement_id",
        (staffing.PlacementStarted, staffing.PlacementExtended),
        (staffing.PlacementEnded, staffing.ContractFulfilled),
    ),
    **dict.fromkeys(
        (communication.NoteAdded, communication.NoteEdited, communication.NoteDeleted),
        _each("note", "note_id"),
    ),
    **dict.fromkeys(
        (communication.MessageSent, communication.MessageReceived), _each("message", "message_id")
    ),
    communication.CallNoteRecorded: _each("call", "call_id"),
    communication.MeetingHeld: _each("meeting", "meeting_id"),
    selection.ScorecardSubmitted: _each("scorecard", "scorecard_id"),
    traits.ExternalProfileImported: _each("imported", "provider"),
    traits.ResumeParsed: _each("parsed", "document_id"),
    traits.AvailabilityStated: _one("availability"),
    **dict.fromkeys((traits.TagAdded, traits.TagRemoved), _each("tag", "tag_id")),
    **dict.fromkeys(
        (staffing.CandidateAddedToPool, staffing.CandidateRemovedFromPool),
        _each("pool", "pool_id"),
    ),
    relations.EnquiryReceived: _each("enquiry", "enquiry_id"),
    relations.EnquiryResolved: _each("enquiry", "enquiry_id", "/outcome"),
    **dict.fromkeys(
        (relations.CustomerRelationCreated, relations.CustomerRelationEnded), _one("customer")
    ),
    **dict.fromkeys(
        (relations.MarketingSubscribed, relations.MarketingUnsubscribed), _one("newsletter")
    ),
    **dict.fromkeys((outreach.OutreachOptedOut, outreach.OutreachOptedIn), _one("approach")),
    outreach.CandidateReplied: _each("reply", "message_id"),
    **dict.fromkeys((matching.MatchingOptedOut, matching.MatchingOptedIn), _one("matching")),
    **dict.fromkeys((portal.AccountBlocked, portal.AccountUnblocked), _one("account")),
    **_course(
        "presentation",
        "presentation_id",
        (disclosure.CandidatePresentedToClient,),
        (
            disclosure.PresentationViewed,
            disclosure.PresentationExpired,
            disclosure.PresentationWithdrawn,
        ),
    ),
    **dict.fromkeys(
        (
            consent.ConsentRequested,
            consent.ConsentGiven,
            consent.ConsentRefused,
            consent.ConsentRenewed,
            consent.ConsentWithdrawn,
            consent.ConsentExpired,
            consent.ConsentOutdated,
        ),
        _consent,
    ),
    **dict.fromkeys(
        (
            restriction.ProcessingRestricted,
            restriction.RestrictionLiftAnnounced,
            restriction.RestrictionLifted,
        ),
        _each("restriction", "restriction_id"),
    ),
    objection.ObjectionRaised: _each("objection", "objection_id"),
    **dict.fromkeys(
        (objection.ObjectionUpheld, objection.ObjectionRejected),
        _each("objection", "objection_id", "/outcome"),
    ),
    **dict.fromkeys(
        (legal_holds.LegalHoldPlaced, legal_holds.LegalHoldReleased), _each("hold", "hold_id")
    ),
    **dict.fromkeys(
        (merging.MergedInto, merging.Absorbed, merging.UnmergedFrom, merging.Released),
        _each("merge", "merge_id"),
    ),
    mentions.MentionedIn: _each("mention", "mentioning_fact_id"),
}
