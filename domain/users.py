"""A controller's user accounts, as far as who may approve an erasure asks: facts of its stream.

An account is its random id; its name is nowhere in the log. Who stands registered with a role is
active until deactivated. The first officer is registered by anybody; from then on officers alone
register and deactivate.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, NamedTuple
from uuid import UUID

from domain.decisions import Decision, RefusalReason, Refused
from domain.fact import NOTHING_CLEAR, NOTHING_SEALED, Mark, Stamp, mark_of
from domain.values import SealedPart


class UserRole(StrEnum):
    """What an account may do."""

    OFFICER = "officer"
    """Approves and declines erasures, registers and deactivates accounts."""
    RECRUITER = "recruiter"
    """Asks for erasures."""


@dataclass(frozen=True, slots=True)
class UserRegistered:
    """A user account was given a role; ``registrar`` is the account that gave it."""

    TOPIC: ClassVar[str] = "controller.user-registered"
    CLEAR: ClassVar[Mapping[str, str]] = {"role": "one of two roles, of an account without a name"}
    user: UUID
    role: UserRole
    registrar: UUID
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


@dataclass(frozen=True, slots=True)
class UserDeactivated:
    """A user account may do nothing from now on."""

    TOPIC: ClassVar[str] = "controller.user-deactivated"
    CLEAR: ClassVar[Mapping[str, str]] = NOTHING_CLEAR
    user: UUID
    registrar: UUID
    sealed: tuple[SealedPart, ...] = NOTHING_SEALED


UserFact = UserRegistered | UserDeactivated


class User(NamedTuple):
    """An account as its latest fact left it."""

    mark: Mark
    role: UserRole
    active: bool


Users = Mapping[UUID, User]


def is_officer(users: Users, user: UUID) -> bool:
    """Say whether an account is an active officer's."""
    known = users.get(user)
    return known is not None and known.active and known.role is UserRole.OFFICER


def evolve(users: Users, stamp: Stamp, fact: UserFact) -> Users:
    """Fold one fact; accounts are the house's own facts, which come in order."""
    known = users.get(fact.user)
    match fact:
        case UserRegistered():
            return {**users, fact.user: User(mark_of(stamp), fact.role, active=True)}
        case UserDeactivated():
            role = UserRole.RECRUITER if known is None else known.role
            return {**users, fact.user: User(mark_of(stamp), role, active=False)}


def decide(users: Users, claim: UserFact) -> Decision:
    """Record what is new, of an officer or of whoever begins; what stands decides nothing."""
    known = users.get(claim.user)
    active = known is not None and known.active
    if isinstance(claim, UserRegistered):
        stands = known is not None and active and known.role is claim.role
    else:
        stands = known is not None and not active
    if stands:
        return ()
    begun = any(is_officer(users, user) for user in users)
    if begun and not is_officer(users, claim.registrar):
        return Refused(RefusalReason.NO_OFFICER)
    return (claim,)
