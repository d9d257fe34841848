"""Founding a controller: its first controller key, secrets and pepper, in one transaction."""

from domain.values import ControllerId, Instant
from infra.keys.database import Connection, KeyDatabase
from infra.keys.provider import KekProvider
from infra.keys.record import GENESIS
from infra.keys.ring import PURPOSES
from infra.keys.tree import controller_key_aad, pepper_aad, secret_aad
from infra.keys.wrapping import KEY_BYTES, WrappingKey
from infra.random_ids import random_bytes, random_id

_FIRST_EPOCH = 1


def found_controller(
    database: KeyDatabase, provider: KekProvider, slug: str, now: Instant
) -> ControllerId:
    """Return the controller of ``slug``, made with its keys if it is new.

    Raises:
        KeyUnavailable: the key database or the provider is away, or holds no root version.
    """
    found = list_controllers(database).get(slug)
    if found is not None:
        return found
    controller = ControllerId(random_id())
    version = max(provider.versions(), default=0)
    key = WrappingKey(random_bytes(KEY_BYTES))
    wrapped = provider.wrap(version, key.secret, controller_key_aad(controller, version))
    with database.transaction() as connection:
        claimed = connection.execute(
            "INSERT INTO controller (controller, slug, created_at) VALUES (%b, %b, %b)"
            " ON CONFLICT (slug) DO NOTHING",
            (controller, slug, now),
        ).rowcount
        if claimed:
            connection.execute(
                "INSERT INTO controller_key VALUES (%b, %b, %b)", (controller, version, wrapped)
            )
            _write_secrets(connection, controller, version, key)
    return controller if claimed else list_controllers(database)[slug]


def list_controllers(database: KeyDatabase) -> dict[str, ControllerId]:
    """Return the controllers by slug.

    Raises:
        KeyUnavailable: the key database is away.
    """
    with database.reading() as connection:
        rows = connection.execute("SELECT slug, controller FROM controller ORDER BY slug")
        return {slug: ControllerId(controller) for slug, controller in rows}


def _write_secrets(
    connection: Connection, controller: ControllerId, version: int, key: WrappingKey
) -> None:
    for purpose in PURPOSES:
        wrapped = key.wrap(random_bytes(KEY_BYTES), secret_aad(controller, purpose))
        connection.execute(
            "INSERT INTO controller_secret VALUES (%b, %b, %b, %b)",
            (controller, purpose, version, wrapped),
        )
    pepper = key.wrap(random_bytes(KEY_BYTES), pepper_aad(controller, _FIRST_EPOCH))
    connection.execute(
        "INSERT INTO pepper VALUES (%b, %b, %b, %b)", (controller, _FIRST_EPOCH, version, pepper)
    )
    connection.execute(
        "INSERT INTO journal_head VALUES (%b, %b, %b)",
        (controller, GENESIS.sequence, GENESIS.chain),
    )
