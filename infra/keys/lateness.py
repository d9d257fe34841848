"""When a claim is a late fact: about a person who was erased, and not about a new one.

Rules (DESIGN "Late facts"). A guard stands for each (source, remote id) of an erased person. Under
it a fact that occurred at or before the erasure is late whoever the id resolves to now; a later one
is late unless it may begin a person or a new person has begun. After ``until`` the guard is silent.
"""

from dataclasses import dataclass

from domain.keyring import Claim
from domain.values import Instant


@dataclass(frozen=True, slots=True)
class Guard:
    """One row of ``erased_source``: when the person was erased, and how long this is remembered."""

    erased_at: Instant
    until: Instant


def is_late(claim: Claim, guard: Guard | None, now: Instant, *, known: bool) -> bool:
    """Say whether ``claim`` is refused; ``known`` when its id resolves to a living person."""
    if guard is None or now > guard.until:
        return False
    if claim.occurred_at <= guard.erased_at:
        return True
    return not known and not claim.begins
