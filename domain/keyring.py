"""The narrow doors to one keyring: who may seal, who may open, who may destroy.

The write side is given a :class:`Sealer` and an :class:`Admitter`, the read side an
:class:`Opener` and a :class:`Finder`, erasure a :class:`Shredder`. Least privilege is a type:
``projections`` receives none of them. All calls are page-wise; one call costs one round trip
to the key database however many items it carries.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, Protocol
from uuid import UUID

from domain.answers import Answer
from domain.pointing import Bar, Pointing
from domain.values import (
    Category,
    ControllerId,
    ErasureId,
    FactId,
    Instant,
    Sealed,
    SubjectId,
)


class ContactKind(StrEnum):
    """A kind of address that may propose a duplicate, and never attaches a fact."""

    EMAIL = "email"
    PHONE = "phone"
    LINKEDIN = "linkedin"


@dataclass(frozen=True, slots=True)
class Contact:
    """An address as its source wrote it; the keyring normalises it. Never printed."""

    kind: ContactKind
    value: str

    def __repr__(self) -> str:
        """Hide the address."""
        return f"<Contact {self.kind.value}>"


class SourceRef(NamedTuple):
    """The only thing that attaches a fact to a person: an upstream system and its id for her."""

    source: str
    remote_id: str

    def __repr__(self) -> str:
        """Hide the remote id: it leads back to the person in the source."""
        return f"<SourceRef {self.source}>"


class Claim(NamedTuple):
    """One fact's request for a person and her keys.

    ``begins`` is true for the kinds that may begin a new person after an erasure (registered,
    applied). ``categories`` are the DEKs the fact will be sealed with. Nothing is written for a
    claim that is barred.
    """

    ref: SourceRef
    occurred_at: Instant
    begins: bool
    contacts: tuple[Contact, ...]
    categories: tuple[Category, ...]
    bar: Bar = Bar.NOBODY


@dataclass(frozen=True, slots=True)
class Admitted:
    """The person a claim belongs to; ``new`` when this call created her."""

    subject: SubjectId
    new: bool


@dataclass(frozen=True, slots=True)
class LateFact:
    """The claim is about a person who was erased: refuse it and tell its source."""


@dataclass(frozen=True, slots=True)
class Barred:
    """A suppression pointer stands against the claim: refuse it and keep nothing of it."""


class SealRequest(NamedTuple):
    """A value to seal. ``slot`` is the kind of fact (its stored name)."""

    subject: SubjectId
    fact_id: FactId
    category: Category
    slot: str
    plaintext: bytes

    def __repr__(self) -> str:
        """Hide the plaintext."""
        return f"<SealRequest {self.subject} {self.category}>"


@dataclass(frozen=True, slots=True)
class OpenRequest:
    """A token to open, with the context it must have been sealed in."""

    subject: SubjectId
    fact_id: FactId
    category: Category
    slot: str
    token: bytes

    def __repr__(self) -> str:
        """Show the context, not the token."""
        return f"<OpenRequest {self.subject} {self.category}>"


@dataclass(frozen=True, slots=True)
class KeyEpoch:
    """One generation of one category's DEK, as a fence or a footprint names it."""

    category: Category
    epoch: int
    key_id: UUID


@dataclass(frozen=True, slots=True)
class JournalHead:
    """The end of a controller's erasure journal: how many records, and the chain's last hash."""

    sequence: int
    chain: bytes


@dataclass(frozen=True, slots=True)
class Destruction:
    """What the key database recorded when keys were destroyed.

    ``destroyed_at`` is the commit of step 3 (T1 without the lease). ``fingerprints`` are the key
    commitments of the destroyed DEKs, in the order of ``epochs``.
    """

    erasure_id: ErasureId
    subject: SubjectId
    epochs: tuple[KeyEpoch, ...]
    fingerprints: tuple[bytes, ...]
    lookups_cleared: int
    destroyed_at: Instant
    head: JournalHead


