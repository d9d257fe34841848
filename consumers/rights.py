"""One decided fact into a person's stream: how what an officer, a duty or the person asks is done.

Load, decide, append, and again when the stream moved meanwhile. A claim is a fact, or is made from
the state it is decided against; it is made anew at each attempt, so what is sealed in it is sealed
under keys that live. Whatever a person's rights forbid is refused here as everywhere
(:mod:`domain.permission`), and what already stands is recorded once.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from consumers.packing import pack
from consumers.ports import Batch, Head, Log, Notice, Recording, VersionConflict
from domain import subject as subjects
from domain.fact import HOUSE, Actor, Fact, Stamp
from domain.keyring import Sealer, SealRequest
from domain.subject import Decision, RefusalReason, Refused, SubjectState
from domain.values import Category, ControllerId, FactId, Instant, SealedPart, SubjectId

CONFLICTS = 10
"""Times a recording is tried again when ingest keeps moving the stream."""

PAGE = 500
"""Streams moved in one transaction: what one append may hold locks for."""

Recorded = list[tuple[SubjectId, Fact]] | Refused
"""What was recorded about whom; or why nothing was."""

Claim = Fact | Callable[[SubjectState], Fact]
"""A fact to record, or what makes it of the person's state."""


class RightRefused(Exception):  # noqa: N818 - an outcome, not a fault
    """What an officer asked may not be recorded: the reason is an enum, never a value."""

    def __init__(self, subject: SubjectId, reason: RefusalReason) -> None:
        """Name the subject and the reason."""
        super().__init__(f"nothing is recorded about subject {subject}: {reason.value}")
        self.subject = subject
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Act:
    """What is to be recorded about one person.

    ``fact_id`` makes repeating it harmless: an id once recorded decides nothing again. ``at`` is
    when it happened, now when not given. ``notices`` go into the outbox with the fact, and not
    when it is refused or stands already.
    """

    subject: SubjectId
    claim: Claim
    fact_id: FactId | None = None
    actor: Actor = Actor.USER
    at: Instant | None = None
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class Rights:
    """Appends decided facts; ``wait`` takes seconds."""

    log: Log
    now: Callable[[], Instant]
    new_id: Callable[[], UUID]
    wait: Callable[[float], None]

    def record(
        self,
        controller: ControllerId,
        subject: SubjectId,
        claim: Claim,
        actor: Actor = Actor.USER,
        fact_id: FactId | None = None,
    ) -> Decision:
        """Record one fact about one person; ``()`` when it stands already.

        Raises:
            VersionConflict: the stream kept moving.
            LogUnavailable: the event database is away; whether it was recorded is not known.
        """
        (decision,) = self.record_all(controller, [Act(subject, claim, fact_id, actor)])
        return decision

    def record_all(self, controller: ControllerId, acts: Sequence[Act]) -> list[Decision]:
        """Record what is not refused, a transaction each :data:`PAGE`; one answer an act, in order.

        Raises:
            VersionConflict: streams of a page kept moving; the pages before it are recorded.
            LogUnavailable: the event database is away; the page at hand is in doubt.
        """
        answers: list[Decision] = []
        for start in range(0, len(acts), PAGE):
            answers += self._page(controller, acts[start : start + PAGE], _whatever)
        return answers

    def record_together(self, controller: ControllerId, acts: Sequence[Act]) -> Recorded:
        """Record all of the acts in one transaction, or none when one of them is refused.

        Returns what was recorded, in order; what stands already is not among it.

        Raises:
            ValueError: more than :data:`PAGE` acts.
            VersionConflict, LogUnavailable: as :meth:`record_all`.
        """
        if len(acts) > PAGE:
            message = f"at most {PAGE} acts are recorded together"
            raise ValueError(message)
        together: list[tuple[SubjectId, Fact]] = []
        for act, decision in zip(acts, self._page(controller, acts, _nothing_refused), strict=True):
            if isinstance(decision, Refused):
                return decision
            together += [(act.subject, fact) for fact in decision]
        return together

    def _page(
        self,
        controller: ControllerId,
        acts: Sequence[Act],
        may_append: Callable[[Sequence[Decision]], bool],
    ) -> list[Decision]:
        for attempt in range(CONFLICTS):
            answers, batch = self._decide(controller, acts)
            if not batch.recordings or not may_append(answers):
                return answers
            try:
                self.log.append(batch)
            except VersionConflict:
                self.wait(0.005 * 2**attempt)
            else:
                return answers
        message = f"the streams of {len(acts)} acts kept moving"
        raise VersionConflict(message)

    def _decide(
        self, controller: ControllerId, acts: Sequence[Act]
    ) -> tuple[list[Decision], Batch]:
        """Decide the acts in order, several of one person upon each other."""
        ids = [act.fact_id for act in acts if act.fact_id is not None]
        loaded = self.log.load(controller, list({act.subject: None for act in acts}), ids)
        page = _Page(controller, dict(loaded.heads), {}, self.now(), [], [])
        answers: list[Decision] = [
            () if act.fact_id in loaded.known else page.decide(act, self.new_id) for act in acts
        ]
        return answers, page.batch()


