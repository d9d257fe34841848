"""Clearing look-ups at erasure: found, guarded, deleted and read back.

Rules. The caller holds the cohorts' rows ``FOR UPDATE``, so nobody adds a look-up meanwhile. A
row's subject is only known by unwrapping it, so the whole cohort is read (at most 256 people's).
After the deletion the cohort is read again: every row left must be, byte for byte, one that was
unwrapped as somebody else's. Each (source, remote id) of hers leaves a late-fact guard, computed
from the row's inner value; what else is to be made of her rows is made between reading and deleting
them.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from domain.answers import SealBroken
from domain.values import ControllerId, Instant, SubjectId
from infra.keys.database import Connection
from infra.keys.lookups import SUBJECT_BYTES, lookup_aad
from infra.keys.normalise import SOURCE_KIND
from infra.keys.shapes import LATE_FACT_PERIOD
from infra.keys.tree import COHORT_COLUMNS, CohortRow
from infra.keys.vault import Vault

_COHORTS = f"SELECT {COHORT_COLUMNS} FROM cohort WHERE cohort = ANY(%b)"  # noqa: S608 - a constant
_SCAN = "SELECT token, mark, kind, wrapped, cohort FROM lookup WHERE cohort = ANY(%b)"
_DELETE = (
    "DELETE FROM lookup USING unnest(%b::bytea[], %b::bytea[]) AS w(token, mark)"
    " WHERE lookup.token = w.token AND lookup.mark = w.mark"
)
_GUARD = (
    "INSERT INTO erased_source (controller, erased_at, until, token)"
    " SELECT %b, %b, %b, * FROM unnest(%b::bytea[])"
    " ON CONFLICT (token) DO UPDATE SET erased_at = excluded.erased_at, until = excluded.until"
)


class Stored(NamedTuple):
    """A look-up row as stored."""

    token: bytes
    mark: bytes
    kind: int
    wrapped: bytes
    cohort: int


class Held(NamedTuple):
    """A look-up row and what it unwraps to."""

    row: Stored
    subject: SubjectId
    inner: bytes


def scan(
    vault: Vault,
    connection: Connection,
    controller: ControllerId,
    people: Collection[SubjectId],
    cohorts: Collection[int],
) -> tuple[list[Held], set[Stored]]:
    """Unwrap every look-up of the cohorts; return those of ``people``, and everybody else's rows.

    Raises:
        SealBroken: a row was changed or moved.
    """
    rows = connection.execute(_COHORTS, (list(cohorts),), binary=True).fetchall()
    keys = {row[0]: vault.tree.cohort_key(controller, CohortRow(*row)).key for row in rows}
    asked = {subject.bytes: subject for subject in people}
    hers, others = [], set()
    for row in _stored(connection, cohorts):
        token, _, kind, wrapped, cohort = row
        opened = keys[cohort].unwrap(wrapped, lookup_aad(controller, kind, token))
        subject = asked.get(opened[:SUBJECT_BYTES])
        if subject is None:
            others.add(row)
        else:
            hers.append(Held(Stored(*row), subject, opened[SUBJECT_BYTES:]))
    return hers, others


def clear_lookups(
    vault: Vault,
    connection: Connection,
    whose: tuple[ControllerId, Mapping[SubjectId, int], AbstractSet[SubjectId]],
    now: Instant,
    before: Callable[[Sequence[Held]], object],
) -> Mapping[SubjectId, int]:
    """Clear the look-ups of a controller's people and return how many each had.

    ``whose`` is the controller, the cohort of each person, and for whom guards are left. ``before``
    is given their rows, unwrapped, before they are deleted.

    Raises:
        SealBroken: a row does not unwrap, or one was left that is not somebody else's.
    """
    controller, people, guarded = whose
    cohorts = set(people.values())
    if not cohorts:
        return {}
    hers, others = scan(vault, connection, controller, people, cohorts)
    before(hers)
    late_token = vault.tree.ring(controller).late_token
    guards = [
        late_token(each.inner)
        for each in hers
        if each.row.kind == SOURCE_KIND and each.subject in guarded
    ]
    with connection.pipeline():
        columns = [each.row.token for each in hers], [each.row.mark for each in hers]
        connection.execute(_DELETE, columns)
        connection.execute(_GUARD, (controller, now, now + LATE_FACT_PERIOD, guards))
    _read_back(connection, cohorts, others)
    return Counter(each.subject for each in hers)


def _read_back(connection: Connection, cohorts: Collection[int], others: set[Stored]) -> None:
    if not others.issuperset(_stored(connection, cohorts)):
        message = "a look-up of an erased person was left after clearing"
        raise SealBroken(message)


def _stored(connection: Connection, cohorts: Collection[int]) -> list[Stored]:
    """Read rows as plain tuples, which compare and hash like :class:`Stored` and cost less."""
    return connection.execute(_SCAN, (list(cohorts),), binary=True).fetchall()
