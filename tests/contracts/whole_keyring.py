"""The keyring with all its doors, and what tests do with it: claim, admit, seal, open, erase."""

from collections.abc import Callable, Collection, Sequence
from typing import Protocol

from domain.answers import Answer
from domain.keyring import (
    Admitted,
    Admitter,
    Claim,
    Contact,
    ContactKind,
    DestroyOrder,
    Destruction,
    Finder,
    Identifier,
    JournalHead,
    Opener,
    OpenRequest,
    RightsOpener,
    Sealer,
    SealRequest,
    Shredder,
    SourceRef,
)
from domain.suppression import Pointing, Suppressor
from domain.values import Category, ControllerId, ErasureId, FactId, Instant, SubjectId
from infra.keys.record import ChainedRecord
from infra.keys.shapes import Abandoned, KeyFootprint
from infra.random_ids import random_id

SLOT = "candidate.registered"
PROFILE = "profile"
COMMUNICATIONS = "communications"
REF = SourceRef("ats", "r-1")
EMAIL = Contact(ContactKind.EMAIL, "kari@example.test")


class WholeKeyring(
    Identifier, Admitter, Sealer, Opener, RightsOpener, Finder, Shredder, Suppressor, Protocol
):
    """All doors of a keyring, and what the house asks of it beyond them."""

    def add_controller(self, slug: str) -> ControllerId: ...

    def controllers(self) -> dict[str, ControllerId]: ...

    def confirm(self, controller: ControllerId, subjects: Sequence[SubjectId]) -> None: ...

    def abandoned(self, before: Instant) -> list[Abandoned]: ...

    def suspend(self, controller: ControllerId, subjects: Sequence[SubjectId]) -> None: ...

    def resume(self, controller: ControllerId, subjects: Sequence[SubjectId]) -> None: ...

    def settle(
        self,
        controller: ControllerId,
        subjects: Sequence[SubjectId],
        restricted: Callable[[Sequence[SubjectId]], Collection[SubjectId]],
    ) -> int: ...

    def suspended(self, controller: ControllerId) -> list[SubjectId]: ...

    def destroy_category_key(
        self, controller: ControllerId, subject: SubjectId, category: Category
    ) -> bool: ...

    def expire_notices(self, now: Instant) -> int: ...

    def expire_suppressions(self, now: Instant) -> int: ...

    def footprint(self, controller: ControllerId, subject: SubjectId) -> KeyFootprint: ...

    def journal_head(self, controller: ControllerId) -> JournalHead: ...

    def journal_records(self, controller: ControllerId, after: int) -> list[ChainedRecord]: ...

    def verify_journal(self, controller: ControllerId) -> JournalHead: ...


def claim(
    ref: SourceRef = REF,
    *,
    at: Instant = 0,
    begins: bool = True,
    contacts: tuple[Contact, ...] = (),
    categories: tuple[Category, ...] = (PROFILE,),
) -> Claim:
    """Make a claim; by default a registration at the beginning of time."""
    return Claim(ref, at, begins, contacts, categories)


def admit_one(keyring: WholeKeyring, controller: ControllerId, wanted: Claim) -> SubjectId:
    """Admit one claim that is not late."""
    (answer,) = keyring.admit(controller, [wanted])
    assert isinstance(answer, Admitted)
    return answer.subject


def sealed(
    keyring: WholeKeyring,
    controller: ControllerId,
    subject: SubjectId,
    category: Category = PROFILE,
    plaintext: bytes = b"Kari",
) -> OpenRequest:
    """Seal a value and return the request that opens it."""
    fact_id = FactId(random_id())
    (token,) = keyring.seal(controller, [SealRequest(subject, fact_id, category, SLOT, plaintext)])
    return OpenRequest(subject, fact_id, category, SLOT, token.token)


def opened(keyring: WholeKeyring, controller: ControllerId, request: OpenRequest) -> Answer:
    """Open one token."""
    return keyring.open(controller, [request])[0]


def erase(
    keyring: WholeKeyring,
    controller: ControllerId,
    subject: SubjectId,
    category: Category | None = None,
    erasure_id: ErasureId | None = None,
    suppress: Pointing | None = None,
) -> Destruction:
    """Destroy a person, or the keys a category has now."""
    (epochs,) = keyring.live_epochs(controller, [subject], category)
    order = DestroyOrder(
        subject, erasure_id or ErasureId(random_id()), category, epochs, suppress=suppress
    )
    return keyring.destroy(controller, [order])[0]
