"""The controllers' policies as the write side asks them: the deciders first, then the policy.

A policy names a recipient by its slug; facts name it by an id keyed with the controller's own
slug, whichever source told (:func:`recipient_id`), so that one recipient is one id in one house.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from domain import subject as subjects
from domain.decisions import Decision, RefusalReason, Refused
from domain.fact import Fact, Stamp
from domain.keyring import Identifier
from domain.opting_in import refused_unasked
from domain.policy import Policy
from domain.policy_gate import (
    NOBODY,
    Recipients,
    blocked_as,
    policy_on,
    refused_by_policy,
    under_policy,
)
from domain.subject import SubjectState
from domain.values import ControllerId, Instant

RECIPIENT = "recipient"
"""The kind of a recipient's keyed id."""


def recipient_id(
    identifier: Identifier, controller: ControllerId, owner: str, recipient: str
) -> UUID:
    """Make the id facts name a recipient by; ``owner`` is the slug of its controller."""
    return identifier.keyed_id(controller, RECIPIENT, owner, recipient)


@dataclass(frozen=True, slots=True)
class Promise:
    """One controller's policies, oldest first, and its recipients by keyed id."""

    versions: Sequence[Policy]
    recipients: Recipients

    def on(self, at: Instant) -> Policy | None:
        """Return the policy for a moment; None when the controller has none."""
        return policy_on(self.versions, at)

    def decide(self, state: SubjectState, stamp: Stamp, claim: Fact) -> Decision:
        """Decide a claim of a kind that policies are asked about (:data:`policy_gate.GATES`)."""
        policy = self.on(stamp.occurred_at)
        claim = under_policy(policy, claim)
        decision = subjects.decide(state, stamp, claim)
        if not decision or isinstance(decision, Refused):
            return decision
        refused = refused_by_policy(policy, stamp, claim, self.recipients)
        return refused or refused_unasked(policy, state.life, stamp, claim) or decision

    def blocked(self, stamp: Stamp, claim: Fact, reason: RefusalReason) -> Fact | None:
        """Return the fact that tells the log of a refused transfer; None: nothing was to go."""
        policy = self.on(stamp.occurred_at)
        return blocked_as(policy, stamp, claim, reason, self.recipients)


Promises = Callable[[ControllerId], Promise]
"""What each controller promised."""

SILENT = Promise((), NOBODY)


def silent(_controller: ControllerId) -> Promise:
    """Promise nothing: what a policy must allow is refused."""
    return SILENT


@dataclass(frozen=True, slots=True)
class Policies:
    """Promises by controller, their recipients keyed once each."""

    identifier: Identifier
    slugs: Mapping[ControllerId, str]
    versions: Mapping[str, Sequence[Policy]]
    _made: dict[ControllerId, Promise] = field(default_factory=dict)

    def __call__(self, controller: ControllerId) -> Promise:
        """Return a controller's promise.

        Raises:
            KeyUnavailable: the key database or the provider is away.
        """
        made = self._made.get(controller)
        if made is None:
            made = self._made[controller] = self._promise(controller)
        return made

    def _promise(self, controller: ControllerId) -> Promise:
        slug = self.slugs.get(controller, "")
        versions = tuple(self.versions.get(slug, ()))
        named = {one.slug for policy in versions for one in policy.recipients}
        keyed = {recipient_id(self.identifier, controller, slug, name): name for name in named}
        return Promise(versions, keyed)
