"""Locking people for creating: what destruction cannot pass.

Rules. Create = subject row ``FOR SHARE`` and seen live, cohort row ``FOR SHARE`` (its generation is
the one wrapped under), insert; destroy takes the same rows ``FOR UPDATE``; order subject, cohort,
keys, each by id. ``INSERT ... WHERE NOT EXISTS (tombstone)`` was refused: under READ COMMITTED its
snapshot may be older than the destruction it races, and it left a live key behind.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from domain.answers import KeyUnavailable, SubjectErased
from domain.values import ControllerId, SubjectId
from infra.keys.database import Connection
from infra.keys.fetching import Pair
from infra.keys.tree import COHORT_COLUMNS, CohortKey, CohortRow
from infra.keys.vault import Vault

_LOCK_SUBJECTS = (
    "SELECT subject, cohort, erased FROM subject"
    " WHERE controller = %b AND subject = ANY(%b) ORDER BY subject FOR SHARE"
)
_LOCK_COHORTS = (
    f"SELECT {COHORT_COLUMNS} FROM cohort WHERE cohort IN"  # noqa: S608 - a constant
    " (SELECT cohort FROM subject WHERE subject = ANY(%b)) ORDER BY cohort FOR SHARE"
)
_LAST_EPOCHS = (
    "WITH w AS (SELECT * FROM unnest(%b::uuid[], %b::text[]) AS w(subject, category))"
    " SELECT subject, category, max(epoch) FROM ("
    "SELECT w.subject, w.category, t.epoch FROM w"
    " JOIN tombstone t ON t.subject = w.subject AND t.category = w.category"
    " UNION ALL SELECT w.subject, w.category, d.epoch FROM w"
    " JOIN dek d ON d.subject = w.subject AND d.category = w.category"
    ") k GROUP BY subject, category"
)


class LockedSubject(NamedTuple):
    """A subject row, locked; ``cohort`` is None when the database never held keys for her."""

    cohort: int | None
    erased: bool


class Locked(NamedTuple):
    """What was locked for creating: subjects, their cohorts' keys, last epochs."""

    subjects: Mapping[UUID, LockedSubject]
    cohorts: Mapping[int, CohortKey]
    epochs: Mapping[Pair, int]

    def cohort_of(self, subject: SubjectId) -> CohortKey:
        """Return the cohort key of a locked subject.

        Raises:
            KeyUnavailable: the key database does not know the subject, or holds no keys for her.
        """
        found = self.subjects.get(subject)
        if found is None or found.cohort is None:
            message = f"subject {subject} is unknown to the key database"
            raise KeyUnavailable(message)
        return self.cohorts[found.cohort]

    def living_cohort_of(self, subject: SubjectId) -> CohortKey:
        """Return the cohort key of a locked subject who is not erased.

        Raises:
            SubjectErased: she is.
            KeyUnavailable: the key database does not know her.
        """
        cohort = self.cohort_of(subject)
        if self.subjects[subject].erased:
            raise SubjectErased(subject)
        return cohort


def lock_existing(
    vault: Vault,
    controller: ControllerId,
    connection: Connection,
    pairs: Sequence[Pair],
    others: Iterable[UUID] = (),
) -> Locked:
    """Lock the subjects of ``pairs`` and ``others`` and their cohorts for sharing, each by id."""
    subjects = list({subject for subject, _ in pairs}.union(others))
    columns = [subject for subject, _ in pairs], [category for _, category in pairs]
    with connection.pipeline():
        people = connection.execute(_LOCK_SUBJECTS, (controller, subjects), binary=True)
        cohorts = connection.execute(_LOCK_COHORTS, (subjects,), binary=True)
        epochs = connection.execute(_LAST_EPOCHS, columns, binary=True)
        rows = [CohortRow(*row) for row in cohorts]
        return Locked(
            {row[0]: LockedSubject(*row[1:]) for row in people},
            {row.cohort: vault.tree.cohort_key(controller, row) for row in rows},
            {(subject, category): last for subject, category, last in epochs},
        )
