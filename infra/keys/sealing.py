"""Sealing a page of values under each person's present DEK of the category.

Rules. A cached DEK is used without asking: if it was destroyed meanwhile, what is sealed with it
is unreadable at once, and the fence in the person's stream refuses it. A DEK that is not there is
created under the locks, which is where an erased person is noticed.
"""

from collections.abc import Sequence

from domain.answers import KeyUnavailable
from domain.keyring import SealRequest
from domain.values import Category, ControllerId, Sealed
from infra.keys.cache import HeldKey
from infra.keys.creating import ensure_pairs
from infra.keys.fetching import Pair, fetch_pairs
from infra.keys.token import DataKey, seal_page
from infra.keys.vault import Vault

PAGE_LIMIT = 50_000
"""Values a call: a page of ten thousand facts with five categories each."""


def seal(vault: Vault, controller: ControllerId, requests: Sequence[SealRequest]) -> list[Sealed]:
    """Seal each value; one token a request, in order.

    Raises:
        SubjectErased: a person is erased and the category does not outlive her.
        KeyUnavailable: a person is unknown, or the key database or the provider is away.
        GateClosed: the journal went backwards.
        ValueError: more than ``PAGE_LIMIT`` values.
    """
    if len(requests) > PAGE_LIMIT:
        message = f"a page holds at most {PAGE_LIMIT} values"
        raise ValueError(message)
    vault.witness.expect(controller)
    keys = _keys(vault, controller, requests)
    return [
        Sealed(token)
        for token in seal_page(
            [
                (key, request.fact_id, request.slot, request.plaintext)
                for key, request in zip(keys, requests, strict=True)
            ]
        )
    ]


def _keys(vault: Vault, controller: ControllerId, requests: Sequence[SealRequest]) -> list[DataKey]:
    pairs = [(request.subject.int, request.category) for request in requests]
    held = vault.cache.by_pair(pairs)
    if None in held:
        found = _fetch(vault, controller, requests, held)
        held = [key or found.get(pair) for key, pair in zip(held, pairs, strict=True)]
    return [_usable(key, controller) for key in held]


def _usable(held: HeldKey | None, controller: ControllerId) -> DataKey:
    if held is None or held.key is None or held.controller != controller:
        message = f"no key of controller {controller} to seal with"
        raise KeyUnavailable(message)
    return held.key


def _fetch(
    vault: Vault,
    controller: ControllerId,
    requests: Sequence[SealRequest],
    held: Sequence[HeldKey | None],
) -> dict[tuple[int, Category], HeldKey]:
    missing: list[Pair] = list(
        {
            (request.subject, request.category): None
            for request, key in zip(requests, held, strict=True)
            if key is None
        }
    )
    found = fetch_pairs(vault, controller, missing)
    absent = [pair for pair in missing if (pair[0].int, pair[1]) not in found]
    return found | ensure_pairs(vault, controller, absent) if absent else found
