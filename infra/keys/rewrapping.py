"""F2: each scope gets its next controller key, and what hangs off it directly moves there.

Rules. A scope is a controller, or the house itself (:data:`infra.keys.buckets.HOUSE`). A controller
key is made anew for each root version, never re-wrapped: the old one dies with its root. Secrets
and peppers keep their value and change their wrap. All of a scope is one transaction with the roots
seized, so that afterwards nothing new is wrapped under the old version.
"""

from collections.abc import Callable
from typing import NamedTuple
from uuid import UUID

from domain.values import ControllerId
from infra.keys.database import Connection
from infra.keys.provider import KekProvider
from infra.keys.roots import seize_roots
from infra.keys.tree import controller_key_aad, pepper_aad, secret_aad
from infra.keys.vault import Vault
from infra.keys.wrapping import KEY_BYTES, WrappingKey
from infra.random_ids import random_bytes

_WAITING = (
    "SELECT DISTINCT controller FROM controller_key k WHERE NOT EXISTS (SELECT 1 FROM"
    " controller_key n WHERE n.controller = k.controller AND n.root_version = %b)"
    " ORDER BY controller"
)
_KEYS = "SELECT root_version, wrapped FROM controller_key WHERE controller = %b"
_NEW_KEY = "INSERT INTO controller_key VALUES (%b, %b, %b) ON CONFLICT DO NOTHING"
_SECRETS = (
    "SELECT purpose, root_version, wrapped FROM controller_secret"
    " WHERE controller = %b AND root_version <> %b FOR UPDATE"
)
_MOVE_NAMED = (
    "UPDATE controller_secret SET root_version = %b, wrapped = %b"
    " WHERE controller = %b AND purpose = %b"
)
_PEPPERS = (
    "SELECT epoch, root_version, wrapped FROM pepper"
    " WHERE controller = %b AND root_version <> %b FOR UPDATE"
)
_MOVE_PEPPER = (
    "UPDATE pepper SET root_version = %b, wrapped = %b WHERE controller = %b AND epoch = %b"
)


class ScopeKeys(NamedTuple):
    """The controller keys of a scope by root version, unwrapped."""

    scope: UUID
    keys: dict[int, WrappingKey]


def next_controller_keys(
    vault: Vault, provider: KekProvider, version: int, done: Callable[[], None]
) -> None:
    """Give every scope its controller key of ``version``; ``done`` is told each, durable.

    Raises:
        KeyUnavailable: the key database or the provider is away.
    """
    while True:
        with vault.database.reading() as connection:
            waiting = _waiting(connection, version)
        if not waiting and _none_waits(vault, version):
            return
        for scope in waiting:
            _next(vault, provider, scope, version)
            done()


def _waiting(connection: Connection, version: int) -> list[UUID]:
    return [scope for (scope,) in connection.execute(_WAITING, (version,), binary=True)]


def _none_waits(vault: Vault, version: int) -> bool:
    """Look again with the roots seized: a scope may have been founded meanwhile."""
    with vault.database.transaction() as connection:
        seize_roots(connection)
        return not _waiting(connection, version)


def _next(vault: Vault, provider: KekProvider, scope: UUID, version: int) -> None:
    """Move one scope; the provider is asked before the roots are seized, for it may be slow."""
    fresh = WrappingKey(random_bytes(KEY_BYTES))
    wrapped = provider.wrap(version, fresh.secret, controller_key_aad(scope, version))
    with vault.database.reading() as connection:
        held = open_scope(provider, connection, scope)
    with vault.database.transaction() as connection:
        seize_roots(connection)
        if connection.execute(_NEW_KEY, (scope, version, wrapped)).rowcount:
            _move_secrets(connection, held, version, fresh)
            _move_peppers(connection, held, version, fresh)


def open_scope(provider: KekProvider, connection: Connection, scope: UUID) -> ScopeKeys:
    """Unwrap a scope's controller keys, one provider call a root version."""
    rows = connection.execute(_KEYS, (scope,), binary=True).fetchall()
    return ScopeKeys(
        scope,
        {
            held: WrappingKey(provider.unwrap(held, wrapped, controller_key_aad(scope, held)))
            for held, wrapped in rows
        },
    )


def _move_secrets(
    connection: Connection, held: ScopeKeys, version: int, fresh: WrappingKey
) -> None:
    controller = ControllerId(held.scope)
    rows = connection.execute(_SECRETS, (controller, version), binary=True).fetchall()
    for purpose, under, wrapped in rows:
        aad = secret_aad(controller, purpose)
        moved = fresh.wrap(held.keys[under].unwrap(wrapped, aad), aad)
        connection.execute(_MOVE_NAMED, (version, moved, controller, purpose))


def _move_peppers(
    connection: Connection, held: ScopeKeys, version: int, fresh: WrappingKey
) -> None:
    controller = ControllerId(held.scope)
    rows = connection.execute(_PEPPERS, (controller, version), binary=True).fetchall()
    for epoch, under, wrapped in rows:
        aad = pepper_aad(controller, epoch)
        moved = fresh.wrap(held.keys[under].unwrap(wrapped, aad), aad)
        connection.execute(_MOVE_PEPPER, (version, moved, controller, epoch))
