"""A keyring in memory: real tokens, dict storage. It passes the real one's contract cases.

Differences that no consumer may rely on: no cache, no lease, no lock, no wrapped keys.
"""

from collections.abc import Callable, Collection, Sequence
from uuid import UUID

from domain.answers import Answer, KeyUnavailable, SealBroken
from domain.keyring import (
    Admitted,
    Barred,
    Claim,
    Contact,
    DestroyOrder,
    Destruction,
    JournalHead,
    KeyEpoch,
    LateFact,
    OpenRequest,
    SealRequest,
    SourceRef,
)
from domain.suppression import (
    LiftOrder,
    Pointer,
    Standing,
    SuppressionCount,
    SuppressionReason,
    SuppressOrder,
)
from domain.values import Category, ControllerId, FactId, Instant, Sealed, SubjectId
from infra.clock import Clock
from infra.keys import record as journal
from infra.keys.normalise import contact_identity, source_identity
from infra.keys.shapes import Abandoned, KeyFootprint, outlives
from infra.keys.token import key_id_of, seal_page
from infra.random_ids import random_id
from tests.fakes import key_shredding, key_suppression
from tests.fakes.key_house import KeyHouse


class FakeKeyring:
    """All doors of ``domain.keyring``, and the Suppressor, over dicts."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._houses: dict[ControllerId, KeyHouse] = {}
        self._gate: Callable[[], None] | None = None

    def add_controller(self, slug: str) -> ControllerId:
        for controller, house in self._houses.items():
            if house.slug == slug:
                return controller
        controller = ControllerId(random_id())
        self._houses[controller] = KeyHouse(controller, slug, self._clock)
        return controller

    def controllers(self) -> dict[str, ControllerId]:
        return {house.slug: controller for controller, house in self._houses.items()}

    def set_gate(self, gate: Callable[[], None]) -> None:
        self._gate = gate

    def close(self) -> None:
        pass

    def fact_id(self, controller: ControllerId, source: str, remote_event_id: str) -> FactId:
        return FactId(self._house(controller).keyed("fact", source, remote_event_id))

    def keyed_id(self, controller: ControllerId, kind: str, source: str, remote_id: str) -> UUID:
        return self._house(controller).keyed("keyed/" + kind, source, remote_id)

    def admit(
        self, controller: ControllerId, claims: Sequence[Claim]
    ) -> list[Admitted | LateFact | Barred]:
        house = self._house(controller)
        before = frozenset(house.people)
        found = [house.admit(claim) for claim in claims]
        return [
            one if isinstance(one, LateFact | Barred) else Admitted(one, new=one not in before)
            for one in found
        ]

    def confirm(self, controller: ControllerId, subjects: Sequence[SubjectId]) -> None:
        for subject in subjects:
            self._house(controller).people[subject].confirmed = True

    def abandoned(self, before: Instant) -> list[Abandoned]:
        return [
            Abandoned(controller, person.subject, person.created_at)
            for controller, house in self._houses.items()
            for person in house.people.values()
            if not person.confirmed and not person.erased and person.created_at < before
        ]

    def seal(self, controller: ControllerId, requests: Sequence[SealRequest]) -> list[Sealed]:
        house = self._house(controller)
        items = []
        for request in requests:
            key = house.key(house.person(request.subject), request.category).key
            items.append((key, request.fact_id, request.slot, request.plaintext))
        return [Sealed(token) for token in seal_page(items)]

    def open(self, controller: ControllerId, requests: Sequence[OpenRequest]) -> list[Answer]:
        if self._gate:
            self._gate()
        house = self._house(controller)
        return [self._open(house, request) for request in requests]

    def _open(self, house: KeyHouse, request: OpenRequest) -> Answer:
        key_id = key_id_of(request.token, request.fact_id)
        foreign = not house.knows(key_id)
        if foreign and any(other.knows(key_id) for other in self._houses.values()):
            message = f"key {key_id.hex()} is another controller's"
            raise SealBroken(message)
        return house.open(request)

    def suspend(self, controller: ControllerId, subjects: Sequence[SubjectId]) -> None:
        for subject in subjects:
            self._house(controller).person(subject).restricted = True

    def resume(self, controller: ControllerId, subjects: Sequence[SubjectId]) -> None:
        for subject in subjects:
            self._house(controller).person(subject).restricted = False

    def open_for_rights(
        self, controller: ControllerId, requests: Sequence[OpenRequest]
    ) -> list[Answer]:
        people = self._house(controller).people
        held = [p for p in people.values() if p.restricted]
        self.resume(controller, [p.subject for p in held])
        try:
            return self.open(controller, requests)
        finally:
            self.suspend(controller, [p.subject for p in held])

    def settle(
        self,
        controller: ControllerId,
        subjects: Sequence[SubjectId],
        restricted: Callable[[Sequence[SubjectId]], Collection[SubjectId]],
    ) -> int:
        people = self._house(controller).people
        asked = [people[s] for s in subjects if s in people and not people[s].erased]
        told = frozenset(restricted([p.subject for p in asked]))
        wrong = [p for p in asked if p.restricted is not (p.subject in told)]
        for person in wrong:
            person.restricted = not person.restricted
        return len(wrong)

    def suspended(self, controller: ControllerId) -> list[SubjectId]:
        people = self._house(controller).people.values()
        return sorted(p.subject for p in people if p.restricted and not p.erased)

    def find_contact(self, controller: ControllerId, contact: Contact) -> list[SubjectId]:
        house = self._house(controller)
        kind, written = contact_identity(contact)
        return sorted(house.lookups.get((kind, house.secret(written)), []), key=str)

    def find_source(self, controller: ControllerId, ref: SourceRef) -> SubjectId | None:
        return self._house(controller).resolve(source_identity(ref))

    def live_epochs(
        self,
        controller: ControllerId,
        subjects: Sequence[SubjectId],
        category: Category | None,
    ) -> list[tuple[KeyEpoch, ...]]:
        house = self._house(controller)
        return [key_shredding.live_epochs(house, subject, category) for subject in subjects]

    def destroy(
        self, controller: ControllerId, orders: Sequence[DestroyOrder]
    ) -> list[Destruction]:
        house = self._house(controller)
        return [key_shredding.destroy(house, order) for order in orders]

    def destroy_category_key(
        self, controller: ControllerId, subject: SubjectId, category: Category
    ) -> bool:
        house = self._house(controller)
        if not outlives(category):
            message = "only a notice or request key is destroyed without an erasure"
            raise ValueError(message)
        held = category in house.person(subject).keys
        if held:
            key_shredding.bury(house, subject, category)
        return held

    def expire_notices(self, now: Instant) -> int:
        return sum(key_shredding.expire(house, now) for house in self._houses.values())

    def suppressed(
        self, controller: ControllerId, pages: Sequence[tuple[Contact, ...]]
    ) -> list[frozenset[SuppressionReason]]:
        return [frozenset(one) for one in self.standing(controller, pages)]

    def standing(
        self, controller: ControllerId, pages: Sequence[tuple[Contact, ...]]
    ) -> list[Standing]:
        house = self._house(controller)
        hers = [key_suppression.pointers(house, page) for page in pages]
        return [key_suppression.standing(house, pointers) for pointers in hers]

    def pointers(
        self, controller: ControllerId, pages: Sequence[tuple[Contact, ...]]
    ) -> list[frozenset[Pointer]]:
        house = self._house(controller)
        found = [key_suppression.pointers(house, page) for page in pages]
        return [frozenset(pointer for _, pointer in one) for one in found]

    def standing_of_people(
        self, controller: ControllerId, subjects: Sequence[SubjectId]
    ) -> list[Standing]:
        house = self._house(controller)
        hers = [house.addresses.get(subject, set()) for subject in subjects]
        return [key_suppression.standing(house, pointers) for pointers in hers]

    def suppress(self, controller: ControllerId, orders: Sequence[SuppressOrder]) -> int:
        house = self._house(controller)
        return sum(key_suppression.suppress(house, order) for order in orders)

    def lift(self, controller: ControllerId, orders: Sequence[LiftOrder]) -> int:
        house = self._house(controller)
        return sum(key_suppression.lift(house, order) for order in orders)

    def suppressions(self, controller: ControllerId) -> list[SuppressionCount]:
        return key_suppression.count(self._house(controller))

    def expire_suppressions(self, now: Instant) -> int:
        return sum(key_suppression.expire(house, now) for house in self._houses.values())

    def footprint(self, controller: ControllerId, subject: SubjectId) -> KeyFootprint:
        return self._house(controller).footprint(subject)

    def journal_head(self, controller: ControllerId) -> JournalHead:
        return self._house(controller).head()

    def journal_records(
        self, controller: ControllerId, after: int, limit: int = 5_000
    ) -> list[journal.ChainedRecord]:
        return self._house(controller).records[after : after + limit]

    def verify_journal(self, controller: ControllerId) -> JournalHead:
        house = self._house(controller)
        return journal.verify(house.secret, controller, journal.GENESIS, house.records)

    def _house(self, controller: ControllerId) -> KeyHouse:
        if controller not in self._houses:
            message = f"controller {controller} is unknown"
            raise KeyUnavailable(message)
        return self._houses[controller]
