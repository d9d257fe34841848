"""Assignments and clients: streams of their own, folded by their own deciders."""

import pytest

from domain import assignment, client
from domain.assignment import (
    AssignmentClosed,
    AssignmentOpened,
    AssignmentReopened,
    MatchRunStarted,
)
from domain.client import ClientRegistered, ClientRelationEnded, ClientStatus
from domain.decisions import RefusalReason
from domain.fact import Fact
from domain.standing import status_of
from tests.domain.deciding import refused
from tests.examples import stamp
from tests.life_examples import example, known_as

ASSIGNMENT = known_as("assignment_id")
RUN = example(MatchRunStarted)


def opened(*kinds: type[Fact]) -> assignment.AssignmentState:
    """Fold facts of one assignment, a minute apart."""
    state = assignment.EMPTY
    for n, kind in enumerate(kinds, start=1):
        state = assignment.evolve(state, stamp(n), example(kind))  # type: ignore[arg-type]  # the caller names its kinds
    return state


@pytest.mark.parametrize(
    ("kinds", "status"),
    [
        ((AssignmentOpened,), assignment.AssignmentStatus.OPEN),
        ((AssignmentOpened, AssignmentClosed), assignment.AssignmentStatus.CLOSED),
        (
            (AssignmentOpened, AssignmentClosed, AssignmentReopened),
            assignment.AssignmentStatus.OPEN,
        ),
    ],
)
def test_an_assignment_is_open_until_it_is_closed(
    kinds: tuple[type[Fact], ...], status: assignment.AssignmentStatus
) -> None:
    assert status_of(opened(*kinds).assignments, ASSIGNMENT) is status


def test_nobody_is_matched_to_a_closed_assignment() -> None:
    decision = assignment.decide(opened(AssignmentOpened, AssignmentClosed), stamp(9), RUN)  # type: ignore[arg-type]  # a match run
    assert decision == refused(RefusalReason.CLOSED)


def test_a_match_run_is_recorded_once() -> None:
    state = opened(AssignmentOpened, MatchRunStarted)
    assert assignment.decide(state, stamp(2), RUN) == ()  # type: ignore[arg-type]  # a match run


def test_closing_twice_decides_nothing() -> None:
    state = opened(AssignmentOpened, AssignmentClosed)
    assert assignment.decide(state, stamp(2), example(AssignmentClosed)) == ()  # type: ignore[arg-type]  # a closing


def test_a_client_is_one_until_the_relation_ends() -> None:
    state = client.EMPTY
    for n, kind in enumerate((ClientRegistered, ClientRelationEnded), start=1):
        state = client.evolve(state, stamp(n), example(kind))  # type: ignore[arg-type]  # a client's
    assert status_of(state.clients, known_as("client_id")) is ClientStatus.ENDED
