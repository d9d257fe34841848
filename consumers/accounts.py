"""Registering and deactivating user accounts: facts of the controller's own stream."""

from uuid import UUID

from consumers.controller_stream import ControllerStream
from domain.decisions import RefusalReason, Refused
from domain.fact import Actor
from domain.users import UserDeactivated, UserRegistered, UserRole


class AccountRefused(Exception):  # noqa: N818 - an outcome, not a fault
    """An account may not be registered or deactivated by this one; the message says why."""

    def __init__(self, reason: RefusalReason) -> None:
        super().__init__("only an active officer of the controller's registers and deactivates")
        self.reason = reason


def register(stream: ControllerStream, user: UUID, role: UserRole, registrar: UUID) -> bool:
    """Give an account a role; false when it has that already.

    Raises:
        AccountRefused: there is an officer, and the registrar is none.
        VersionConflict, LogUnavailable: it is not known to be recorded; ask again.
    """
    return _recorded(stream, UserRegistered(user, role, registrar))


def deactivate(stream: ControllerStream, user: UUID, registrar: UUID) -> bool:
    """End what an account may do; false when it may do nothing already.

    Raises:
        AccountRefused: there is an officer, and the registrar is none.
        VersionConflict, LogUnavailable: it is not known to be recorded; ask again.
    """
    return _recorded(stream, UserDeactivated(user, registrar))


def _recorded(stream: ControllerStream, claim: UserRegistered | UserDeactivated) -> bool:
    decision = stream.record(claim, Actor.USER)
    if isinstance(decision, Refused):
        raise AccountRefused(decision.reason)
    return bool(decision)
