"""What else is known of a person: imported and parsed profiles, tags, availability.

Facts, then state, then evolve, then decide. What a parser found is sealed under the key of the
document it was found in: erasing the document takes its derivations along. Stated preferences are
a section of :mod:`domain.profile`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, NamedTuple
from uuid import UUID

from domain.decisions import Decision
from domain.fact import NOTHING_CLEAR, NOTHING_SEALED, Stamp
from domain.standing import Course, Marks, Thing, happened, unless_latest
from domain.values import SealedPart


class ImportProvider(StrEnum):
    """Where an imported profile came from."""

    LINKEDIN = "linkedin"
    JOBREG = "jobreg"
    OTHER = "other"


class Tagging(StrEnum):
    """Whether a tag is on the person."""

    ON = "on"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class ExternalProfileImported:
    """The person imported a profile from elsewhere; sealed: what came with it."""

    TOPIC: ClassVar[str] = "candidate.external-profile-imported"
    CLEAR: ClassVar[Mapping[str, str]] = {"provider": "one of three origins: Art. 14(2)(f)"}
    provider: ImportProvider
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class ResumeParsed:
    """A document was read by a parser; sealed under the document's key: what it found."""

    TOPIC: ClassVar[str] = "candidate.resume-parsed"
    CLEAR: ClassVar[Mapping[str, str]] = {"parser_version": "numbers a program"}
    document_id: UUID
    parser_version: int
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class TagAdded:
    """A tag was put on the person; sealed: its name."""

    TOPIC: ClassVar[str] = "candidate.tag-added"
    CLEAR: ClassVar[Mapping[str, str]] = NOTHING_CLEAR
    tag_id: UUID
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class TagRemoved:
    """A tag was taken off the person."""

    TOPIC: ClassVar[str] = "candidate.tag-removed"
    CLEAR: ClassVar[Mapping[str, str]] = NOTHING_CLEAR
    tag_id: UUID
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class AvailabilityStated:
    """When and how much the person can work; sealed: from, to, hours, shifts."""

    TOPIC: ClassVar[str] = "candidate.availability-stated"
    CLEAR: ClassVar[Mapping[str, str]] = NOTHING_CLEAR
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


TraitFact = ExternalProfileImported | ResumeParsed | TagAdded | TagRemoved | AvailabilityStated


class TraitState(NamedTuple):
    """The tags, and the latest mark of what only happens."""

    tags: Mapping[UUID, Thing[Tagging]]
    latest: Marks


EMPTY = TraitState({}, {})

_TAGS: Course[Tagging] = Course(
    {TagAdded: Tagging.ON, TagRemoved: Tagging.OFF}, begins=frozenset({TagAdded})
)


def evolve(state: TraitState, stamp: Stamp, fact: TraitFact) -> TraitState:
    """Fold one fact."""
    if isinstance(fact, TagAdded | TagRemoved):
        return TraitState(_TAGS.moved(state.tags, fact.tag_id, stamp, fact), state.latest)
    return TraitState(state.tags, happened(state.latest, stamp, fact))


def decide(state: TraitState, stamp: Stamp, claim: TraitFact) -> Decision:
    """Record the claim unless it is the very fact that stands or happened last."""
    if isinstance(claim, TagAdded | TagRemoved):
        return _TAGS.unless_standing(state.tags, claim.tag_id, stamp, claim)
    return unless_latest(state.latest, stamp, claim)
