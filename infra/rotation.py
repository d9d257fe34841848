"""Wires a rotation to a house: the restore gate before it, its escrow copies, the access audit.

Every controller's audit tells who began it and that it ended, under the call's own random id: one
that was cut short has a beginning without an end, and its successor another beginning.
``purpose`` is ``key-rotation``; ``opened`` counts the cohorts carried in the whole house.
"""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from domain.values import SubjectId
from infra.finalisation import escrows_of
from infra.gate import restore_gate
from infra.house import House
from infra.keys.finalisation_shapes import Progress
from infra.keys.rotating import Rotated, rotate
from infra.keys.rotating_roots import RootDoors
from infra.keys.rotation_run import Rotating, under_way
from infra.random_ids import random_id
from infra.store.audit import Opening

PURPOSE = "key-rotation"

_COUNT = (
    "SELECT (SELECT count(*) FROM cohort), (SELECT count(*) FROM dek WHERE retired = 0"
    " AND NOT survives), (SELECT count(*) FROM dek), (SELECT count(*) FROM lookup)"
)


@dataclass(frozen=True, slots=True)
class Planned:
    """What a rotation would carry, and whether one was cut short and would be taken up."""

    what: Rotating
    cohorts: int
    keys: int
    lookups: int
    under_way: bool


def plan_rotation(house: House, what: Rotating) -> Planned:
    """Count what a rotation would carry; nothing is changed.

    Raises:
        KeyUnavailable: the key database is away.
    """
    with house.keyring.vault.database.reading() as connection:
        rows = connection.execute(_COUNT, binary=True).fetchall()
        begun = under_way(connection, what) is not None
    cohorts, present, keys, lookups = rows[0]
    carried = {
        Rotating.ROOT: (0, 0),
        Rotating.COHORTS: (keys, lookups),
        Rotating.KEYS: (present, 0),
        Rotating.PEPPERS: (0, lookups),
    }
    return Planned(what, cohorts, *carried[what], begun)


def rotate_house(
    house: House,
    what: Rotating,
    account: str,
    report: Callable[[Progress], None] = lambda _progress: None,
) -> Rotated:
    """Rotate keys of a house, once the restore gate has passed; ``account`` is who asked.

    Raises:
        GateClosed: the databases are older than the anchor.
        FinalisationUnderWay, KeyUnavailable, SealBroken: see :func:`rotate`.
        LogUnavailable: the access audit is away; without it nothing is begun.
    """
    restore_gate(house)()
    call = random_id()
    _tell(house, account, f"rotate.{what.value}.begun", call, 0)
    doors = RootDoors(house.provider, escrows_of(house.settings))
    ended = rotate(house.keyring.vault, what, doors, report)
    _tell(house, account, f"rotate.{what.value}.ended", call, ended.progress.done)
    return ended


def _tell(house: House, account: str, view: str, call: UUID, count: int) -> None:
    for controller in house.controllers.values():
        opening = Opening(account, PURPOSE, controller, view, [SubjectId(call)], [count])
        house.audit.record(opening, house.clock.now())
