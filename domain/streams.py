"""Which state a stream folds to: a person's, an assignment's, a client's or a controller's.

A stream is what its first fact makes it, and stays that. A fact of another kind is refused: a
source that confuses the ids of its candidates and its assignments writes into nobody's file.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, NamedTuple, get_args

from domain import assignment, client, controller, erasure, subject
from domain.assignment import AssignmentState
from domain.client import ClientState
from domain.controller import ControllerState
from domain.decisions import Decision, RefusalReason, Refused
from domain.fact import Fact, Stamp
from domain.subject import SubjectState


class StreamKind(StrEnum):
    """Whose stream it is."""

    PERSON = "person"
    ASSIGNMENT = "assignment"
    CLIENT = "client"
    CONTROLLER = "controller"


OtherState = AssignmentState | ClientState | ControllerState
"""The state of a stream that is no person's."""

StreamState = SubjectState | OtherState


class _Decider(NamedTuple):
    """A kind of stream; each function takes exactly the kind's own facts."""

    state: type[Any]
    empty: Any
    evolve: Any
    decide: Any


_ASSIGNMENT = _Decider(AssignmentState, assignment.EMPTY, assignment.evolve, assignment.decide)
_CLIENT = _Decider(ClientState, client.EMPTY, client.evolve, client.decide)
_CONTROLLER = _Decider(ControllerState, controller.EMPTY, controller.evolve, controller.decide)
_DECIDERS: Mapping[type[Fact], _Decider] = {
    **dict.fromkeys(get_args(assignment.AssignmentFact), _ASSIGNMENT),
    **dict.fromkeys(get_args(client.ClientFact), _CLIENT),
    **dict.fromkeys(get_args(controller.ControllerFact), _CONTROLLER),
}
"""The deciders of the facts that are no person's; a person's facts are all the others."""

STATES: Mapping[StreamKind, type[StreamState]] = {
    StreamKind.PERSON: SubjectState,
    StreamKind.ASSIGNMENT: AssignmentState,
    StreamKind.CLIENT: ClientState,
    StreamKind.CONTROLLER: ControllerState,
}
_KINDS: Mapping[type[StreamState], StreamKind] = {state: kind for kind, state in STATES.items()}

EMPTY: StreamState = subject.EMPTY
"""A stream that has not begun may still become any kind."""


def kind_of(state: StreamState) -> StreamKind:
    """Say whose stream a state is of."""
    return _KINDS[type(state)]


def evolve(state: StreamState, stamp: Stamp, fact: Fact) -> StreamState:
    """Fold one fact into the state of its stream; pure.

    Raises:
        KeyError: the fact's class is not in the catalogue.
        TypeError: the stream is of another kind; :func:`decide` refuses that.
    """
    decider = _DECIDERS.get(type(fact))
    if decider is None and isinstance(state, SubjectState):
        return subject.evolve(state, stamp, fact)
    if decider is None or not _fits(decider, state):
        message = f"{fact.TOPIC} does not belong in the stream of a {kind_of(state).value}"
        raise TypeError(message)
    evolved: StreamState = decider.evolve(_begun(decider, state), stamp, fact)
    return evolved


def decide(state: StreamState, stamp: Stamp, claim: Fact) -> Decision:
    """Decide a claim by the decider of its stream; see :func:`domain.subject.decide`.

    Raises:
        KeyError: the claim's class is not in the catalogue.
    """
    decider = _DECIDERS.get(type(claim))
    if decider is None and isinstance(state, SubjectState):
        return subject.decide(state, stamp, claim)
    if decider is None or not _fits(decider, state):
        return _refused(state)
    decision: Decision = decider.decide(_begun(decider, state), stamp, claim)
    return decision


def needs_link(state: StreamState, source: str, fact: Fact) -> bool:
    """Say whether a ``SourceLinked`` must precede the fact: sources are told of people alone."""
    if type(fact) in _DECIDERS or not isinstance(state, SubjectState):
        return False
    return subject.needs_link(state, source)


def _fits(decider: _Decider, state: StreamState) -> bool:
    return type(state) is decider.state or (isinstance(state, SubjectState) and state.facts == 0)


def _begun(decider: _Decider, state: StreamState) -> Any:  # noqa: ANN401 - the decider's own state
    return decider.empty if isinstance(state, SubjectState) else state


def _refused(state: StreamState) -> Refused:
    """Refuse a fact of another kind; an end of the person's comes before it."""
    if isinstance(state, SubjectState):
        return erasure.bar(state.erasure) or Refused(RefusalReason.OTHER_KIND)
    return Refused(RefusalReason.OTHER_KIND)
