"""Erasure: requested, approved, ordered, erased; of a person or of one category.

Facts, then state, then evolve, then decide. ``ErasureOrdered`` is the fence: after it only the
process manager's own facts enter the stream (for a person for ever, for a category until
``SubjectErased``).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from domain.decisions import Decision, RefusalReason, Refused
from domain.fact import NOTHING_CLEAR, NOTHING_SEALED
from domain.values import Category, ErasureId, Instant, SealedPart, SubjectId


class ErasureReason(StrEnum):
    """Why a person or category is erased: GDPR Art. 17(1) a-f and the house's own duties."""

    REQUEST = "request"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    OBJECTION = "objection"
    OPT_OUT = "opt_out"
    RETENTION = "retention"
    UNLAWFUL = "unlawful"
    LEGAL_OBLIGATION = "legal_obligation"
    SOURCE_ERASED = "source_erased"


_REASON = "one of eight grounds; an erasure must be accountable after the person is unreadable"
_CATEGORY = "names a class of data, or a document by its random id"
_WHEN = "an erasure must be accountable after the person is unreadable"
_COUNT = "counts of tokens carry no identity"


@dataclass(frozen=True, slots=True)
class ErasureRequested:
    """Someone entitled asked for the erasure. ``category`` None means the whole person."""

    TOPIC: ClassVar[str] = "subject.erasure-requested"
    CLEAR: ClassVar[Mapping[str, str]] = {"category": _CATEGORY, "reason": _REASON}
    erasure_id: ErasureId
    category: Category | None
    reason: ErasureReason
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class ErasureApproved:
    """The controller approved it; ``approver`` is a user account's random id."""

    TOPIC: ClassVar[str] = "subject.erasure-approved"
    CLEAR: ClassVar[Mapping[str, str]] = NOTHING_CLEAR
    erasure_id: ErasureId
    approver: UUID
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class ErasureOrdered:
    """The fence. Names the key ids to be destroyed, which name their epochs.

    ``sealed`` holds, one part a recipient (category ``notice/<uuid>``), that recipient's own remote
    id, and behind them the closing letter's address (``request/<erasure id>``) where one was given;
    those keys outlive the person's until acknowledged or delivered, at most 30 days.
    """

    TOPIC: ClassVar[str] = "subject.erasure-ordered"
    CLEAR: ClassVar[Mapping[str, str]] = {
        "category": _CATEGORY,
        "categories": _CATEGORY,
        "epochs": "a count of key generations",
        "recipients": "names registered upstream systems, never a person",
    }
    erasure_id: ErasureId
    category: Category | None
    categories: tuple[Category, ...]
    epochs: tuple[int, ...]
    key_ids: tuple[UUID, ...]
    recipients: tuple[str, ...]
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class SubjectErased:
    """The keys are destroyed and every view was probed.

    ``journal_sequence`` and ``journal_chain`` are the erasure journal's head after this erasure;
    ``tokens_opened`` is 0 or the erasure did not end.
    """

    TOPIC: ClassVar[str] = "subject.erased"
    CLEAR: ClassVar[Mapping[str, str]] = {
        "category": _CATEGORY,
        "destroyed_at": _WHEN,
        "journal_sequence": _COUNT,
        "journal_chain": "a keyed hash over ids and times",
        "keys_destroyed": _COUNT,
        "tokens_probed": _COUNT,
        "tokens_opened": _COUNT,
    }
    erasure_id: ErasureId
    category: Category | None
    destroyed_at: Instant
    journal_sequence: int
    journal_chain: bytes
    keys_destroyed: int
    tokens_probed: int
    tokens_opened: int
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class SubjectAbandoned:
    """Keys were made for a person whose first fact never came; nothing may follow."""

    TOPIC: ClassVar[str] = "subject.abandoned"
    CLEAR: ClassVar[Mapping[str, str]] = NOTHING_CLEAR
    erasure_id: ErasureId
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


ErasureFact = ErasureRequested | ErasureApproved | ErasureOrdered | SubjectErased | SubjectAbandoned

OUTLIVING = ("notice/", "request/")
"""How categories begin whose keys outlive the person's until acknowledged; not counted as hers."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What an erasure covers: a person's category, or for None the whole person."""

    subject: SubjectId
    category: Category | None


class Phase(StrEnum):
    """How far an open erasure has come."""

    REQUESTED = "requested"
    APPROVED = "approved"
    ORDERED = "ordered"


class End(StrEnum):
    """How a stream ended for good."""

    ERASED = "erased"
    ABANDONED = "abandoned"


@dataclass(frozen=True, slots=True)
class OpenErasure:
    """The one erasure that is under way; ``category`` None means the whole person.

    ``reason`` is None where a stream tells of an order without its request.
    """

    erasure_id: ErasureId
    category: Category | None
    phase: Phase
    reason: ErasureReason | None = None


