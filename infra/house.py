"""The composition root: every part of the house, made once from the settings and wired together.

Nothing is made at import. :func:`open_house` holds what it opened until its block ends: the
embedded cluster's lock, two connection pools, the keyring's listener.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from psycopg_pool import ConnectionPool

from consumers.deciding import Desk as DecidingDesk
from consumers.erasure import ErasureProcess
from consumers.erasure_ports import Doors, Step
from consumers.ingest import Ingest
from consumers.intake import Reception
from consumers.parking import ParkedAbout, Replay
from consumers.policies import policies
from consumers.promises import Policies
from consumers.rights import Rights
from consumers.second_person import SecondPerson
from domain.keyring import JournalHead, OpenRequest
from domain.values import ControllerId, SubjectId
from infra.clock import Clock
from infra.codec.facts import FactCodec
from infra.codec.parcels import ParcelReader
from infra.codec.upstream import UpstreamCodec
from infra.collector import seldom_collecting
from infra.embedded.cluster import open_cluster
from infra.kafka.schemas import writer_schemas
from infra.kafka.wire import Wire
from infra.keys.anchor import FileAnchor
from infra.keys.keyring import Keyring
from infra.keys.loose import LooseKeys
from infra.keys.provider import KekProvider
from infra.keys.providers import holds_roots, open_provider
from infra.random_ids import random_id
from infra.rights_opener import AuditedRightsOpener
from infra.settings import KEK, DatabaseUrls, Settings
from infra.store.audit import AccessAudit, Opening
from infra.store.outbox import Outbox
from infra.store.parking import Parking
from infra.store.store import EventStore
from infra.views.postgres import PostgresView
from infra.views.queries.desk import Desk, Look
from infra.views.runner import Runner
from infra.views.tables import TABLES
from schemas.contracts import contracts
from schemas.controllers import controllers as declared_controllers

LOG_TOKENS_MAX = 1_000
"""Facts of one person whose tokens are sampled when her erasure is verified."""

LOG_TOKENS_PAGE = 100_000
"""Facts sampled at most for a page of people: some forty megabytes of tokens."""

_POOL_MAX = 6
"""Connections of one process to one database: a page committing, one prepared, readers."""


_WAIT_SECONDS = 5.0
"""How long a view waits for a connection before its database counts as away."""


class NotInitialised(Exception):  # noqa: N818 - a state
    """The house has no keys or tables yet; the message says what to run."""


@dataclass(frozen=True, slots=True)
class House:
    """Every part, ready to use. Write side, read side and erasure are made from it."""

    settings: Settings
    clock: Clock
    controllers: Mapping[str, ControllerId]
    keyring: Keyring
    loose: LooseKeys
    store: EventStore
    parking: Parking
    outbox: Outbox
    audit: AccessAudit
    anchor: FileAnchor
    views: tuple[PostgresView[Any], ...]
    pool: ConnectionPool
    provider: KekProvider

    def ingest(self) -> Ingest:
        """Make the write side: it can seal and append, and open nothing."""
        reception = Reception(
            sources=self._sources(),
            decode=UpstreamCodec().decode_fact,
            contracts=contracts(),
            identifier=self.keyring,
        )
        return Ingest(
            reception=reception,
            keys=self.keyring,
            desk=DecidingDesk(self.store, self.keyring, self.keyring, self.promises()),
            loose=self.loose,
            now=self.clock.now,
            new_id=random_id,
            wait=time.sleep,
        )

    def promises(self) -> Policies:
        """Make what each controller promised, as the write side asks it."""
        slugs = {controller: slug for slug, controller in self.controllers.items()}
        return Policies(self.keyring, slugs, policies())

    def replay(self) -> Replay:
        """Make what takes parked items up again: it opens their payloads for the write side."""
        kafka = self.settings.kafka
        wire = Wire(writer_schemas(None if kafka is None else kafka.schemas))
        return Replay(self.ingest(), self.parking, self.loose, ParcelReader(wire.read).read)

    def erasure(self, reached: Callable[[Step], None] = lambda _step: None) -> ErasureProcess:
        """Make the erasure process; ``reached`` is told each step as it is durable."""
        return ErasureProcess(self._doors(), self.clock.now, random_id, time.sleep, reached)

    def second_person(self) -> SecondPerson:
        """Make what leaves an erasure waiting for a second person."""
        return SecondPerson(self._doors(), self.clock.now, random_id, time.sleep)

    def _doors(self) -> Doors:
        return Doors(
            log=self.store,
            shredder=self.keyring,
            sealer=self.keyring,
            opener=self.keyring,
            rights_opener=self.rights_opener(),
            views=(*self.views, ParkedAbout(self.parking, self.loose, self.clock.now)),
            log_tokens=self.log_tokens,
            anchor=self.anchor_journal,
            promises=self.promises(),
        )

    def rights(self) -> Rights:
        """Make what records one decided fact: an officer's, a duty's, or the person's own."""
        return Rights(self.store, self.clock.now, random_id, time.sleep)

    def rights_opener(self) -> AuditedRightsOpener:
        """Make what opens, audited, what her rights need although she is restricted."""
        return AuditedRightsOpener(self.keyring, self.audit, self.clock)

    def desk(self) -> Desk:
        """Make the read side: it opens, and every opening is audited first."""
        return Desk(self.pool, self.keyring, self.keyring, _DeskAudit(self.audit, self.clock))

    def runner(self) -> Runner:
        """Make the runner that feeds every view."""
        return Runner(self.store, self.views)

    def slug_of(self, controller: ControllerId) -> str:
        """Return a controller's slug."""
        return next(slug for slug, known in self.controllers.items() if known == controller)

    def log_tokens(self, subjects: Sequence[SubjectId]) -> list[OpenRequest]:
        """Sample the newest tokens the log holds of each person."""
        share = LOG_TOKENS_PAGE // max(1, len(subjects))
        return self.store.newest_tokens(subjects, min(LOG_TOKENS_MAX, share))

    def anchor_journal(self, controller: ControllerId, head: JournalHead) -> None:
        """Anchor a journal's head, and its records, outside both databases."""
        self.anchor.advance(
            controller, head, lambda after: self.keyring.journal_records(controller, after)
        )

    def _sources(self) -> dict[str, ControllerId]:
        return {
            source.slug: self.controllers[declared.slug]
            for declared in declared_controllers()
            if declared.slug in self.controllers
            for source in declared.sources
        }


