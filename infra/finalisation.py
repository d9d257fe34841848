"""Wires finalisation to a house: its provider, its escrow copies, and a backup that was opened."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
from psycopg import sql

from infra.clock import Clock
from infra.embedded.account import server_account
from infra.embedded.cluster import Cluster, open_cluster, remove_cluster
from infra.embedded.place import Sync
from infra.embedded.programs import program_directory
from infra.gate import anchor_finalised, restore_gate
from infra.house import House, open_databases
from infra.keys.backup_witness import DumpWitness
from infra.keys.cache import CacheLimits
from infra.keys.escrow import FileEscrow
from infra.keys.finalisation_run import Step
from infra.keys.finalisation_shapes import Doors, Finalised, Progress, Terms
from infra.keys.finalising import finalise
from infra.keys.provider import LocalFileProvider
from infra.random_ids import random_id
from infra.settings import Settings

_HOUR_SECONDS = 3_600.0
_KEPT = "key-backup"
"""The directory in the home of the backup a finalisation makes."""


def finalise_house(
    house: House,
    report: Callable[[Progress], None] = lambda _progress: None,
    reached: Callable[[Step], None] = lambda _step: None,
    wait: Callable[[float], object] | None = None,
) -> Finalised:
    """Finalise a house's erasures, once the restore gate has passed.

    A key database that was put back must not decide which root dies: the right one may still be
    in a backup. ``wait`` pauses for some seconds, or raises.

    Raises:
        GateClosed: the databases are older than the anchor.
        FinalisationUnderWay, KeyUnavailable, SealBroken: see :func:`finalise`.
    """
    restore_gate(house)()
    settings = house.settings
    with witness(settings, house.clock) as backups:
        doors = Doors(house.provider, backups, wait or time.sleep, escrows_of(settings))
        terms = Terms(CacheLimits().lease_seconds, settings.grace_hours * _HOUR_SECONDS)
        done = finalise(house.keyring.vault, doors, terms, report, reached)
    for controller in house.controllers.values():
        anchor_finalised(house, controller)
    return done


@contextmanager
def witness(settings: Settings, clock: Clock) -> Iterator[DumpWitness]:
    """Lend a witness that dumps the key database into the home, and restores it beside the house.

    The embedded cluster lends the scratch database; a house with servers of its own gets a cluster
    for the time of the restore.

    Raises:
        EmbeddedUnavailable: the embedded PostgreSQL cannot run here.
    """
    with open_databases(settings) as urls:
        embedded = settings.databases is None
        lend = scratch_beside(settings.home) if embedded else _apart
        programs = program_directory(server_account())
        yield DumpWitness(programs, settings.home / _KEPT, urls.keys, lend, clock)


def escrows_of(settings: Settings) -> tuple[FileEscrow, ...]:
    """Make the copies of the root key that are listed."""
    source = LocalFileProvider(settings.root_key)
    return tuple([FileEscrow(str(path), path, source) for path in settings.escrow])


def scratch_beside(home: Path) -> Callable[[], AbstractContextManager[str]]:
    """Lend empty databases of a home's own cluster."""
    return partial(_beside, home)


@contextmanager
def _beside(home: Path) -> Iterator[str]:
    with open_cluster(home) as cluster, _database(cluster) as dsn:
        yield dsn


@contextmanager
def _apart() -> Iterator[str]:
    with TemporaryDirectory(prefix="glemmebok-scratch-") as directory:
        home = Path(directory) / "home"
        try:
            with open_cluster(home, Sync.OFF) as cluster, _database(cluster) as dsn:
                yield dsn
        finally:
            remove_cluster(home)


@contextmanager
def _database(cluster: Cluster) -> Iterator[str]:
    """Make an empty database, and drop it at the end."""
    name = f"glemmebok_scratch_{random_id().hex}"
    with psycopg.connect(cluster.superuser_dsn(), autocommit=True) as connection:
        created = sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name))
        connection.execute(created)
        try:
            yield cluster.superuser_dsn(name)
        finally:
            with suppress(psycopg.Error):
                drop = sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
                connection.execute(drop)