@dataclass(frozen=True, slots=True)
class ErasureState:
    """The open erasure, the scopes of those that ended, and whether the person did.

    Every ended erasure is remembered: keys are destroyed once an erasure id, so an id used again
    would record the destruction of keys that live.
    """

    under_way: OpenErasure | None = None
    ended: Mapping[ErasureId, Category | None] = field(default_factory=dict)
    end: End | None = None


EMPTY = ErasureState()


def evolve(state: ErasureState, fact: ErasureFact) -> ErasureState:
    """Fold one fact."""
    match fact:
        case ErasureRequested():
            return _open(
                state, OpenErasure(fact.erasure_id, fact.category, Phase.REQUESTED, fact.reason)
            )
        case ErasureApproved():
            return _approved(state)
        case ErasureOrdered():
            return _ordered(state, fact)
        case SubjectErased():
            end = End.ERASED if fact.category is None else state.end
            return ErasureState(None, {**state.ended, fact.erasure_id: fact.category}, end)
        case SubjectAbandoned():
            return ErasureState(None, {**state.ended, fact.erasure_id: None}, End.ABANDONED)


def bar(state: ErasureState) -> Refused | None:
    """Answer why nothing may be recorded about the person now; None when something may."""
    if state.end is not None:
        return Refused(_ENDED[state.end])
    if state.under_way is not None and state.under_way.phase is Phase.ORDERED:
        return Refused(RefusalReason.FENCED)
    return None


def decide(state: ErasureState, claim: ErasureFact, *, begun: bool) -> Decision:
    """Take the erasure one step on, requested, approved, ordered, erased; a repeat does nothing.

    ``begun`` says that the stream holds facts. One erasure is open at a time; a second request
    of the same scope joins it.
    """
    if state.end is End.ABANDONED:
        return () if type(claim) is SubjectAbandoned else Refused(RefusalReason.ABANDONED)
    if claim.erasure_id in state.ended:
        return _decide_ended(state, claim)
    if state.end is End.ERASED:
        return Refused(RefusalReason.ERASED)
    match claim:
        case ErasureRequested():
            return _decide_request(state, claim)
        case SubjectAbandoned():
            return Refused(RefusalReason.BEGUN) if begun else (claim,)
        case ErasureApproved() | ErasureOrdered() | SubjectErased():
            return _decide_step(state, claim)


_ENDED: Mapping[End, RefusalReason] = {
    End.ERASED: RefusalReason.ERASED,
    End.ABANDONED: RefusalReason.ABANDONED,
}


def _open(state: ErasureState, erasure: OpenErasure) -> ErasureState:
    return ErasureState(erasure, state.ended, state.end)


def _approved(state: ErasureState) -> ErasureState:
    known = state.under_way
    if known is None:
        return state
    return _open(state, OpenErasure(known.erasure_id, known.category, Phase.APPROVED, known.reason))


def _ordered(state: ErasureState, fact: ErasureOrdered) -> ErasureState:
    reason = None if state.under_way is None else state.under_way.reason
    return _open(state, OpenErasure(fact.erasure_id, fact.category, Phase.ORDERED, reason))


def _decide_ended(state: ErasureState, claim: ErasureFact) -> Decision:
    match claim:
        case ErasureApproved():
            return ()
        case SubjectAbandoned():
            return Refused(RefusalReason.BEGUN)
        case ErasureRequested() | ErasureOrdered() | SubjectErased():
            same = state.ended[claim.erasure_id] == claim.category
            return () if same else Refused(RefusalReason.OTHER_SCOPE)


def _decide_request(state: ErasureState, claim: ErasureRequested) -> Decision:
    if state.under_way is None:
        return (claim,)
    same = state.under_way.category == claim.category
    return () if same else Refused(RefusalReason.ERASURE_UNDER_WAY)


def _decide_step(
    state: ErasureState, claim: ErasureApproved | ErasureOrdered | SubjectErased
) -> Decision:
    known = state.under_way
    if known is None or known.erasure_id != claim.erasure_id:
        ending = type(claim) is SubjectErased
        return Refused(RefusalReason.NOT_ORDERED if ending else RefusalReason.NOT_REQUESTED)
    match claim:
        case ErasureApproved():
            return (claim,) if known.phase is Phase.REQUESTED else ()
        case ErasureOrdered():
            return _decide_order(known, claim)
        case SubjectErased():
            return _decide_erased(known, claim)


def _decide_order(known: OpenErasure, claim: ErasureOrdered) -> Decision:
    if known.category != claim.category:
        return Refused(RefusalReason.OTHER_SCOPE)
    if known.phase is Phase.REQUESTED:
        return Refused(RefusalReason.NOT_APPROVED)
    return (claim,) if known.phase is Phase.APPROVED else ()


def _decide_erased(known: OpenErasure, claim: SubjectErased) -> Decision:
    if known.category != claim.category:
        return Refused(RefusalReason.OTHER_SCOPE)
    if known.phase is not Phase.ORDERED:
        return Refused(RefusalReason.NOT_ORDERED)
    return Refused(RefusalReason.NOT_VERIFIED) if claim.tokens_opened else (claim,)
