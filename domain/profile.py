"""The profile: how a person came to us and what was stated about her.

Facts, then state, then evolve, then decide. Statements may arrive out of order: a section's
standing statement is the one with the latest (occurred at, fact id), whatever came last.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar

from domain.decisions import Decision, RefusalReason, Refused, unless_standing
from domain.fact import NOTHING_CLEAR, NOTHING_SEALED, Mark, Stamp, mark_of
from domain.values import Category, FactId, SealedPart


class Channel(StrEnum):
    """How the person reached us."""

    WEBSITE = "website"
    PORTAL = "portal"
    LINKEDIN = "linkedin"
    JOBREG = "jobreg"
    EMAIL = "email"
    PHONE = "phone"
    MEETING = "meeting"
    ATS = "ats"
    OTHER = "other"


class Section(StrEnum):
    """A part of the profile that is stated and corrected as one."""

    CONTACT = "contact"
    EMPLOYMENT = "employment"
    EDUCATION = "education"
    CERTIFICATION = "certification"
    SKILLS = "skills"
    LANGUAGES = "languages"
    PREFERENCES = "preferences"
    LINKS = "links"


class Provenance(StrEnum):
    """Where a stated value comes from: GDPR Art. 14(2)(f), 15(1)(g)."""

    STATED = "stated"
    PARSED = "parsed"
    IMPORTED = "imported"
    RECRUITER = "recruiter"


@dataclass(frozen=True, slots=True)
class SourceLinked:
    """An upstream system's id for this person was first seen; sealed: ``remote_id``."""

    TOPIC: ClassVar[str] = "candidate.source-linked"
    CLEAR: ClassVar[Mapping[str, str]] = NOTHING_CLEAR
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class CandidateSourced:
    """A recruiter found the person in a public source; sealed: name, url."""

    TOPIC: ClassVar[str] = "candidate.sourced"
    CLEAR: ClassVar[Mapping[str, str]] = {
        "channel": "one of nine channels, for statistics",
        "publicly_accessible": "Art. 14(2)(f) must be answerable for all",
    }
    channel: Channel
    publicly_accessible: bool
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class CandidateRegistered:
    """The person, or someone for her, opened a profile; sealed: name, addresses, birth date."""

    TOPIC: ClassVar[str] = "candidate.registered"
    CLEAR: ClassVar[Mapping[str, str]] = {"channel": "one of nine channels, for statistics"}
    channel: Channel
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class ProfileSectionStated:
    """A section of the profile was stated, replacing what stood there."""

    TOPIC: ClassVar[str] = "candidate.profile-section-stated"
    CLEAR: ClassVar[Mapping[str, str]] = {
        "section": "one of eight sections, for the view's layout",
        "provenance": "Art. 15(1)(g): one of four origins",
    }
    section: Section
    provenance: Provenance
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class ProfileSectionCorrected:
    """A section was corrected (Art. 16): what stood there was wrong."""

    TOPIC: ClassVar[str] = "candidate.profile-section-corrected"
    CLEAR: ClassVar[Mapping[str, str]] = {
        "section": "one of eight sections, for the view's layout",
        "provenance": "Art. 15(1)(g): one of four origins",
    }
    section: Section
    provenance: Provenance
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class CandidateDeactivated:
    """The person set herself inactive: hidden, not erased, not restricted."""

    TOPIC: ClassVar[str] = "candidate.deactivated"
    CLEAR: ClassVar[Mapping[str, str]] = NOTHING_CLEAR
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class CandidateReactivated:
    """The person is active again."""

    TOPIC: ClassVar[str] = "candidate.reactivated"
    CLEAR: ClassVar[Mapping[str, str]] = NOTHING_CLEAR
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


ProfileFact = (
    SourceLinked
    | CandidateSourced
    | CandidateRegistered
    | ProfileSectionStated
    | ProfileSectionCorrected
    | CandidateDeactivated
    | CandidateReactivated
)


