"""Items that were set aside: visible, countable, replayable, discardable.

Their payloads stay sealed under keys of their own; whoever replays one opens it elsewhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import LiteralString, NamedTuple
from uuid import UUID

from consumers.parking import Outcome
from consumers.ports import Parked, ParkReason
from domain.values import ControllerId, Instant, SubjectId
from infra.store.arrays import uuids
from infra.store.database import Database

_PARKED: LiteralString = """
SELECT parked_id, controller, position_name, position_index, reason, token, parked_at, subject,
    topic
FROM parked
"""
_SETTLE: LiteralString = """
UPDATE parked SET outcome = %b::text, settled_at = coalesce(settled_at, %b::bigint)
WHERE parked_id = ANY(%b) AND coalesce(outcome = %b::text, true)
RETURNING parked_id
"""


@dataclass(frozen=True, slots=True)
class ParkedCount:
    """How many items wait for one reason; ``controller`` None: nobody's yet."""

    controller: ControllerId | None
    reason: ParkReason
    waiting: int


@dataclass(frozen=True, slots=True)
class ParkedAge:
    """How many items of a controller (None: nobody's yet) wait, and since when."""

    controller: ControllerId | None
    waiting: int
    oldest: Instant


class Unattributed(NamedTuple):
    """How many items that name nobody wait, and when the latest of them was parked."""

    waiting: int
    latest: Instant | None


class Settled(NamedTuple):
    """How an item was settled, and when."""

    outcome: Outcome
    at: Instant


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

    def ages(self) -> list[ParkedAge]:
        """Count the items that wait, by controller, with the oldest one's time."""
        rows = self._database.rows(
            "SELECT controller, count(*), min(parked_at) FROM parked WHERE outcome IS NULL"
            " GROUP BY controller ORDER BY controller NULLS LAST"
        )
        return [ParkedAge(*row) for row in rows]

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

    def settled(self, parked_ids: Sequence[UUID]) -> dict[UUID, Settled]:
        """Say how items were settled; those that wait are not in the answer."""
        rows = self._database.rows(
            "SELECT parked_id, outcome, settled_at FROM parked"
            " WHERE parked_id = ANY(%b) AND outcome IS NOT NULL",
            (uuids(parked_ids),),
        )
        return {parked_id: Settled(Outcome(how), at) for parked_id, how, at in rows}

    def of(self, subjects: Sequence[SubjectId]) -> list[UUID]:
        """Name every item about these people, settled or not."""
        rows = self._database.rows(
            "SELECT parked_id FROM parked WHERE subject = ANY(%b)", (uuids(subjects),)
        )
        return [parked_id for (parked_id,) in rows]

    def waiting_about(self, subject: SubjectId) -> int:
        """Count the items about a person that wait."""
        ((count,),) = self._database.rows(
            "SELECT count(*) FROM parked WHERE subject = %b AND outcome IS NULL", (subject,)
        )
        return int(count)

    def unattributed(self, controller: ControllerId, before: Instant) -> Unattributed:
        """Count the items parked before an instant that wait and name nobody: they may be hers."""
        (row,) = self._database.rows(
            "SELECT count(*), max(parked_at) FROM parked WHERE outcome IS NULL AND subject IS NULL"
            " AND coalesce(controller = %b, true) AND parked_at <= %b",
            (controller, before),
        )
        return Unattributed(*row)

    def lapse(self, before: Instant, at: Instant) -> int:
        """Mark as discarded what was parked before an instant and still waits: its key is gone."""
        rows = self._database.rows(
            "UPDATE parked SET outcome = %b::text, settled_at = %b"
            " WHERE outcome IS NULL AND parked_at <= %b RETURNING parked_id",
            (Outcome.DISCARDED.value, at, before),
        )
        return len(rows)

    def _items(self, sql: LiteralString, params: Sequence[object]) -> list[Parked]:
        rows = self._database.rows(sql, params)
        return [
            Parked(
                parked_id, controller, name, index, ParkReason(reason), token, at, subject, topic
            )
            for parked_id, controller, name, index, reason, token, at, subject, topic in rows
        ]