@dataclass(frozen=True, slots=True)
class _Page:
    """Streams that move as the acts upon them are decided."""

    controller: ControllerId
    heads: dict[SubjectId, Head]
    facts: dict[SubjectId, list[tuple[Stamp, Fact]]]
    now: Instant
    inbox: list[tuple[ControllerId, FactId]]
    notices: list[Notice]

    def decide(self, act: Act, new_id: Callable[[], UUID]) -> Decision:
        head = self.heads[act.subject]
        claim = act.claim(head.state) if callable(act.claim) else act.claim
        fact_id = act.fact_id or FactId(new_id())
        at = self.now if act.at is None else act.at
        stamp = Stamp(fact_id, self.controller, at, self.now, HOUSE, act.actor)
        decision = subjects.decide(head.state, stamp, claim)
        if decision and not isinstance(decision, Refused):
            self._take(act, stamp, decision)
        return decision

    def batch(self) -> Batch:
        recordings = [
            Recording(
                self.controller,
                subject,
                self.heads[subject].version,
                tuple(facts),
                self.heads[subject].state,
            )
            for subject, facts in self.facts.items()
        ]
        return Batch(tuple(recordings), tuple(self.inbox), tuple(self.notices))

    def _take(self, act: Act, stamp: Stamp, decision: tuple[Fact, ...]) -> None:
        head = self.heads[act.subject]
        for fact in decision:
            head = Head(head.version, subjects.evolve(head.state, stamp, fact))
            self.facts.setdefault(act.subject, []).append((stamp, fact))
        self.heads[act.subject] = head
        self.notices.extend(act.notices)
        if act.fact_id is not None:
            self.inbox.append((self.controller, act.fact_id))


@dataclass(frozen=True, slots=True)
class Sealing:
    """Seals what goes with a fact: under which person, which fact and which kind of fact."""

    sealer: Sealer
    controller: ControllerId

    def part(
        self,
        subject: SubjectId,
        fact_id: FactId,
        topic: str,
        category: Category,
        values: dict[str, object],
    ) -> tuple[SealedPart, ...]:
        """Seal the values that were given in one token; nothing when none was.

        Raises:
            SubjectErased: her keys are destroyed.
            KeyUnavailable: the key database or the provider is away.
        """
        given = {name: value for name, value in values.items() if value is not None}
        if not given:
            return ()
        request = SealRequest(subject, fact_id, category, topic, pack(given))
        (token,) = self.sealer.seal(self.controller, [request])
        return (SealedPart(category, token),)


def _whatever(_answers: Sequence[Decision]) -> bool:
    return True


def _nothing_refused(answers: Sequence[Decision]) -> bool:
    return not any(isinstance(answer, Refused) for answer in answers)
