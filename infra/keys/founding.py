"""Founding a controller: its first controller key, secrets and pepper, in one transaction.

A controller founded before a purpose was thought of gets that purpose's secret when it is founded
again.
"""

from domain.values import ControllerId, Instant
from infra.keys.database import Connection, KeyDatabase
from infra.keys.provider import KekProvider
from infra.keys.record import GENESIS
from infra.keys.ring import PURPOSES
from infra.keys.roots import hold_roots, newest_of_all
from infra.keys.tree import controller_key_aad, pepper_aad, secret_aad
from infra.keys.wrapping import KEY_BYTES, WrappingKey
from infra.random_ids import random_bytes, random_id

_FIRST_EPOCH = 1
_ADD = "INSERT INTO controller_secret VALUES (%b, %b, %b, %b) ON CONFLICT DO NOTHING"


def found_controller(
    database: KeyDatabase, provider: KekProvider, slug: str, now: Instant
) -> ControllerId:
    """Return the controller of ``slug``, made with its keys if it is new.

    Raises:
        KeyUnavailable: the key database or the provider is away, or holds no root version.
    """
    found = list_controllers(database).get(slug)
    if found is not None:
        _complete(database, provider, found)
        return found
    controller = ControllerId(random_id())
    key = WrappingKey(random_bytes(KEY_BYTES))
    with database.transaction() as connection:
        hold_roots(connection)
        version = max(*provider.versions(), newest_of_all(connection), 0)
        wrapped = provider.wrap(version, key.secret, controller_key_aad(controller, version))
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


def _complete(database: KeyDatabase, provider: KekProvider, controller: ControllerId) -> None:
    """Make the secrets that are not there yet, under a root that stays until they are stored."""
    with database.transaction() as connection:
        hold_roots(connection)
        held = connection.execute(
            "SELECT purpose FROM controller_secret WHERE controller = %b", (controller,)
        )
        missing = set(PURPOSES) - {purpose for (purpose,) in held}
        if not missing:
            return
        version, wrapped = connection.execute(
            "SELECT root_version, wrapped FROM controller_key WHERE controller = %b"
            " ORDER BY root_version DESC LIMIT 1",
            (controller,),
        ).fetchall()[0]
        aad = controller_key_aad(controller, version)
        key = WrappingKey(provider.unwrap(version, wrapped, aad))
        for purpose in sorted(missing):
            secret = key.wrap(random_bytes(KEY_BYTES), secret_aad(controller, purpose))
            connection.execute(_ADD, (controller, purpose, version, secret))


def _write_secrets(
    connection: Connection, controller: ControllerId, version: int, key: WrappingKey
) -> None:
    for purpose in PURPOSES:
        wrapped = key.wrap(random_bytes(KEY_BYTES), secret_aad(controller, purpose))
        connection.execute(_ADD, (controller, purpose, version, wrapped))
    pepper = key.wrap(random_bytes(KEY_BYTES), pepper_aad(controller, _FIRST_EPOCH))
    connection.execute(
        "INSERT INTO pepper VALUES (%b, %b, %b, %b)", (controller, _FIRST_EPOCH, version, pepper)
    )
    connection.execute(
        "INSERT INTO journal_head VALUES (%b, %b, %b)",
        (controller, GENESIS.sequence, GENESIS.chain),
    )
