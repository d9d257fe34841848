"""A person whose keys were made and whose first fact never came.

``SubjectAbandoned`` takes version 1 of her stream, so a late append conflicts and resolves to a
person again; then her keys are destroyed like anyone's. Repeating it is safe at every step.
"""

from collections.abc import Callable, Sequence
from uuid import UUID

from consumers.erasure_ports import Doors
from consumers.ports import Batch, Recording, VersionConflict
from domain import subject as subjects
from domain.erasure import SubjectAbandoned
from domain.fact import house_stamp
from domain.keyring import DestroyOrder
from domain.values import ControllerId, ErasureId, FactId, Instant, SubjectId


def abandon(
    doors: Doors,
    controller: ControllerId,
    people: Sequence[SubjectId],
    now: Instant,
    new_id: Callable[[], UUID],
) -> int:
    """Abandon people without a stream and destroy their keys; return how many.

    Raises:
        KeyUnavailable, LogUnavailable: a database is away.
    """
    ended = [s for s in people if _end(doors, controller, s, now, ErasureId(new_id()))]
    orders = [DestroyOrder(s, _erasure_id(doors, s), None, (), guarded=False) for s in ended]
    if orders:
        destroyed = doors.shredder.destroy(controller, orders)
        head = max(destroyed, key=lambda d: d.head.sequence).head
        doors.anchor(controller, head)
        doors.log.append(Batch(erasure_head=(controller, head)))
    return len(orders)


def _end(
    doors: Doors, controller: ControllerId, subject: SubjectId, now: Instant, erasure_id: ErasureId
) -> bool:
    """Append the fact unless it is there; false when her first fact came after all."""
    head = doors.log.load(controller, [subject], []).heads[subject]
    stamp = house_stamp(controller, FactId(erasure_id), now)
    claim = SubjectAbandoned(erasure_id)
    decision = subjects.decide(head.state, stamp, claim)
    if not isinstance(decision, tuple):
        return False
    if not decision:
        return True
    state = subjects.evolve(head.state, stamp, claim)
    recording = Recording(controller, subject, head.version, ((stamp, claim),), state)
    try:
        doors.log.append(Batch((recording,)))
    except VersionConflict:
        return False
    return True


def _erasure_id(doors: Doors, subject: SubjectId) -> ErasureId:
    """Read the id the stream was abandoned under, so that destroying twice is one destruction."""
    (entry,) = doors.log.stream(subject)
    assert isinstance(entry.fact, SubjectAbandoned)
    return entry.fact.erasure_id
