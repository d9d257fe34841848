"""Communication: messages, calls, meetings and notes; every body is sealed.

Facts, then state, then evolve, then decide. A message names its purpose, because rights are held
against purposes: whether it may be sent is :mod:`domain.permission`'s to say. A note's deletion is
final. Others who are spoken of in a note are mentioned in streams of their own
(:mod:`domain.mentions`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, NamedTuple
from uuid import UUID

from domain.decisions import Decision
from domain.fact import NOTHING_CLEAR, NOTHING_SEALED, Stamp
from domain.purposes import Purpose
from domain.standing import Course, Marks, Thing, happened, unless_latest
from domain.values import SealedPart


class Medium(StrEnum):
    """By what a person was reached."""

    EMAIL = "email"
    SMS = "sms"
    PHONE = "phone"
    LETTER = "letter"
    PORTAL = "portal"
    LINKEDIN = "linkedin"
    VIDEO = "video"


class Visibility(StrEnum):
    """Which recruiters read a note; the person always may (Art. 15)."""

    AUTHOR = "author"
    EVERY_RECRUITER = "every_recruiter"


class NoteStatus(StrEnum):
    """Where a note stands; deleted is final."""

    WRITTEN = "written"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class MessageSent:
    """A message was sent to the person; sealed: subject line, body, addresses."""

    TOPIC: ClassVar[str] = "candidate.message-sent"
    CLEAR: ClassVar[Mapping[str, str]] = {
        "medium": "one of seven ways to reach a person, for statistics",
        "purpose": "one of fourteen purposes: rights are held against it",
    }
    message_id: UUID
    medium: Medium
    purpose: Purpose
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class MessageReceived:
    """The person wrote; sealed: subject line, body, addresses."""

    TOPIC: ClassVar[str] = "candidate.message-received"
    CLEAR: ClassVar[Mapping[str, str]] = {
        "medium": "one of seven ways to reach a person, for statistics"
    }
    message_id: UUID
    medium: Medium
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class CallNoteRecorded:
    """A telephone call was noted; sealed: the note."""

    TOPIC: ClassVar[str] = "candidate.call-note-recorded"
    CLEAR: ClassVar[Mapping[str, str]] = NOTHING_CLEAR
    call_id: UUID
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class MeetingHeld:
    """The person was met; sealed: where, and what was said."""

    TOPIC: ClassVar[str] = "candidate.meeting-held"
    CLEAR: ClassVar[Mapping[str, str]] = NOTHING_CLEAR
    meeting_id: UUID
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class NoteAdded:
    """A note was written about the person; sealed: the note. She may read it (Art. 15)."""

    TOPIC: ClassVar[str] = "candidate.note-added"
    CLEAR: ClassVar[Mapping[str, str]] = {"visibility": "one of two circles of readers"}
    note_id: UUID
    visibility: Visibility
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class NoteEdited:
    """A note was written anew; sealed: the note."""

    TOPIC: ClassVar[str] = "candidate.note-edited"
    CLEAR: ClassVar[Mapping[str, str]] = {"visibility": "one of two circles of readers"}
    note_id: UUID
    visibility: Visibility
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class NoteDeleted:
    """A note was deleted."""

    TOPIC: ClassVar[str] = "candidate.note-deleted"
    CLEAR: ClassVar[Mapping[str, str]] = NOTHING_CLEAR
    note_id: UUID
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


CommunicationFact = (
    MessageSent
    | MessageReceived
    | CallNoteRecorded
    | MeetingHeld
    | NoteAdded
    | NoteEdited
    | NoteDeleted
)


class CommunicationState(NamedTuple):
    """Notes by id, and the latest mark of what only happens."""

    notes: Mapping[UUID, Thing[NoteStatus]]
    latest: Marks


EMPTY = CommunicationState({}, {})

_NOTES: Course[NoteStatus] = Course(
    {
        NoteAdded: NoteStatus.WRITTEN,
        NoteEdited: NoteStatus.WRITTEN,
        NoteDeleted: NoteStatus.DELETED,
    },
    begins=frozenset({NoteAdded}),
    finals=frozenset({NoteStatus.DELETED}),
)


def evolve(state: CommunicationState, stamp: Stamp, fact: CommunicationFact) -> CommunicationState:
    """Fold one fact."""
    if isinstance(fact, NoteAdded | NoteEdited | NoteDeleted):
        notes = _NOTES.moved(state.notes, fact.note_id, stamp, fact)
        return CommunicationState(notes, state.latest)
    return CommunicationState(state.notes, happened(state.latest, stamp, fact))


def decide(state: CommunicationState, stamp: Stamp, claim: CommunicationFact) -> Decision:
    """Record the claim unless it is the very fact that stands or happened last."""
    if isinstance(claim, NoteAdded | NoteEdited | NoteDeleted):
        return _NOTES.unless_standing(state.notes, claim.note_id, stamp, claim)
    return unless_latest(state.latest, stamp, claim)
