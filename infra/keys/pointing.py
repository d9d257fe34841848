"""The Suppressor's door of the keyring: it forwards to :mod:`infra.keys.suppression`."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from domain.keyring import Contact
from domain.suppression import (
    LiftOrder,
    Pointer,
    Standing,
    SuppressionCount,
    SuppressionReason,
    SuppressOrder,
)
from domain.values import ControllerId, Instant, SubjectId
from infra.keys import suppression
from infra.keys.vault import Vault


class PointerDoor(ABC):
    """What a keyring answers about pointers, once the restore gate has passed."""

    _vault: Vault

    @abstractmethod
    def _pass_gate(self) -> None:
        """Ask the restore gate, once a process."""

    def suppressed(
        self, controller: ControllerId, pages: Sequence[tuple[Contact, ...]]
    ) -> list[frozenset[SuppressionReason]]:
        """Say which reasons stand for any contact of each group."""
        return [frozenset(one) for one in self.standing(controller, pages)]

    def standing(
        self, controller: ControllerId, pages: Sequence[tuple[Contact, ...]]
    ) -> list[Standing]:
        """Say which reasons stand for any contact of each group, and since when."""
        self._pass_gate()
        return suppression.standing(self._vault, controller, pages)

    def pointers(
        self, controller: ControllerId, pages: Sequence[tuple[Contact, ...]]
    ) -> list[frozenset[Pointer]]:
        """Name the pointers of each group of contacts."""
        return suppression.pointers(self._vault, controller, pages)

    def standing_of_people(
        self, controller: ControllerId, subjects: Sequence[SubjectId]
    ) -> list[Standing]:
        """Say which reasons stand for any address of each person, and since when."""
        self._pass_gate()
        return suppression.standing_of_people(self._vault, controller, subjects)

    def suppress(self, controller: ControllerId, orders: Sequence[SuppressOrder]) -> int:
        """Leave pointers; see :func:`suppression.suppress`."""
        return suppression.suppress(self._vault, controller, orders)

    def lift(self, controller: ControllerId, orders: Sequence[LiftOrder]) -> int:
        """Remove pointers; return how many there were."""
        return suppression.lift(self._vault, controller, orders)

    def suppressions(self, controller: ControllerId) -> list[SuppressionCount]:
        """Count the pointers that stand, by reason and kind."""
        return suppression.count(self._vault, controller)

    def expire_suppressions(self, now: Instant) -> int:
        """Delete the pointers whose time is over; return how many."""
        return suppression.expire(self._vault, now)
