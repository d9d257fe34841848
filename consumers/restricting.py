"""Restriction (GDPR Art. 18): keys suspended, the fact recorded, the recipients told; resumable.

Two databases, so the order is the safe one: on restricting the keys are suspended first and the
fact follows; on lifting the fact comes first. Last, the keys are settled by what the log says,
under the lock of the person's row. Cut short anywhere, she is withheld rather than shown, and
:meth:`Restricting.settle`, which upkeep calls, makes the two agree: keys suspended without a
standing restriction are resumed, a standing restriction without suspended keys suspends them.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from consumers.erasure_ports import ErasureLog
from consumers.ports import NoticeKind
from consumers.recipients import Recipients
from consumers.rights import Act, Recorded, Rights, Sealing
from domain.fact import Fact
from domain.restriction import (
    ProcessingRestricted,
    RestrictionGround,
    RestrictionLiftAnnounced,
    RestrictionLifted,
    RestrictionStatus,
    restricted,
)
from domain.standing import status_of
from domain.subject import SubjectState
from domain.values import ControllerId, FactId, SubjectId

COMMUNICATIONS = "communications"
"""The category of what an officer writes about a right she exercised."""


class Step(StrEnum):
    """How far a restriction, or its lifting, is durable."""

    SUSPENDED = "suspended"
    RECORDED = "recorded"
    SETTLED = "settled"


class Suspender(Protocol):
    """Suspends keys, and makes them agree with the log."""

    def suspend(self, controller: ControllerId, subjects: Sequence[SubjectId]) -> None:
        """Suspend people's keys."""
        ...

    def settle(
        self,
        controller: ControllerId,
        subjects: Sequence[SubjectId],
        restricted: Callable[[Sequence[SubjectId]], Collection[SubjectId]],
    ) -> int:
        """Suspend or resume each as ``restricted`` says; return how many were otherwise."""
        ...

    def suspended(self, controller: ControllerId) -> list[SubjectId]:
        """Name the people whose keys are suspended."""
        ...


