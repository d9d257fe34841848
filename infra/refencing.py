"""Raising fences again that a restored event database has lost: what the journal tells is a fact.

``ErasureRequested``, ``ErasureApproved`` and ``ErasureOrdered`` are decided in order under the
record's erasure id, dated when the keys were destroyed; then the erasure process ends the erasure
as any that was cut short. The ground and the approver of the first time are lost with the facts:
the ground is now the controller's own duty, the approver who reconciles. Where the restored log
still waits for a second person and the one who reconciles is the first, the journal is the second:
what it tells of was approved once (:data:`JOURNAL`). Another request that still waits there was
declined before. Recipients are not told
again: the source's own id for the person was sealed in the lost fence; a fact that a source still
sends about her is refused, and that source is told then.
"""

from collections.abc import Iterator, Sequence
from uuid import NAMESPACE_URL, UUID, uuid5

from consumers.erasure import PAGE, ErasureProcess
from consumers.ports import Batch, Head, Recording
from domain import erasure
from domain import subject as subjects
from domain.decisions import Refused
from domain.erasure import (
    ErasureApproved,
    ErasureDeclined,
    ErasureOrdered,
    ErasureReason,
    ErasureRequested,
    ErasureState,
    Phase,
)
from domain.fact import HOUSE, Actor, Fact, Stamp
from domain.values import ControllerId, ErasureId, FactId, SubjectId
from infra.house import House
from infra.keys.record import JournalRecord
from infra.random_ids import random_id

JOURNAL = uuid5(NAMESPACE_URL, "glemmebok:journal")
"""Approves what the journal tells of, where who reconciles may not: no account has this id."""


def fence_again(
    house: House,
    process: ErasureProcess,
    approver: UUID,
    records: Sequence[JournalRecord],
) -> list[JournalRecord]:
    """Raise the fences of a controller's journal records and end the erasures, in order.

    Returns the records that the erasure's decider refused.

    Raises:
        ErasureFailed: a token of theirs opens.
        VersionConflict, KeyUnavailable, LogUnavailable: repeat it.
    """
    refused: list[JournalRecord] = []
    for page in _pages(records):
        refused += _fence_page(house, process, approver, page)
    return refused


def _fence_page(
    house: House, process: ErasureProcess, approver: UUID, page: Sequence[JournalRecord]
) -> list[JournalRecord]:
    controller = ControllerId(page[0].controller)
    people = [SubjectId(record.subject) for record in page]
    heads = house.store.load(controller, people, []).heads
    made: list[Recording] = []
    refused: list[JournalRecord] = []
    for record in page:
        recording = _recording(house, approver, record, heads[SubjectId(record.subject)])
        if recording is None:
            refused.append(record)
        elif recording.facts:
            made.append(recording)
    if made:
        house.store.append(Batch(tuple(made)))
    ended = [one.subject for one in refused]
    process.resume(controller, [person for person in people if person not in ended])
    return refused


def _recording(house: House, approver: UUID, record: JournalRecord, head: Head) -> Recording | None:
    """Decide what is missing of a fence; None when it cannot be raised."""
    state = head.state
    facts: list[tuple[Stamp, Fact]] = []
    for claim in [*_declined(record, state.erasure), *_claims(record, approver, state.erasure)]:
        decision = erasure.decide(state.erasure, claim, begun=state.facts > 0)
        if isinstance(decision, Refused):
            return None
        for fact in decision:
            stamp = _stamp(house, record, fact)
            state = subjects.evolve(state, stamp, fact)
            facts.append((stamp, fact))
    controller, subject = ControllerId(record.controller), SubjectId(record.subject)
    return Recording(controller, subject, head.version, tuple(facts), state)


def _declined(record: JournalRecord, state: ErasureState) -> tuple[ErasureDeclined, ...]:
    """Decline a request that waits and is not the record's: one is open at a time, so it was."""
    known = state.under_way
    waits = known is not None and known.phase is Phase.REQUESTED
    if known is None or not waits or known.erasure_id == record.erasure_id:
        return ()
    return (ErasureDeclined(known.erasure_id, JOURNAL),)


def _claims(
    record: JournalRecord, approver: UUID, state: ErasureState
) -> tuple[ErasureRequested | ErasureApproved | ErasureOrdered, ...]:
    erasure_id, category = ErasureId(record.erasure_id), record.scope
    if state.under_way is not None and state.under_way.requester == approver:
        approver = JOURNAL
    return (
        ErasureRequested(erasure_id, category, ErasureReason.LEGAL_OBLIGATION),
        ErasureApproved(erasure_id, approver),
        ErasureOrdered(
            erasure_id=erasure_id,
            category=category,
            categories=tuple([epoch.category for epoch in record.epochs]),
            epochs=tuple([epoch.epoch for epoch in record.epochs]),
            key_ids=tuple([epoch.key_id for epoch in record.epochs]),
            recipients=(),
        ),
    )


def _stamp(house: House, record: JournalRecord, fact: Fact) -> Stamp:
    fact_id = record.erasure_id if isinstance(fact, ErasureOrdered) else random_id()
    return Stamp(
        fact_id=FactId(fact_id),
        controller=ControllerId(record.controller),
        occurred_at=record.destroyed_at,
        recorded_at=house.clock.now(),
        source=HOUSE,
        actor=Actor.SYSTEM,
    )


def _pages(records: Sequence[JournalRecord]) -> Iterator[list[JournalRecord]]:
    """Cut into pages in order, nobody twice on one."""
    page: list[JournalRecord] = []
    people: set[UUID] = set()
    for record in records:
        if len(page) == PAGE or record.subject in people:
            yield page
            page, people = [], set()
        page.append(record)
        people.add(record.subject)
    if page:
        yield page
