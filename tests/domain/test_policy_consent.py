"""Under a policy that asks for it, nobody is presented without a consent that stands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consumers.policies import policies
from consumers.promises import Promise
from domain.consent import ConsentExpired, ConsentGiven, ConsentRefused, ConsentWithdrawn
from domain.decisions import Refused
from domain.disclosure import CandidatePresentedToClient, Disclosed
from domain.fact import Fact
from domain.policy_gate import NOBODY
from domain.purposes import Purpose
from domain.subject import EMPTY, evolve
from tests.examples import START, stamp
from tests.life_examples import example, known_as

_scopes = st.sampled_from([(None, None), (1, None), (None, 1), (1, 1), (2, None), (None, 2)])
_kinds = st.sampled_from(
    [
        *(ConsentGiven, ConsentGiven, ConsentRefused, ConsentWithdrawn, ConsentExpired),
        *(CandidatePresentedToClient, CandidatePresentedToClient),
    ]
)
_steps = st.lists(st.tuples(_kinds, _scopes), max_size=30)


def _scoped(kind: type[Fact], scope: tuple[int | None, int | None], n: int) -> Fact:
    client, assignment = scope
    given: dict[str, object] = {
        "client_id": known_as("client_id", client or 1),
        "assignment_id": None if assignment is None else known_as("assignment_id", assignment),
    }
    if kind is CandidatePresentedToClient:
        given |= {"disclosed": (Disclosed.NAME,), "document_ids": (), "requires_consent": False}
    else:
        given |= {"purpose": Purpose.PRESENTATION}
        given["client_id"] = None if client is None else given["client_id"]
        if kind is ConsentGiven:
            given["expires_at"] = START + n + 10 if n % 2 else None
    return example(kind, n, **given)


def _stands(told: list[tuple[int, Fact]], at: int, claim: CandidatePresentedToClient) -> bool:
    """Say in plain words whether a consent covers a presentation: the narrowest scope decides."""
    narrowed = [one for one in (claim.assignment_id, claim.client_id) if one is not None]
    for scope in (*narrowed, None):
        mine = [
            (when, one)
            for when, one in told
            if (getattr(one, "assignment_id", None) or getattr(one, "client_id", None)) == scope
        ]
        if mine:
            _, last = max(mine, key=lambda pair: pair[0])
            expires = getattr(last, "expires_at", None)
            return isinstance(last, ConsentGiven) and (expires is None or at < expires)
    return False


@pytest.mark.requirement("A198")
@given(steps=_steps)
def test_nobody_is_presented_without_a_standing_consent_where_the_policy_asks_for_one(
    steps: list[tuple[type[Fact], tuple[int | None, int | None]]],
) -> None:
    promise = Promise(policies()["toptemp"], NOBODY)
    state, told = EMPTY, list[tuple[int, Fact]]()
    for n, (kind, scope) in enumerate(steps, start=1):
        claim, at = _scoped(kind, scope, n), START + n
        decision = promise.decide(state, stamp(n, occurred_at=at), claim)
        if isinstance(claim, CandidatePresentedToClient):
            accepted = not isinstance(decision, Refused)
            assert accepted is _stands(told, at, claim)
        else:
            told.append((at, claim))
        for fact in () if isinstance(decision, Refused) else decision:
            state = evolve(state, stamp(n, occurred_at=at), fact)
