"""Arrivals: new subjects take the controller's next ordinals, 256 to a cohort.

Rules. The caller holds the controller's row lock from :func:`lock_arrivals` to its commit, so
ordinals have no gaps and a cohort is created once; its row is then locked ``FOR SHARE`` like any
other. The order of arrival is the order of the page.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

from domain.values import ControllerId, Instant, SubjectId
from infra.keys.cache import Known
from infra.keys.database import Connection
from infra.keys.pepper_epoch import NEWEST, require_newest
from infra.keys.ring import ControllerRing
from infra.keys.roots import hold_roots, newest_of
from infra.keys.tree import COHORT_COLUMNS, CohortKey, CohortRow, cohort_aad
from infra.keys.vault import Vault
from infra.keys.wrapping import KEY_BYTES
from infra.random_ids import random_bytes

COHORT_SIZE = 256
"""DESIGN "Keys": what one finalisation re-wraps for one erasure."""

_LOCK = "SELECT arrivals FROM controller WHERE controller = %b FOR NO KEY UPDATE"
_TAKEN = "SELECT 1 FROM lookup WHERE token = ANY(%b) LIMIT 1"
_GUARDS = "SELECT token, erased_at FROM erased_source WHERE token = ANY(%b)"
_COHORTS = (
    f"SELECT {COHORT_COLUMNS} FROM cohort WHERE controller = %b AND number BETWEEN %b AND %b"  # noqa: S608 - a constant
    " ORDER BY cohort FOR SHARE"
)
_NEW_COHORT = (
    "INSERT INTO cohort (controller, number, root_version, wrapped, rekeyed_at_seq)"
    " VALUES (%b, %b, %b, %b, (SELECT sequence FROM journal_head WHERE controller = %b))"
    " ON CONFLICT (controller, number) DO NOTHING"
)
"""No erasure before it concerns a new cohort, so it counts as rekeyed at the journal's end."""
_NEW_SUBJECTS = (
    "INSERT INTO subject (controller, created_at, subject, cohort)"
    " SELECT %b, %b, * FROM unnest(%b::uuid[], %b::bigint[])"
)
_COUNT = "UPDATE controller SET arrivals = arrivals + %b WHERE controller = %b"


def lock_arrivals(
    connection: Connection,
    ring: ControllerRing,
    new: Mapping[bytes, SubjectId],
    known: Mapping[bytes, Known],
) -> int | None:
    """Lock the controller's arrivals and return their number.

    None when, under the lock, one of the ``new`` is there after all or her guard is not the one
    that was ``known``.

    Raises:
        PepperMoved: they would be looked for, and written, under an older pepper.
    """
    tokens = [token for inner in new for token in ring.tokens(inner)]
    guards = {ring.late_token(inner): known[inner].guard for inner in new}
    with connection.pipeline():
        count = connection.execute(_LOCK, (ring.controller,), binary=True)
        newest = connection.execute(NEWEST, (ring.controller,), binary=True)
        taken = connection.execute(_TAKEN, (tokens,), binary=True)
        guarded = connection.execute(_GUARDS, (list(guards),), binary=True)
        arrivals: int = count.fetchall()[0][0]
        require_newest(ring, newest.fetchall()[0][0])
        standing = dict(guarded.fetchall())
        expected = {token: guard.erased_at for token, guard in guards.items() if guard}
        overtaken = taken.fetchone() is not None or standing != expected
    return None if overtaken else arrivals


def arrive(
    vault: Vault,
    ring: ControllerRing,
    connection: Connection,
    subjects: Sequence[SubjectId],
    arrivals: int,
    now: Instant,
) -> dict[UUID, CohortKey]:
    """Insert new subjects after ``arrivals`` earlier ones; return each one's cohort key."""
    if not subjects:
        return {}
    first, last = arrivals // COHORT_SIZE, (arrivals + len(subjects) - 1) // COHORT_SIZE
    keys = _cohorts(vault, ring, connection, first, last)
    placed: dict[UUID, CohortKey] = {
        subject: keys[(arrivals + place) // COHORT_SIZE] for place, subject in enumerate(subjects)
    }
    cohorts = [key.cohort for key in placed.values()]
    connection.execute(_NEW_SUBJECTS, (ring.controller, now, list(placed), cohorts))
    connection.execute(_COUNT, (len(subjects), ring.controller))
    return placed


def _cohorts(
    vault: Vault, ring: ControllerRing, connection: Connection, first: int, last: int
) -> dict[int, CohortKey]:
    asked = (ring.controller, first, last)
    rows = [CohortRow(*row) for row in connection.execute(_COHORTS, asked, binary=True)]
    missing = set(range(first, last + 1)) - {row.number for row in rows}
    if missing:
        holder = _holder(vault, ring, connection)
        for number in sorted(missing):
            connection.execute(_NEW_COHORT, _fresh(holder, number))
        rows = [CohortRow(*row) for row in connection.execute(_COHORTS, asked, binary=True)]
    return {row.number: vault.tree.cohort_key(ring.controller, row) for row in rows}


def _holder(vault: Vault, ring: ControllerRing, connection: Connection) -> ControllerRing:
    """Return the ring whose newest version is the newest there is, and stays so."""
    hold_roots(connection)
    newest = newest_of(connection, ring.controller)
    assert newest is not None, "the ring was loaded out of controller keys"
    return vault.tree.ring_with(ring.controller, newest)


def _fresh(ring: ControllerRing, number: int) -> tuple[ControllerId, int, int, bytes, ControllerId]:
    aad = cohort_aad(ring.controller, number, 1)
    wrapped = ring.keys[ring.version].wrap(random_bytes(KEY_BYTES), aad)
    return ring.controller, number, ring.version, wrapped, ring.controller
