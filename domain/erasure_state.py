"""How far a person's erasures have come: what :mod:`domain.erasure` folds and decides on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from domain.decisions import RefusalReason, Refused
from domain.values import Category, ErasureId, Instant, SubjectId


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

    ``reason`` is None where a stream tells of an order without its request. ``requester`` and
    ``since``, when it was asked for, are there while a second person is to approve it.
    """

    erasure_id: ErasureId
    category: Category | None
    phase: Phase
    reason: ErasureReason | None = None
    requester: UUID | None = None
    since: Instant | None = None


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


def bar(state: ErasureState) -> Refused | None:
    """Answer why nothing may be recorded about the person now; None when something may."""
    if state.end is not None:
        return Refused(_ENDED[state.end])
    if state.under_way is not None and state.under_way.phase is Phase.ORDERED:
        return Refused(RefusalReason.FENCED)
    return None


_ENDED: Mapping[End, RefusalReason] = {
    End.ERASED: RefusalReason.ERASED,
    End.ABANDONED: RefusalReason.ABANDONED,
}
