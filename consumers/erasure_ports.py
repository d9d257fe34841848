"""What the erasure process needs of the house, and how it fails.

::

    ErasureRefused   a duty forbids the erasure now; nothing was fenced
    ErasureFailed    keys were destroyed and a token still opened: the guard itself is broken
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from consumers.ports import Log
from consumers.promises import Promises, silent
from domain.erasure import ErasureReason, Scope
from domain.fact import Entry
from domain.keyring import (
    JournalHead,
    Opener,
    OpenRequest,
    RightsOpener,
    Sealer,
    Shredder,
)
from domain.subject import RefusalReason
from domain.suppression import Suppressor
from domain.values import Category, ControllerId, ErasureId, SubjectId


class Step(StrEnum):
    """How far an erasure is durable."""

    ORDERED = "ordered"
    DESTROYED = "destroyed"
    ANCHORED = "anchored"
    PURGED = "purged"
    VERIFIED = "verified"
    ERASED = "erased"


@dataclass(frozen=True, slots=True)
class Request:
    """Whom to erase, why, and who approved it (a user account's random id).

    ``letter_to`` is the address of the closing letter, when the person gave one. ``welcome`` says
    that she wants to be welcome again: no pointer is left to her addresses. ``by_policy`` says
    that no person decided it: a retention period did, and no second one is asked for. ``answers``
    names the very request that is approved.
    """

    subject: SubjectId
    category: Category | None
    reason: ErasureReason
    approver: UUID
    letter_to: str | None = field(default=None, repr=False)
    welcome: bool = False
    by_policy: bool = False
    answers: ErasureId | None = None


class ErasureRefused(Exception):  # noqa: N818 - an outcome, not a fault
    """The erasure may not be ordered: the reason is an enum, never a value."""

    def __init__(self, subject: SubjectId, reason: RefusalReason) -> None:
        super().__init__(f"the erasure of subject {subject} is refused: {reason.value}")
        self.subject = subject
        self.reason = reason


class ErasureFailed(Exception):  # noqa: N818 - pairs with ErasureRefused
    """Tokens of an erased scope still open; the erasure is not recorded as ended."""

    def __init__(self, subject: SubjectId, opened: int) -> None:
        super().__init__(f"{opened} tokens of subject {subject} still open after destruction")
        self.subject = subject
        self.opened = opened


class ErasureLog(Log, Protocol):
    """The log, and one person's stream."""

    def stream(self, subject: SubjectId, after_version: int = 0) -> list[Entry]:
        """Return the person's facts after a version, oldest first."""
        ...


class Purgeable(Protocol):
    """A view as erasure sees it: many people in one transaction."""

    def purge_all(self, scopes: Sequence[Scope]) -> list[OpenRequest]:
        """Remove the tokens of the scopes; rows stay as tombstones. Returns what it removed."""
        ...

    def probe_all(self, subjects: Sequence[SubjectId]) -> list[OpenRequest]:
        """Return every token the view still holds of these people, with its context."""
        ...


class ShreddingKeys(Shredder, Suppressor, Protocol):
    """What an erasure may do with keys: destroy them, and lift pointers of who asks for that."""


@dataclass(frozen=True, slots=True)
class Doors:
    """Everything an erasure touches.

    ``rights_opener`` opens what the sources call her when she is restricted: they are told.
    ``log_tokens`` samples the tokens the log holds of people; ``anchor`` stores a journal head
    outside both databases. ``promises`` say how long the pointers stand that an erasure leaves.
    """

    log: ErasureLog
    shredder: ShreddingKeys
    sealer: Sealer
    opener: Opener
    rights_opener: RightsOpener
    views: Sequence[Purgeable]
    log_tokens: Callable[[Sequence[SubjectId]], list[OpenRequest]]
    anchor: Callable[[ControllerId, JournalHead], None]
    promises: Promises = silent
