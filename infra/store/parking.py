"""Items that were set aside: visible, countable, replayable, discardable.

Their payloads stay sealed under keys of their own; whoever replays one opens it elsewhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import LiteralString
from uuid import UUID

from consumers.ports import Parked, ParkReason
from domain.values import ControllerId, Instant
from infra.store.arrays import uuids
from infra.store.database import Database

_PARKED: LiteralString = """
SELECT parked_id, controller, position_name, position_index, reason, token, parked_at FROM parked
"""
_SETTLE: LiteralString = """
UPDATE parked SET outcome = %b::text, settled_at = coalesce(settled_at, %b::bigint)
WHERE parked_id = ANY(%b) AND coalesce(outcome = %b::text, true)
RETURNING parked_id
"""


class Outcome(StrEnum):
    """How a parked item was settled."""

    REPLAYED = "replayed"
    DISCARDED = "discarded"


@dataclass(frozen=True, slots=True)
class ParkedCount:
    """How many items wait for one reason; ``controller`` None: nobody's yet."""

    controller: ControllerId | None
    reason: ParkReason
    waiting: int


class Parking:
    """Reads and settles parked items. Every method raises ``LogUnavailable`` when away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def counts(self) -> list[ParkedCount]:
        """Count the items that wait, by controller and reason."""
        rows = self._database.rows(
            "SELECT controller, reason, count(*) FROM parked WHERE outcome IS NULL"
            " GROUP BY controller, reason ORDER BY controller NULLS LAST, reason"
        )
        return [ParkedCount(controller, ParkReason(why), n) for controller, why, n in rows]

    def waiting(self, limit: int, after: Parked | None = None) -> list[Parked]:
        """Return items that wait, oldest first, behind ``after``."""
        start = (0, UUID(int=0)) if after is None else (after.parked_at, after.parked_id)
        return self._items(
            f"{_PARKED} WHERE outcome IS NULL AND (parked_at, parked_id) > (%b, %b)"
            " ORDER BY parked_at, parked_id LIMIT %b",
            (*start, limit),
        )

    def payloads(self, parked_ids: Sequence[UUID]) -> list[Parked]:
        """Return the named items with their payload tokens, settled or not, in no order."""
        return self._items(f"{_PARKED} WHERE parked_id = ANY(%b)", (uuids(parked_ids),))

    def settle(self, parked_ids: Sequence[UUID], outcome: Outcome, at: Instant) -> list[UUID]:
        """Mark items as replayed or discarded; return those that are so now.

        An item settled otherwise before stays as it was and is not returned. May be repeated.
        """
        rows = self._database.rows(_SETTLE, (outcome.value, at, uuids(parked_ids), outcome.value))
        return [parked_id for (parked_id,) in rows]

    def _items(self, sql: LiteralString, params: Sequence[object]) -> list[Parked]:
        return [
            Parked(parked_id, controller, name, index, ParkReason(reason), token, at)
            for parked_id, controller, name, index, reason, token, at in self._database.rows(
                sql, params
            )
        ]
