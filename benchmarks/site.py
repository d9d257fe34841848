"""A house of its own for each group of rows, on a durable embedded cluster, removed afterwards."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from infra.clock import SystemClock
from infra.embedded.cluster import Cluster, open_cluster, remove_cluster
from infra.foundation import found_house
from infra.house import House, open_house
from infra.settings import Language, Settings

_REFERENCE = "reference"
"""The database of what is measured beside the house, in the same cluster."""


@dataclass(frozen=True, slots=True)
class Site:
    """A house, and the way into a database for references. Never printed: it holds passwords."""

    house: House
    reference_dsn: str
    server: str

    def reference_environment(self, cipher_key: str) -> dict[str, str]:
        """Configure an application of the library as its documentation does, encrypting."""
        parts = {name: str(value) for name, value in conninfo_to_dict(self.reference_dsn).items()}
        return {
            "PERSISTENCE_MODULE": "eventsourcing.postgres",
            "POSTGRES_DBNAME": parts["dbname"],
            "POSTGRES_HOST": parts["host"],
            "POSTGRES_PORT": parts["port"],
            "POSTGRES_USER": parts["user"],
            "POSTGRES_PASSWORD": parts["password"],
            "CIPHER_TOPIC": "eventsourcing.cryptography:AESCipher",
            "CIPHER_KEY": cipher_key,
        }


@contextmanager
def open_site() -> Iterator[Site]:
    """Found and open a house in a temporary directory.

    Raises:
        EmbeddedUnavailable: the embedded PostgreSQL cannot run here.
    """
    with TemporaryDirectory(prefix="glemmebok-bench-") as parent:
        settings = settings_in(Path(parent))
        clock = SystemClock()
        try:
            with open_cluster(settings.home) as cluster:
                found_house(settings, clock)
                dsn, server = _reference(cluster)
                with open_house(settings, clock) as house:
                    yield Site(house, dsn, server)
        finally:
            remove_cluster(settings.home)


def settings_in(parent: Path) -> Settings:
    """Say where a house in ``parent`` keeps its things."""
    home = parent / "home"
    return Settings(home, None, home / "root.key", parent / "home.anchor", Language.ENGLISH)


def _reference(cluster: Cluster) -> tuple[str, str]:
    with psycopg.connect(cluster.superuser_dsn(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {_REFERENCE}")
        rows = connection.execute(
            "SELECT current_setting('server_version'), current_setting('fsync'),"
            " current_setting('synchronous_commit')"
        ).fetchall()
    version, fsync, commit = rows[0]
    server = f"PostgreSQL {version}, fsync {fsync}, synchronous_commit {commit}"
    return make_conninfo(cluster.superuser_dsn(_REFERENCE)), server
