"""The moments retention is reckoned from, kept while facts are folded.

Facts that anchor, then the state, then the fold. *Used* is a whitelist: presented, contacted,
applied, selected, placed. Looking at a person, noting, tagging or advertising is no use; otherwise
whoever opens a file keeps it for ever. First moments only move back and last moments only
forward, so any order of arrival ends alike.
"""

from collections.abc import Mapping
from typing import NamedTuple

from domain import application, communication, outreach, portal, profile, selection, staffing
from domain.assessment import AssessmentCompleted, AssessmentInvited
from domain.disclosure import CandidatePresentedToClient
from domain.fact import Fact, Stamp
from domain.purposes import ADVERTISING
from domain.references import ReferenceGiven, ReferenceRequested
from domain.values import Instant


class Anchors(NamedTuple):
    """First and last moments, by when they occurred; None until there is one."""

    registered_at: Instant | None = None
    first_contact_at: Instant | None = None
    last_contact_at: Instant | None = None
    replied_at: Instant | None = None
    last_used_at: Instant | None = None
    last_login_at: Instant | None = None
    fulfilled_at: Instant | None = None


NONE = Anchors()

FIRST = frozenset({"registered_at", "first_contact_at"})
"""The first moments; the others are last ones."""

_USED = ("last_used_at",)
_ANCHORED: Mapping[type[Fact], tuple[str, ...]] = {
    profile.CandidateRegistered: ("registered_at", *_USED),
    profile.CandidateSourced: ("registered_at", *_USED),
    outreach.OutreachSent: ("first_contact_at", "last_contact_at", *_USED),
    outreach.CandidateReplied: ("replied_at", *_USED),
    portal.CandidatePortalLoggedIn: ("last_login_at",),
    staffing.ContractFulfilled: ("fulfilled_at",),
    **dict.fromkeys(
        (
            application.ApplicationSubmitted,
            application.ApplicationStageChanged,
            application.ApplicationReopened,
            application.CandidateHired,
            selection.InterviewScheduled,
            selection.InterviewHeld,
            selection.OfferMade,
            selection.OfferAccepted,
            AssessmentInvited,
            AssessmentCompleted,
            ReferenceRequested,
            ReferenceGiven,
            staffing.PlacementStarted,
            staffing.PlacementExtended,
            CandidatePresentedToClient,
            communication.MessageSent,
            communication.MessageReceived,
            communication.CallNoteRecorded,
            communication.MeetingHeld,
        ),
        _USED,
    ),
}
_PLACES: Mapping[type[Fact], tuple[tuple[int, bool], ...]] = {
    kind: tuple([(Anchors._fields.index(name), name in FIRST) for name in names])
    for kind, names in _ANCHORED.items()
}


def anchored(known: Anchors | None, stamp: Stamp, fact: Fact) -> Anchors | None:
    """Fold one fact; what anchors nothing leaves the anchors as they are."""
    places = _PLACES.get(type(fact))
    if places is None or _advertises(fact):
        return known
    moments = list(NONE if known is None else known)
    for place, first in places:
        standing, moment = moments[place], stamp.occurred_at
        if standing is None or (moment < standing if first else moment > standing):
            moments[place] = moment
    return Anchors._make(moments)


def _advertises(fact: Fact) -> bool:
    return type(fact) is communication.MessageSent and fact.purpose in ADVERTISING