@dataclass(frozen=True, slots=True)
class _DeskAudit:
    """Fits the access audit to the read side's door."""

    audit: AccessAudit
    clock: Clock

    def record(self, look: Look) -> None:
        """Record one look, committed before anything is opened."""
        opening = Opening(
            look.who, look.purpose, look.controller, look.view, look.subjects, look.counts
        )
        self.audit.record(opening, self.clock.now())


@contextmanager
def open_databases(settings: Settings) -> Iterator[DatabaseUrls]:
    """Lend the two databases' addresses; the embedded ones run for as long as the block does.

    Raises:
        EmbeddedUnavailable: the embedded PostgreSQL cannot run here; the message says why.
    """
    if settings.databases is not None:
        yield settings.databases
        return
    with open_cluster(settings.home) as cluster:
        yield DatabaseUrls(events=cluster.events_dsn, keys=cluster.keys_dsn)


@contextmanager
def open_house(settings: Settings, clock: Clock) -> Iterator[House]:
    """Open a house that ``init`` made.

    Raises:
        NotInitialised: there is nothing to open.
        EmbeddedUnavailable, KeyUnavailable, LogUnavailable: a part of it is away.
    """
    provider = open_provider(settings.kek, settings.root_key, time.sleep)
    if not holds_roots(settings.kek, settings.root_key, provider):
        message = (
            f"there is no root key {settings.root_key}; "
            "a new house is made by: glemmebok init, a house that lost its key needs it restored, "
            f"one that moved it names its provider in {KEK.name}"
        )
        raise NotInitialised(message)
    with ExitStack() as stack:
        stack.enter_context(seldom_collecting())
        urls = stack.enter_context(open_databases(settings))
        yield _furnish(stack, settings, (urls, provider), clock)


def _furnish(
    stack: ExitStack, settings: Settings, held: tuple[DatabaseUrls, KekProvider], clock: Clock
) -> House:
    urls, provider = held
    pool = stack.enter_context(_pool(urls.events))
    key_pool = stack.enter_context(_pool(urls.keys))
    keyring = Keyring(key_pool, provider, clock)
    stack.callback(keyring.close)
    store = stack.enter_context(EventStore(urls.events, FactCodec()))
    return House(
        settings=settings,
        clock=clock,
        controllers=keyring.controllers(),
        keyring=keyring,
        loose=LooseKeys(key_pool, provider, clock),
        store=store,
        parking=Parking(store.database),
        outbox=Outbox(store.database),
        audit=AccessAudit(store.database),
        anchor=FileAnchor(settings.anchor),
        views=tuple([PostgresView(pool, table) for table in TABLES]),
        pool=pool,
        provider=provider,
    )


def _pool(url: str) -> ConnectionPool:
    return ConnectionPool(url, min_size=1, max_size=_POOL_MAX, timeout=_WAIT_SECONDS, open=False)
