"""Facts of a controller's own stream: loaded, decided, appended, and again when it moved."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from consumers.ports import Batch, Log, Recording, VersionConflict
from domain import controller as controllers
from domain.controller import ControllerFact, ControllerState, stream_of
from domain.decisions import Decision, Refused
from domain.fact import HOUSE, Actor, Stamp
from domain.values import ControllerId, FactId, Instant

CONFLICTS = 5
"""Times a fact is decided again: two commands at once are rare, and three are a loop."""


@dataclass(frozen=True, slots=True)
class ControllerStream:
    """One controller's stream."""

    log: Log
    controller: ControllerId
    now: Callable[[], Instant]
    new_id: Callable[[], UUID]

    def record(self, claim: ControllerFact, actor: Actor) -> Decision:
        """Record a fact; ``()`` when it stands already.

        Raises:
            VersionConflict: the stream kept moving.
            LogUnavailable: the event database is away; whether it was recorded is not known.
        """
        fact_id = FactId(self.new_id())
        for _ in range(CONFLICTS):
            try:
                return self._record(claim, fact_id, actor)
            except VersionConflict:
                continue
        message = f"the stream of controller {self.controller} kept moving"
        raise VersionConflict(message)

    def _record(self, claim: ControllerFact, fact_id: FactId, actor: Actor) -> Decision:
        version, state = read_controller(self.log, self.controller)
        now = self.now()
        stamp = Stamp(fact_id, self.controller, now, now, HOUSE, actor)
        decision = controllers.decide(state, stamp, claim)
        if isinstance(decision, Refused) or not decision:
            return decision
        evolved = controllers.evolve(state, stamp, claim)
        facts = ((stamp, claim),)
        recording = Recording(self.controller, stream_of(self.controller), version, facts, evolved)
        self.log.append(Batch((recording,)))
        return decision


def read_controller(log: Log, controller: ControllerId) -> tuple[int, ControllerState]:
    """Return the version of a controller's stream, and what was adopted, announced, published.

    Raises:
        LogUnavailable: the event database is away.
    """
    stream = stream_of(controller)
    head = log.load(controller, [stream], []).others.get(stream)
    if head is None:
        return 0, controllers.EMPTY
    assert isinstance(head.state, ControllerState), "a controller's stream is its own"
    return head.version, head.state
