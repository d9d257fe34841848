"""What a decider may answer: facts to record, nothing to do, or a refusal with its reason.

A refusal is a value, not an error: each reason asks something different of the caller.
"""

from dataclasses import dataclass
from enum import StrEnum

from domain.fact import Fact, Mark, Stamp


class RefusalReason(StrEnum):
    """Why a claim was refused, and what the caller does about it."""

    ERASED = "erased"
    """The person is erased: the fact is late, or belongs to a new person."""
    ABANDONED = "abandoned"
    """The person never began and never will: resolve the claim to a person again."""
    FENCED = "fenced"
    """An ordered erasure has not ended: retry from the opening of the keys."""
    ERASURE_UNDER_WAY = "erasure_under_way"
    """Another erasure of this person is open: ask again when it has ended."""
    NOT_REQUESTED = "not_requested"
    """The erasure approved or ordered is not the one that stands requested."""
    NOT_APPROVED = "not_approved"
    """The erasure ordered still waits for its approval."""
    NOT_ORDERED = "not_ordered"
    """The erasure to be recorded as done was never ordered."""
    NOT_VERIFIED = "not_verified"
    """A probe still opened a token: the erasure has not ended."""
    OTHER_SCOPE = "other_scope"
    """The erasure's id is known with another scope."""
    BEGUN = "begun"
    """The person has facts, so she cannot be abandoned."""
    UNSEALED = "unsealed"
    """A source link without the sealed id it exists to carry."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The claim may not become a fact."""

    reason: RefusalReason


Decision = tuple[Fact, ...] | Refused
"""The facts to append in order; ``()`` when the claim already stands."""


def unless_standing(standing: Mark | None, stamp: Stamp, claim: Fact) -> Decision:
    """Record the claim unless it is the very fact whose mark stands."""
    return () if standing is not None and standing[1] == stamp.fact_id.bytes else (claim,)
