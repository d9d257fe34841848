"""The steps of erasures found in a batch: what keeps ``erasure_process`` in step with the log.

An erasure is pending from ``ErasureOrdered`` to ``SubjectErased``. ``SubjectAbandoned`` is ordered
and ended at once: nothing may follow it, and its keys are found again through the key database.
"""

from collections.abc import Sequence
from dataclasses import replace

from consumers.ports import Recording
from domain.erasure import ErasureOrdered, SubjectAbandoned, SubjectErased
from domain.fact import Fact, Stamp
from domain.values import ErasureId, SubjectId
from infra.store.records import PendingErasure

ProcessKey = tuple[SubjectId, ErasureId]


def steps(recordings: Sequence[Recording]) -> list[PendingErasure]:
    """Return each erasure touched by the batch, as it stands after it, one row an erasure.

    An erasure ended by a ``SubjectErased`` whose order is in an earlier batch has that fact's
    own time as ``ordered_at``; :func:`merge` keeps the earlier one.
    """
    found: dict[ProcessKey, PendingErasure] = {}
    for recording in recordings:
        for stamp, fact in recording.facts:
            step = _step(recording, stamp, fact)
            if step is not None:
                key = (step.subject, step.erasure_id)
                found[key] = merge(found[key], step) if key in found else step
    return list(found.values())


def merge(standing: PendingErasure, step: PendingErasure) -> PendingErasure:
    """Put a later step on what stands: the order's own time and scope are kept, an end stays."""
    ended = step.ended_at if standing.ended_at is None else standing.ended_at
    return replace(standing, ended_at=ended)


def _step(recording: Recording, stamp: Stamp, fact: Fact) -> PendingErasure | None:
    if not isinstance(fact, ErasureOrdered | SubjectErased | SubjectAbandoned):
        return None
    return PendingErasure(
        controller=recording.controller,
        subject=recording.subject,
        erasure_id=fact.erasure_id,
        category=None if isinstance(fact, SubjectAbandoned) else fact.category,
        ordered_at=stamp.recorded_at,
        ended_at=None if isinstance(fact, ErasureOrdered) else stamp.recorded_at,
    )
