"""Opening a page of tokens: four answers, never one.

Rules. The key row names whose key it is; a request that names another person, category or
controller is ``SealBroken``, also when the key is destroyed or the person restricted, and so is a
token whose commitment is not that key's. A key with a tombstone is ``Shredded``; a key with
neither row nor tombstone is ``KeyUnavailable``, never an erasure.
"""

import hmac
from collections.abc import Sequence

from domain.answers import Answer, KeyUnavailable, Present, SealBroken, Withheld
from domain.keyring import OpenRequest
from domain.values import ControllerId
from infra.keys.cache import HeldKey
from infra.keys.fetching import fetch_ids
from infra.keys.token import commitment_of, key_id_of
from infra.keys.vault import Vault

PAGE_LIMIT = 50_000
"""Tokens a call: what one page of a rebuild or an export opens."""


def open_page(
    vault: Vault, controller: ControllerId, requests: Sequence[OpenRequest]
) -> list[Answer]:
    """Open each token; one answer a request, in order.

    Raises:
        KeyUnavailable: a key is missing without a tombstone, or the database or provider is away.
        SealBroken: a token was moved, cut or forged.
        GateClosed: the journal went backwards.
        ValueError: more than ``PAGE_LIMIT`` tokens.
    """
    held = _held(vault, controller, requests)
    return [answer(controller, request, key) for request, key in zip(requests, held, strict=True)]


def open_for_rights(
    vault: Vault, controller: ControllerId, requests: Sequence[OpenRequest]
) -> list[Answer]:
    """Open each token, a restricted person's too (GDPR Art. 18(2)).

    Raises:
        KeyUnavailable, SealBroken, GateClosed, ValueError: as :func:`open_page`.
    """
    held = _held(vault, controller, requests)
    return [
        answer(controller, request, _despite_restriction(key))
        for request, key in zip(requests, held, strict=True)
    ]


def _held(
    vault: Vault, controller: ControllerId, requests: Sequence[OpenRequest]
) -> list[HeldKey | None]:
    if len(requests) > PAGE_LIMIT:
        message = f"a page holds at most {PAGE_LIMIT} tokens"
        raise ValueError(message)
    vault.witness.expect(controller)
    key_ids = [key_id_of(request.token, request.fact_id) for request in requests]
    held = vault.cache.by_id(key_ids)
    if None in held:
        missing = {key_id for key_id, key in zip(key_ids, held, strict=True) if key is None}
        found = fetch_ids(vault, controller, list(missing))
        held = [key or found.get(key_id) for key_id, key in zip(key_ids, held, strict=True)]
    return held


def _despite_restriction(held: HeldKey | None) -> HeldKey | None:
    if held is None or not isinstance(held.answer, Withheld):
        return held
    place = (held.key_id, held.controller, held.subject, held.category)
    return HeldKey(*place, held.fingerprint, held.key, None)


def answer(controller: ControllerId, request: OpenRequest, held: HeldKey | None) -> Answer:
    """Answer one request whose token claims the key ``held``, or a key that is not there.

    Raises:
        KeyUnavailable: it is not there.
        SealBroken: the token was moved, cut or forged.
    """
    if held is None:
        message = f"the key of fact {request.fact_id} is missing without a tombstone"
        raise KeyUnavailable(message)
    if (
        held.subject != request.subject
        or held.category != request.category
        or held.controller != controller
    ):
        message = f"token of fact {request.fact_id}: another person's or category's key"
        raise SealBroken(message)
    if held.answer is not None:
        _check_commitment(request, held)
        return held.answer
    assert held.key is not None, "a live key of this controller is always held with its material"
    return Present(held.key.open(request.fact_id, request.slot, request.token))


def _check_commitment(request: OpenRequest, held: HeldKey) -> None:
    """Compare with the fingerprint; a tombstone of a key already lost has none to compare with."""
    committed = commitment_of(request.token)
    if held.fingerprint and not hmac.compare_digest(committed, held.fingerprint):
        message = f"token of fact {request.fact_id}: another key's commitment"
        raise SealBroken(message)
