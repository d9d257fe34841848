"""How final erasures are, in counts and times: what ``keys status`` and a dry run show."""

from dataclasses import dataclass
from uuid import UUID

from domain.values import ControllerId, Instant
from infra.keys.database import Connection
from infra.keys.finalisation_run import Run, under_way
from infra.keys.finalised import decode_finalised
from infra.keys.record import ChainedRecord
from infra.keys.vault import Vault

_VERSIONS = "SELECT root_version, count(*) FROM controller_key GROUP BY 1 ORDER BY 1"
_COHORTS = (
    "SELECT root_version, count(*), count(*) FILTER (WHERE dirty) FROM cohort GROUP BY 1 ORDER BY 1"
)
_BUCKETS = (
    "SELECT count(*), count(*) FILTER (WHERE dirty) FROM loose_bucket WHERE wrapped IS NOT NULL"
)
_DIRTY_KEYS = (
    "SELECT count(*) FROM cohort c JOIN subject s ON s.cohort = c.cohort"
    " JOIN dek d ON d.subject = s.subject WHERE c.dirty"
)
_OPEN = (
    "SELECT c.slug, h.controller, h.sequence, f.covers, f.final FROM journal_head h"
    " JOIN controller c ON c.controller = h.controller LEFT JOIN LATERAL (SELECT covers, run,"
    " encoded AS final FROM finalised WHERE controller = h.controller ORDER BY number DESC LIMIT 1)"
    " f ON true ORDER BY c.slug"
)
_OF_ERASURES = (
    " FROM journal WHERE controller = %b AND sequence > %b AND position(%b::bytea IN encoded) = 0"
)
_WAITING = "SELECT count(*)" + _OF_ERASURES
_NEXT = "SELECT sequence, encoded, chain" + _OF_ERASURES + " ORDER BY sequence LIMIT 1"
_NOBODY = str(UUID(int=0)).encode()
"""Whom a restoration is about, as its bytes say it: it destroyed nothing and waits for nothing."""


@dataclass(frozen=True, slots=True)
class CohortCount:
    """Cohorts whose key hangs off a root version, and how many of them are dirty."""

    root_version: int
    cohorts: int
    dirty: int


@dataclass(frozen=True, slots=True)
class Finality:
    """One controller: its journal's end, how far T2 reaches, and what is open since when.

    ``final_at`` is the last T2, ``oldest_at`` when the oldest erasure not finalised was done.
    """

    slug: str
    controller: ControllerId
    sequence: int
    covers: int
    final_at: Instant | None
    open: int
    oldest_at: Instant | None


@dataclass(frozen=True, slots=True)
class KeyStatus:
    """The whole key database."""

    root_versions: dict[int, int]
    cohorts: tuple[CohortCount, ...]
    buckets: int
    dirty_buckets: int
    dirty_keys: int
    controllers: tuple[Finality, ...]
    run: Run | None

    @property
    def dirty_cohorts(self) -> int:
        """Cohorts that a finalisation would rekey."""
        return sum(count.dirty for count in self.cohorts)

    @property
    def clean_cohorts(self) -> int:
        """Cohorts whose key a finalisation would only wrap again."""
        return sum(count.cohorts - count.dirty for count in self.cohorts)


def key_status(vault: Vault) -> KeyStatus:
    """Read how final the erasures are.

    Raises:
        KeyUnavailable: the key database is away.
    """
    with vault.database.transaction() as connection:
        buckets = connection.execute(_BUCKETS, binary=True).fetchall()[0]
        return KeyStatus(
            root_versions=dict(connection.execute(_VERSIONS, binary=True).fetchall()),
            cohorts=tuple(
                CohortCount(*row) for row in connection.execute(_COHORTS, binary=True).fetchall()
            ),
            buckets=buckets[0],
            dirty_buckets=buckets[1],
            dirty_keys=connection.execute(_DIRTY_KEYS, binary=True).fetchall()[0][0],
            controllers=tuple(_controllers(connection)),
            run=under_way(connection),
        )


def _controllers(connection: Connection) -> list[Finality]:
    found = []
    for slug, controller, sequence, covers, encoded in connection.execute(
        _OPEN, binary=True
    ).fetchall():
        reached = covers or 0
        final_at = None if encoded is None else decode_finalised(encoded).final_at
        asked = (controller, reached, _NOBODY)
        oldest = connection.execute(_NEXT, asked, binary=True).fetchall()
        ((waiting,),) = connection.execute(_WAITING, asked, binary=True).fetchall()
        found.append(
            Finality(
                slug,
                ControllerId(controller),
                sequence,
                reached,
                final_at,
                waiting,
                ChainedRecord(*oldest[0]).decoded().destroyed_at if oldest else None,
            )
        )
    return found
