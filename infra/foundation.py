"""Making a house: directories, the root key, both schemas, the controllers. Repeating it is safe.

What exists stays as it is: a second ``init`` adds controllers that were declared since, and never
makes a second root key.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from psycopg_pool import ConnectionPool

from domain.answers import KeyUnavailable
from domain.values import ControllerId
from infra.adoption import adopt_all
from infra.clock import Clock
from infra.codec.facts import FactCodec
from infra.house import open_databases
from infra.keys import database as key_database
from infra.keys.anchor import FileAnchor
from infra.keys.keyring import Keyring
from infra.keys.provider import KekProvider
from infra.keys.providers import holds_roots, open_provider
from infra.keys.record import GENESIS
from infra.settings import Settings
from infra.store import schema as event_schema
from infra.store.store import EventStore
from infra.views import schema as view_schema
from schemas.controllers import controllers as declared_controllers

_OWNER_ONLY = 0o700


@dataclass(frozen=True, slots=True)
class Founded:
    """What ``init`` found or made; ``new`` when the root key was made now."""

    home: Path
    anchor: Path
    new: bool
    controllers: dict[str, ControllerId]


def found_house(settings: Settings, clock: Clock) -> Founded:
    """Make what is missing.

    Raises:
        EmbeddedUnavailable, KeyUnavailable, LogUnavailable: a part cannot be made or reached.
        PolicyEdited: a controller's file says something else than what was adopted.
        OSError: a directory cannot be made.
    """
    settings.home.mkdir(mode=_OWNER_ONLY, parents=True, exist_ok=True)
    settings.anchor.mkdir(mode=_OWNER_ONLY, parents=True, exist_ok=True)
    with open_databases(settings) as urls:
        key_database.create_schema(urls.keys)
        event_schema.create_schema(urls.events)
        view_schema.create_schema(urls.events)
        provider = open_provider(settings.kek, settings.root_key, time.sleep)
        new = not holds_roots(settings.kek, settings.root_key, provider)
        if new:
            _require_no_controllers(urls.keys, provider, clock)
            provider.create_version()
        controllers = _found_controllers(urls.keys, provider, clock)
        with EventStore(urls.events, FactCodec()) as store:
            for slug, controller in controllers.items():
                store.add_controller(controller, slug)
            _begin_anchors(settings, urls.keys, provider, clock)
            adopt_all(store, controllers, clock.now)
    return Founded(settings.home, settings.anchor, new, controllers)


def _found_controllers(
    keys_url: str, provider: KekProvider, clock: Clock
) -> dict[str, ControllerId]:
    with _keyring(keys_url, provider, clock) as keyring:
        return {c.slug: keyring.add_controller(c.slug) for c in declared_controllers()}


def _require_no_controllers(keys_url: str, provider: KekProvider, clock: Clock) -> None:
    """Refuse to make a root key for keys that were made under another one.

    Raises:
        KeyUnavailable: the key database holds a house already; its root key is away.
    """
    with _keyring(keys_url, provider, clock) as keyring:
        if keyring.controllers():
            message = "the key database holds a house whose root key file is missing: restore it"
            raise KeyUnavailable(message)


def _begin_anchors(settings: Settings, keys_url: str, provider: KekProvider, clock: Clock) -> None:
    """Anchor the journals that are still empty: from now on a missing anchor was lost."""
    anchor = FileAnchor(settings.anchor)
    with _keyring(keys_url, provider, clock) as keyring:
        for controller in keyring.controllers().values():
            if keyring.journal_head(controller) == GENESIS:
                anchor.push(controller, GENESIS)


@contextmanager
def _keyring(keys_url: str, provider: KekProvider, clock: Clock) -> Iterator[Keyring]:
    with ConnectionPool(keys_url, min_size=1, max_size=2, open=False) as pool:
        keyring = Keyring(pool, provider, clock)
        try:
            yield keyring
        finally:
            keyring.close()
