"""Cohort keys and data keys made anew, a page of cohorts a transaction.

Rules. The caller holds the cohorts' rows ``FOR UPDATE``. A cohort key: another one, generation + 1,
everything alive under the old one is wrapped under it; the root version stays, and so does
``rekeyed_at_seq``, which belongs to finalisation alone: a copy from before still opens with the
cohort's old key until the root above that dies. Data keys: the present ones are retired: they open
and are not sealed with any more; the next seal of a category makes its next epoch. Keys of
``notice/`` and ``request/`` are used once and die within a month: they stay.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from domain.values import ControllerId, Instant
from infra.keys.database import Connection
from infra.keys.rekeying import carry_deks, carry_lookups, renew
from infra.keys.rewrapping import ScopeKeys
from infra.keys.tree import CohortRow, cohort_aad

_STORE = (
    "UPDATE cohort c SET dirty = false, generation = w.generation, wrapped = w.wrapped"
    " FROM unnest(%b::bigint[], %b::int[], %b::bytea[]) AS w(cohort, generation, wrapped)"
    " WHERE c.cohort = w.cohort"
)
_RETIRE = (
    "UPDATE dek d SET retired = d.epoch FROM subject s WHERE s.cohort = ANY(%b)"
    " AND d.subject = s.subject AND d.retired = 0 AND NOT d.survives AND d.created_at <= %b"
)


class Owned(NamedTuple):
    """A cohort, locked, and whose it is."""

    controller: ControllerId
    row: CohortRow


class Moved(NamedTuple):
    """What a page moved."""

    keys: int
    lookups: int


def by_controller(page: Sequence[Owned]) -> Mapping[ControllerId, list[CohortRow]]:
    """Part a page by controller."""
    parted: dict[ControllerId, list[CohortRow]] = defaultdict(list)
    for controller, row in page:
        parted[controller].append(row)
    return parted


def renew_cohorts(
    connection: Connection, scopes: Mapping[UUID, ScopeKeys], page: Sequence[Owned]
) -> Moved:
    """Give locked cohorts new keys.

    Raises:
        SealBroken: a wrapped key was changed or moved.
    """
    keys = lookups = 0
    for controller, rows in by_controller(page).items():
        held = scopes[controller]
        renewed = {row.cohort: renew(held, row) for row in rows}
        keys += carry_deks(connection, controller, renewed)
        lookups += carry_lookups(connection, controller, renewed)
        columns = [
            (row.cohort, row.generation + 1, _wrapped(held, row, renewed[row.cohort].new.secret))
            for row in rows
        ]
        connection.execute(_STORE, [list(column) for column in zip(*columns, strict=True)])
    return Moved(keys, lookups)


def _wrapped(held: ScopeKeys, row: CohortRow, secret: bytes) -> bytes:
    aad = cohort_aad(ControllerId(held.scope), row.number, row.generation + 1)
    return held.keys[row.root_version].wrap(secret, aad)


def retire_keys(connection: Connection, page: Sequence[Owned], since: Instant) -> Moved:
    """Retire the data keys of locked cohorts that are as old as ``since``."""
    cohorts = [row.cohort for _, row in page]
    return Moved(connection.execute(_RETIRE, (cohorts, since)).rowcount, 0)
