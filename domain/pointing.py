"""What the keyring is told of suppression pointers: to leave them, and whom they bar."""

from enum import IntEnum
from typing import NamedTuple

from domain.policy_terms import SuppressionReason
from domain.values import Instant


class Bar(IntEnum):
    """Whom a claim may not reach because a suppression pointer stands; a larger one bars more."""

    NOBODY = 0
    NEWCOMERS = 1
    """Nobody is made for it; a person who is there may have it."""
    EVERYBODY = 2


class Pointing(NamedTuple):
    """Leave pointers of this reason; ``until`` None means until somebody lifts them."""

    reason: SuppressionReason
    until: Instant | None
