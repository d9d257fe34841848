"""Clients: who gives assignments. A stream of its own, with its own state and decider.

Facts, then state, then evolve, then decide. The name is sealed under the stream's own key: a sole
trader's firm bears her name. The people at a client are persons with streams of their own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, NamedTuple
from uuid import UUID

from domain.decisions import Decision
from domain.fact import NOTHING_CLEAR, NOTHING_SEALED, Stamp
from domain.standing import Course, Thing
from domain.values import SealedPart


class ClientStatus(StrEnum):
    """Whether the organisation is a client."""

    CLIENT = "client"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class ClientRegistered:
    """An organisation became a client; sealed under its own stream's key: its name."""

    TOPIC: ClassVar[str] = "client.registered"
    CLEAR: ClassVar[Mapping[str, str]] = NOTHING_CLEAR
    client_id: UUID
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class ClientRelationEnded:
    """An organisation is no client any more."""

    TOPIC: ClassVar[str] = "client.relation-ended"
    CLEAR: ClassVar[Mapping[str, str]] = NOTHING_CLEAR
    client_id: UUID
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


ClientFact = ClientRegistered | ClientRelationEnded


class ClientState(NamedTuple):
    """One stream's client, by its id."""

    clients: Mapping[UUID, Thing[ClientStatus]]


EMPTY = ClientState({})

_CLIENTS: Course[ClientStatus] = Course(
    {ClientRegistered: ClientStatus.CLIENT, ClientRelationEnded: ClientStatus.ENDED},
    begins=frozenset({ClientRegistered}),
)


def evolve(state: ClientState, stamp: Stamp, fact: ClientFact) -> ClientState:
    """Fold one fact."""
    return ClientState(_CLIENTS.moved(state.clients, fact.client_id, stamp, fact))


def decide(state: ClientState, stamp: Stamp, claim: ClientFact) -> Decision:
    """Record the claim unless it is the very fact that stands."""
    return _CLIENTS.unless_standing(state.clients, claim.client_id, stamp, claim)
