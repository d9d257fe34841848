"""Documents: what was uploaded and what was deleted. Metadata and a sealed reference, no content.

Facts, then state, then evolve, then decide. Each document has a DEK of its own, category
``documents/<document id>``, so one document can be erased without the person.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from domain.decisions import Decision
from domain.fact import NOTHING_SEALED
from domain.values import Category, SealedPart


class DocumentKind(StrEnum):
    """What a document is."""

    RESUME = "resume"
    COVER_LETTER = "cover_letter"
    CERTIFICATE = "certificate"
    REFERENCE_LETTER = "reference_letter"
    POLICE_CERTIFICATE = "police_certificate"
    OFFER = "offer"
    OTHER = "other"


class DeletionGround(StrEnum):
    """Why a document was deleted upstream; never free text."""

    REPLACED = "replaced"
    REQUESTED = "requested"
    EXPIRED = "expired"
    MISTAKE = "mistake"


@dataclass(frozen=True, slots=True)
class DocumentUploaded:
    """A document was uploaded; sealed under its own key: file name, reference to its content."""

    TOPIC: ClassVar[str] = "candidate.document-uploaded"
    CLEAR: ClassVar[Mapping[str, str]] = {
        "kind": "one of seven kinds: retention differs by kind",
        "size_bytes": "for limits and statistics; rounded to whole kibibytes",
    }
    document_id: UUID
    kind: DocumentKind
    size_bytes: int
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class DocumentDeleted:
    """A document was deleted in its source."""

    TOPIC: ClassVar[str] = "candidate.document-deleted"
    CLEAR: ClassVar[Mapping[str, str]] = {"ground": "one of four grounds"}
    document_id: UUID
    ground: DeletionGround
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


DocumentFact = DocumentUploaded | DocumentDeleted


@dataclass(frozen=True, slots=True)
class DocumentState:
    """What is known of a document; a deletion may be known before the upload."""

    uploaded: bool = False
    deleted: bool = False


Documents = Mapping[UUID, DocumentState]
"""A person's documents by document id."""

EMPTY: Documents = {}
_UNSEEN = DocumentState()


def category_of(document_id: UUID) -> Category:
    """Name the category whose DEK seals this document and nothing else."""
    return f"documents/{document_id}"


def evolve(state: Documents, fact: DocumentFact) -> Documents:
    """Fold one fact. A deletion is final, so the order of arrival does not matter."""
    known = state.get(fact.document_id, _UNSEEN)
    return {**state, fact.document_id: _moved(known, fact)}


def decide(state: Documents, claim: DocumentFact) -> Decision:
    """Record an upload once and a deletion once, in whichever order they come."""
    known = state.get(claim.document_id, _UNSEEN)
    match claim:
        case DocumentUploaded():
            return () if known.uploaded else (claim,)
        case DocumentDeleted():
            return () if known.deleted else (claim,)


def forget_category(state: Documents, category: Category) -> Documents:
    """Drop the document an erased category covered: uploaded again, it is new, under a new key."""
    return {known: value for known, value in state.items() if category_of(known) != category}


def _moved(known: DocumentState, fact: DocumentFact) -> DocumentState:
    match fact:
        case DocumentUploaded():
            return DocumentState(uploaded=True, deleted=known.deleted)
        case DocumentDeleted():
            return DocumentState(uploaded=known.uploaded, deleted=True)