@dataclass(frozen=True, slots=True)
class LinkedSource:
    """A source's own id for the person, sealed; what opening it needs. Never prints its token."""

    fact_id: FactId
    category: Category
    token: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class ProfileState:
    """What decisions about the profile need.

    ``arrivals`` is the latest registration or sourcing by stored name and source; ``sections``
    the standing statement of each section; ``activity`` the latest change of activity;
    ``sources`` the first link of each source.
    """

    active: bool = True
    activity: Mark | None = None
    sections: Mapping[Section, Mark] = field(default_factory=dict)
    arrivals: Mapping[str, Mark] = field(default_factory=dict)
    sources: Mapping[str, LinkedSource] = field(default_factory=dict)


EMPTY = ProfileState()


def evolve(state: ProfileState, stamp: Stamp, fact: ProfileFact) -> ProfileState:
    """Fold one fact. An older fact than the one that stands leaves the state as it is."""
    mark = mark_of(stamp)
    match fact:
        case ProfileSectionStated() | ProfileSectionCorrected():
            return _with_section(state, fact.section, mark)
        case SourceLinked():
            return _with_source(state, stamp, fact.sealed[0])
        case CandidateRegistered() | CandidateSourced():
            return _with_arrival(state, _arrival(stamp, fact), mark)
        case CandidateDeactivated():
            return _with_activity(state, mark, active=False)
        case CandidateReactivated():
            return _with_activity(state, mark, active=True)


def decide(state: ProfileState, stamp: Stamp, claim: ProfileFact) -> Decision:
    """Record the claim unless it is the very fact that stands.

    An older statement is recorded as history. A second registration is a fact of its own: people
    register again. A source is linked once, and only with its sealed id.
    """
    match claim:
        case ProfileSectionStated() | ProfileSectionCorrected():
            return unless_standing(state.sections.get(claim.section), stamp, claim)
        case SourceLinked():
            return _decide_link(state, stamp, claim)
        case CandidateRegistered() | CandidateSourced():
            return unless_standing(state.arrivals.get(_arrival(stamp, claim)), stamp, claim)
        case CandidateDeactivated() | CandidateReactivated():
            return unless_standing(state.activity, stamp, claim)


def forget_category(state: ProfileState, category: Category) -> ProfileState:
    """Drop the source links sealed under an erased category, so that the sources link again."""
    kept = {name: link for name, link in state.sources.items() if link.category != category}
    return ProfileState(state.active, state.activity, state.sections, state.arrivals, kept)


def _arrival(stamp: Stamp, fact: CandidateRegistered | CandidateSourced) -> str:
    return f"{fact.TOPIC}/{stamp.source}"


def _decide_link(state: ProfileState, stamp: Stamp, claim: SourceLinked) -> Decision:
    if stamp.source in state.sources:
        return ()
    return (claim,) if claim.sealed else Refused(RefusalReason.UNSEALED)


def _with_section(state: ProfileState, section: Section, mark: Mark) -> ProfileState:
    standing = state.sections.get(section)
    if standing is not None and mark <= standing:
        return state
    sections = {**state.sections, section: mark}
    return ProfileState(state.active, state.activity, sections, state.arrivals, state.sources)


def _with_arrival(state: ProfileState, arrival: str, mark: Mark) -> ProfileState:
    standing = state.arrivals.get(arrival)
    if standing is not None and mark <= standing:
        return state
    arrivals = {**state.arrivals, arrival: mark}
    return ProfileState(state.active, state.activity, state.sections, arrivals, state.sources)


def _with_activity(state: ProfileState, mark: Mark, *, active: bool) -> ProfileState:
    if state.activity is not None and mark <= state.activity:
        return state
    return ProfileState(active, mark, state.sections, state.arrivals, state.sources)


def _with_source(state: ProfileState, stamp: Stamp, part: SealedPart) -> ProfileState:
    if stamp.source in state.sources:
        return state
    link = LinkedSource(stamp.fact_id, part.category, part.sealed.token)
    sources = {**state.sources, stamp.source: link}
    return ProfileState(state.active, state.activity, state.sections, state.arrivals, sources)
