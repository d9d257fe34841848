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
    SAME_PERSON = "same_person"
    """Who asked for the erasure approves it: somebody else must."""
    NO_OFFICER = "no_officer"
    """The account is no active officer of the controller's: register it, or ask one who is."""
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
    RESTRICTED = "restricted"
    """Her data may be kept and not used (Art. 18): keep the claim, ask again when it is lifted."""
    OBJECTED = "objected"
    """She objected to this purpose (Art. 21)."""
    OPTED_OUT = "opted_out"
    """She said that she wants none of this."""
    INACTIVE = "inactive"
    """She set herself inactive: not approached, not matched."""
    NO_CONSENT = "no_consent"
    """The consent this needs is not given, was taken back or has expired: ask her for it."""
    HELD = "held"
    """A legal hold keeps it: ask again when the hold is released."""
    NOT_ANNOUNCED = "not_announced"
    """A restriction may be lifted only after she was told (Art. 18(3))."""
    NOT_WEIGHED = "not_weighed"
    """An objection to advertising is followed, never weighed (Art. 21(3))."""
    MERGED = "merged"
    """The stream is absorbed by another already: undo that merge first."""
    CLOSED = "closed"
    """The assignment is closed: nobody is matched to it."""
    OTHER_KIND = "other_kind"
    """A person's fact about an assignment, a client's about a person: the source's mistake."""
    POLICY_CHANGED = "policy_changed"
    """This version was adopted with another text: a policy is never edited, add a version."""
    SUPERSEDED = "superseded"
    """A later version or first day stands already: what comes next must be later."""
    UNANNOUNCED = "unannounced"
    """The notice was not announced, or not so: announce what is to be published."""
    COMMENT_PERIOD = "comment_period"
    """The notice would bind before its comment period is over: choose a later day."""
    SUPPRESSED = "suppressed"
    """A pointer bars sourcing, enriching and approaching her: nothing is kept of the claim."""
    NOT_ALLOWED = "not_allowed"
    """The controller's policy forbids it altogether."""
    UNKNOWN_RECIPIENT = "unknown_recipient"
    """The policy names no such recipient: name it there first, or send nothing."""
    FIELD_NOT_ALLOWED = "field_not_allowed"
    """The policy lets the recipient have no data of this kind."""
    NO_MECHANISM = "no_mechanism"
    """The recipient is outside the EEA, or may be, and no mechanism holds on that day."""
    NO_BASIS = "no_basis"
    """The policy has no activity for this purpose, so no basis either (GDPR Art. 6)."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The claim may not become a fact."""

    reason: RefusalReason


Decision = tuple[Fact, ...] | Refused
"""The facts to append in order; ``()`` when the claim already stands."""


def unless_standing(standing: Mark | None, stamp: Stamp, claim: Fact) -> Decision:
    """Record the claim unless it is the very fact whose mark stands."""
    return () if standing is not None and standing[1] == stamp.fact_id.bytes else (claim,)