class Identifier(Protocol):
    """Makes the ids that are stable for us and meaningless to the source."""

    def fact_id(self, controller: ControllerId, source: str, remote_event_id: str) -> FactId:
        """HMAC-SHA256(controller secret, lp(source) ‖ lp(remote event id)), first 16 bytes."""
        ...

    def keyed_id(self, controller: ControllerId, kind: str, source: str, remote_id: str) -> UUID:
        """Likewise for a thing of the source (``application``, ``assignment``, ``document``)."""
        ...


class Admitter(Protocol):
    """Turns claims into subjects with live keys, durable before it returns."""

    def admit(
        self, controller: ControllerId, claims: Sequence[Claim]
    ) -> list[Admitted | LateFact | Barred]:
        """Look up or create the person of each claim, and her missing keys, in one transaction.

        Returns one answer a claim, in order. A barred claim that is late as well is late: its
        source must be told.

        Raises:
            KeyUnavailable: the key database or the provider is away.
            GateClosed: the key database is older than its anchor: it may have forgotten guards.
        """
        ...


class Sealer(Protocol):
    """Seals values under keys that exist."""

    def seal(self, controller: ControllerId, requests: Sequence[SealRequest]) -> list[Sealed]:
        """Seal each value under its person's current DEK of the category, creating missing DEKs.

        Raises:
            SubjectErased: a subject's keys were destroyed.
            KeyUnavailable: the key database or the provider is away.
        """
        ...


class Opener(Protocol):
    """Opens tokens, answering for each one."""

    def open(self, controller: ControllerId, requests: Sequence[OpenRequest]) -> list[Answer]:
        """Open each token; one answer a request, in order.

        Raises:
            KeyUnavailable: a key is missing without a tombstone, or the keyring is away.
            SealBroken: a token was moved, cut or forged.
            GateClosed: the key database is older than its anchor.
        """
        ...


class RightsOpener(Protocol):
    """Opens what is restricted too, for what GDPR Art. 18(2) leaves open: her rights and claims.

    Handed to what tells her recipients and to her own requests, never to a reader of views.
    """

    def open_for_rights(
        self, controller: ControllerId, requests: Sequence[OpenRequest]
    ) -> list[Answer]:
        """Open each token as an :class:`Opener` does, also where that answers ``Withheld``.

        Raises:
            KeyUnavailable, SealBroken, GateClosed: as :meth:`Opener.open`.
        """
        ...


class Finder(Protocol):
    """Answers "which of our people has this address?"."""

    def find_contact(self, controller: ControllerId, contact: Contact) -> list[SubjectId]:
        """Return the people whose facts carried this address, no erased person among them."""
        ...

    def find_source(self, controller: ControllerId, ref: SourceRef) -> SubjectId | None:
        """Return the person a source knows by this id, or None."""
        ...


@dataclass(frozen=True, slots=True)
class DestroyOrder:
    """What an ``ErasureOrdered`` fact says to destroy; ``category`` None means the whole person.

    ``suppress`` leaves pointers to every address the person is found by, in the same transaction,
    before her look-ups are cleared; None leaves the pointers that stand as they are.
    ``guarded`` is false for a person who never began: she asked for nothing, so no late-fact
    guard is left, and her first fact, still to come, begins her anew.
    """

    subject: SubjectId
    erasure_id: ErasureId
    category: Category | None
    epochs: tuple[KeyEpoch, ...]
    guarded: bool = True
    suppress: Pointing | None = None


class Shredder(Protocol):
    """Destroys keys, and can say what it would destroy."""

    def live_epochs(
        self,
        controller: ControllerId,
        subjects: Sequence[SubjectId],
        category: Category | None,
    ) -> list[tuple[KeyEpoch, ...]]:
        """Name each subject's live DEKs, or those of one category, in the order of ``subjects``.

        ``notice/`` and ``request/`` categories are not among them: they outlive the person.
        """
        ...

    def destroy(
        self, controller: ControllerId, orders: Sequence[DestroyOrder]
    ) -> list[Destruction]:
        """Destroy the named keys of a page of orders in one transaction, and evict them.

        A repeated ``erasure_id`` returns the record of the first time. For a person also:
        tombstone, late-fact guard, look-ups cleared and read back. The journal records are in the
        same transaction. At most 500 orders a call.

        Raises:
            KeyUnavailable: the key database is away; whether it was destroyed is not known.
        """
        ...