@dataclass(frozen=True, slots=True)
class Restricting:
    """Restricts and lifts; ``reached`` is told each step as it is durable."""

    log: ErasureLog
    rights: Rights
    keys: Suspender
    sealing: Callable[[ControllerId], Sealing]
    recipients: Recipients
    reached: Callable[[Step], None]

    def restrict(
        self,
        controller: ControllerId,
        people: Sequence[SubjectId],
        ground: RestrictionGround,
        reason: str | None,
    ) -> Recorded:
        """Restrict every one of these people, or none: the streams of one person.

        Whoever is restricted on this ground already is not restricted again.

        Raises:
            SubjectErased: one of them is erased.
            KeyUnavailable, LogUnavailable: a database is away; doing it again, or upkeep,
                finishes it.
        """
        self.keys.suspend(controller, people)
        self.reached(Step.SUSPENDED)
        recorded = self._record_restriction(controller, people, ground, reason)
        self.reached(Step.RECORDED)
        self.settle(controller, people)
        self.reached(Step.SETTLED)
        return recorded

    def announce_lift(self, controller: ControllerId, people: Sequence[SubjectId]) -> Recorded:
        """Record that she was told that her restrictions will be lifted (Art. 18(3))."""
        states = self._states(controller, people)
        acts = [
            Act(person, RestrictionLiftAnnounced(one))
            for person in people
            for one in standing(states[person])
            if _status(states[person], one) is RestrictionStatus.IN_FORCE
        ]
        return self.rights.record_together(controller, acts)

    def lift(self, controller: ControllerId, people: Sequence[SubjectId]) -> Recorded:
        """Lift all restrictions of these people, or none of them.

        Refused as NOT_ANNOUNCED when she was not told of one of them before (Art. 18(3)).

        Raises:
            KeyUnavailable, LogUnavailable: a database is away; doing it again, or upkeep,
                finishes it.
        """
        states = self._states(controller, people)
        bound = {person: state for person, state in states.items() if standing(state)}
        told = self.recipients.notices(
            controller, NoticeKind.RESTRICTION_LIFTED, bound, self.rights.now()
        )
        acts = [
            Act(person, RestrictionLifted(one), notices=told[person] if n == 0 else ())
            for person, state in bound.items()
            for n, one in enumerate(standing(state))
        ]
        recorded = self.rights.record_together(controller, acts)
        self.reached(Step.RECORDED)
        self.settle(controller, people)
        self.reached(Step.SETTLED)
        return recorded

    def settle(self, controller: ControllerId, people: Sequence[SubjectId]) -> int:
        """Make the keys of these people agree with the log; return how many did not.

        Raises:
            KeyUnavailable, LogUnavailable: a database is away.
        """
        return self.keys.settle(controller, people, lambda asked: self._bound(controller, asked))

    def differing(
        self, controller: ControllerId, told: Collection[SubjectId]
    ) -> tuple[SubjectId, ...]:
        """Name the people whose keys disagree with the log; changes nothing.

        ``told`` are the people of whose restriction the log ever told.

        Raises:
            KeyUnavailable, LogUnavailable: a database is away.
        """
        suspended = frozenset(self.keys.suspended(controller))
        asked = tuple(suspended.union(told))
        bound = self._bound(controller, asked)
        return tuple([one for one in asked if (one in suspended) is not (one in bound)])

    def _record_restriction(
        self,
        controller: ControllerId,
        people: Sequence[SubjectId],
        ground: RestrictionGround,
        reason: str | None,
    ) -> Recorded:
        """Record one restriction in every stream of hers, each source told with it."""
        states = self._states(controller, people)
        free = {s: state for s, state in states.items() if not self._stands(s, state, ground)}
        restriction_id = self.rights.new_id()
        now = self.rights.now()
        told = self.recipients.notices(controller, NoticeKind.RESTRICTED, free, now)
        acts = [
            replace(
                self._restriction(controller, person, (restriction_id, ground), reason),
                notices=told[person],
            )
            for person in free
        ]
        return self.rights.record_together(controller, acts)

    def _stands(self, person: SubjectId, state: SubjectState, ground: RestrictionGround) -> bool:
        """Say whether a restriction on this ground is in force; the state knows no grounds."""
        bound = standing(state)
        return bool(bound) and any(
            isinstance(entry.fact, ProcessingRestricted)
            and entry.fact.restriction_id in bound
            and entry.fact.ground is ground
            for entry in self.log.stream(person)
        )

    def _restriction(
        self,
        controller: ControllerId,
        person: SubjectId,
        what: tuple[UUID, RestrictionGround],
        reason: str | None,
    ) -> Act:
        fact_id = FactId(self.rights.new_id())
        topic = ProcessingRestricted.TOPIC

        def claim(_state: SubjectState) -> Fact:
            values: dict[str, object] = {"reason": reason}
            seal = self.sealing(controller)
            return ProcessingRestricted(
                *what, seal.part(person, fact_id, topic, COMMUNICATIONS, values)
            )

        return Act(person, claim, fact_id)

    def _states(
        self, controller: ControllerId, people: Sequence[SubjectId]
    ) -> dict[SubjectId, SubjectState]:
        heads = self.log.load(controller, people, []).heads
        return {person: heads[person].state for person in people}

    def _bound(self, controller: ControllerId, people: Sequence[SubjectId]) -> frozenset[SubjectId]:
        states = self._states(controller, people) if people else {}
        return frozenset([person for person, state in states.items() if standing(state)])


def standing(state: SubjectState) -> tuple[UUID, ...]:
    """Return the ids of the restrictions in force, announced lifts among them."""
    known = None if state.life is None else state.life.restrictions
    if not known:
        return ()
    return tuple([one for one, thing in known.items() if restricted({one: thing})])


def _status(state: SubjectState, one: UUID) -> RestrictionStatus | None:
    known = None if state.life is None else state.life.restrictions
    return status_of(known or {}, one)
