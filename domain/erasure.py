"""Erasure: requested, approved, ordered, erased; of a person or of one category.

Facts, then evolve, then decide; the state is :mod:`domain.erasure_state`. ``ErasureOrdered`` is the
fence: after it only the process manager's own facts enter the stream (for a person for ever, for a
category until ``SubjectErased``). A request that names its ``requester``, a user account, waits
until another account approves or declines it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar
from uuid import UUID

from domain.decisions import Decision, RefusalReason, Refused
from domain.erasure_state import (
    EMPTY,
    OUTLIVING,
    End,
    ErasureReason,
    ErasureState,
    OpenErasure,
    Phase,
    Scope,
    bar,
)
from domain.fact import NOTHING_CLEAR, NOTHING_SEALED
from domain.values import Category, ErasureId, Instant, SealedPart

__all__ = [
    "EMPTY",
    "OUTLIVING",
    "End",
    "ErasureApproved",
    "ErasureDeclined",
    "ErasureFact",
    "ErasureOrdered",
    "ErasureReason",
    "ErasureRequested",
    "ErasureState",
    "OpenErasure",
    "Phase",
    "Scope",
    "SubjectAbandoned",
    "SubjectErased",
    "bar",
    "decide",
    "evolve",
]

_REASON = "one of eight grounds; an erasure must be accountable after the person is unreadable"
_CATEGORY = "names a class of data, or a document by its random id"
_WHEN = "an erasure must be accountable after the person is unreadable"
_COUNT = "counts of tokens carry no identity"


@dataclass(frozen=True, slots=True)
class ErasureRequested:
    """Someone entitled asked for the erasure. ``category`` None means the whole person.

    While a second person is awaited, ``welcome`` and ``sealed`` (the closing letter's address under
    ``request/<erasure id>``) keep what the first was asked for.
    """

    TOPIC: ClassVar[str] = "subject.erasure-requested"
    CLEAR: ClassVar[Mapping[str, str]] = {
        "category": _CATEGORY,
        "reason": _REASON,
        "welcome": "a yes or no to being approached again, which any erasure shows",
    }
    erasure_id: ErasureId
    category: Category | None
    reason: ErasureReason
    requester: UUID | None = None
    welcome: bool = False
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
class ErasureDeclined:
    """A request that waited for a second person was taken back or refused; she must be told why."""

    TOPIC: ClassVar[str] = "subject.erasure-declined"
    CLEAR: ClassVar[Mapping[str, str]] = NOTHING_CLEAR
    erasure_id: ErasureId
    decliner: UUID
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


ErasureFact = (
    ErasureRequested
    | ErasureApproved
    | ErasureDeclined
    | ErasureOrdered
    | SubjectErased
    | SubjectAbandoned
)


def evolve(state: ErasureState, fact: ErasureFact, at: Instant) -> ErasureState:
    """Fold one fact that occurred at an instant."""
    match fact:
        case ErasureRequested():
            return _open(state, _requested(fact, at))
        case ErasureApproved():
            return _approved(state)
        case ErasureDeclined():
            return ErasureState(None, state.ended, state.end)
        case ErasureOrdered():
            return _ordered(state, fact)
        case SubjectErased():
            end = End.ERASED if fact.category is None else state.end
            return ErasureState(None, {**state.ended, fact.erasure_id: fact.category}, end)
        case SubjectAbandoned():
            return ErasureState(None, {**state.ended, fact.erasure_id: None}, End.ABANDONED)


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
        case ErasureApproved() | ErasureDeclined() | ErasureOrdered() | SubjectErased():
            return _decide_step(state, claim)


def _open(state: ErasureState, erasure: OpenErasure) -> ErasureState:
    return ErasureState(erasure, state.ended, state.end)


def _requested(fact: ErasureRequested, at: Instant) -> OpenErasure:
    known = OpenErasure(fact.erasure_id, fact.category, Phase.REQUESTED, fact.reason)
    if fact.requester is None:
        return known
    return replace(known, requester=fact.requester, since=at)


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
        case ErasureDeclined():
            return Refused(RefusalReason.ERASED)
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
    state: ErasureState,
    claim: ErasureApproved | ErasureDeclined | ErasureOrdered | SubjectErased,
) -> Decision:
    known = state.under_way
    if known is None or known.erasure_id != claim.erasure_id:
        ending = type(claim) is SubjectErased
        return Refused(RefusalReason.NOT_ORDERED if ending else RefusalReason.NOT_REQUESTED)
    match claim:
        case ErasureApproved():
            return _decide_approval(known, claim)
        case ErasureDeclined():
            waits = known.phase is Phase.REQUESTED
            return (claim,) if waits else Refused(RefusalReason.FENCED)
        case ErasureOrdered():
            return _decide_order(known, claim)
        case SubjectErased():
            return _decide_erased(known, claim)


def _decide_approval(known: OpenErasure, claim: ErasureApproved) -> Decision:
    if known.phase is not Phase.REQUESTED:
        return ()
    return Refused(RefusalReason.SAME_PERSON) if known.requester == claim.approver else (claim,)


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
