"""What tests share: a real PostgreSQL, fresh databases, a clock that stands, and a rule on skips.

The PostgreSQL is embedded, or that of ``--postgres-url``, or with ``--containers`` in a container.
A skipped test says how to enable it ("... ; enable with: <command>"); the summary repeats it. With
``--no-skips`` (``make test STRICT=1``) a skip is a failure.
"""

import os
import shutil
import tempfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from domain.values import instant_of
from infra.clock import FixedClock
from infra.embedded.cluster import Cluster, open_cluster, remove_cluster
from infra.embedded.databases import Database, create_database, create_role
from infra.embedded.locks import EXCLUSIVE, FileLock, LockHeld, hold
from infra.embedded.orphans import orphaned_clusters, remove_orphan
from infra.embedded.place import Sync
from tests.servers import Server, given_server

NOON = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
_HOME_PREFIX = "glemmebok-test-"
_PASSWORD = "for-tests-alone"  # noqa: S105 - the cluster lives as long as the test run
_ROLES = {"events": "glemmebok_events_1", "keys": "glemmebok_keys_1"}
_SWEEP_SECONDS = 60.0
_END_SESSIONS = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s"
_LEFT = """
    SELECT (SELECT count(*) FROM pg_class WHERE oid >= 16384 AND relnamespace <> 99)
         + (SELECT count(*) FROM pg_namespace WHERE oid >= 16384)
         + (SELECT count(*) FROM pg_proc WHERE oid >= 16384)
"""
"""Objects that initdb did not make: their numbers begin at 16384. 99 is pg_toast."""
_numbers = count(1)

IdleDatabases = dict[str, list[Database]]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--no-skips``, and where the servers are."""
    parser.addoption("--no-skips", action="store_true", help="a skipped test is a failed test")
    parser.addoption(
        "--postgres-url",
        metavar="URL",
        help="a superuser's URL of an empty PostgreSQL to make databases in; for one process alone",
    )
    parser.addoption(
        "--kafka",
        metavar="HOST:PORT",
        help="a broker to make topics on; tests that kill one still run their own",
    )
    parser.addoption(
        "--containers", action="store_true", help="PostgreSQL and Kafka in containers, or fail"
    )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skip into a failure under ``--no-skips``."""
    report = yield
    if report.skipped and item.config.getoption("--no-skips"):
        report.outcome = "failed"
        report.longrepr = f"skipped, which this run forbids: {_skip_reason(report)}"
    assert call.when == report.when
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Turn the skip of a whole module into a failure under ``--no-skips``."""
    report = yield
    if report.skipped and collector.config.getoption("--no-skips"):
        report.outcome = "failed"
        report.longrepr = f"skipped, which this run forbids: {_skip_reason(report)}"
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """List each skipped test with its reason and how to enable it."""
    skipped = terminalreporter.stats.get("skipped", [])
    if skipped:
        terminalreporter.section("not run here")
    for report in skipped:
        terminalreporter.line(f"{report.nodeid}: {_skip_reason(report)}")


def _skip_reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    if isinstance(report.longrepr, tuple):
        return report.longrepr[2].removeprefix("Skipped: ")
    return str(report.longrepr)


@pytest.fixture(scope="session")
def cluster(request: pytest.FixtureRequest) -> Iterator[Server]:
    """Give the server that this process makes its databases in."""
    with _server(request.config) as server:
        with psycopg.connect(server.superuser_dsn(), autocommit=True) as connection:
            for role in _ROLES.values():
                create_role(connection, role, _PASSWORD)
        yield server


@contextmanager
def _server(config: pytest.Config) -> Iterator[Server]:
    if config.getoption("--containers"):
        from tests.engine import contained_postgres  # noqa: PLC0415 - others need no engine

        with contained_postgres() as url, given_server(url) as server:
            yield server
    elif url := config.getoption("--postgres-url"):
        with given_server(url) as server:
            yield server
    else:
        with _own_cluster() as server:
            yield server


@contextmanager
def _own_cluster() -> Iterator[Cluster]:
    """Run a cluster for this process alone; it does not wait for the disk (fsync off)."""
    home, in_use = _session_home()
    with in_use:
        with open_cluster(home, Sync.OFF) as opened:
            yield opened
        remove_cluster(home)
        shutil.rmtree(home)


def _session_home() -> tuple[Path, FileLock]:
    """Make a home that is marked as in use; remove first what killed test runs left behind."""
    temporary = Path(tempfile.gettempdir())
    with hold(temporary / f"{_HOME_PREFIX}{os.getuid()}.lock", EXCLUSIVE, _SWEEP_SECONDS):
        for left in temporary.glob(_HOME_PREFIX + "*/run.lock"):
            with suppress(LockHeld, PermissionError), hold(left, EXCLUSIVE, 0):
                remove_cluster(left.parent)
                shutil.rmtree(left.parent)
        for cluster, home in orphaned_clusters().items():
            if home.is_relative_to(temporary) and not home.parent.exists():
                remove_orphan(cluster)
        home = Path(tempfile.mkdtemp(prefix=_HOME_PREFIX))
        return home, hold(home / "run.lock", EXCLUSIVE, 0)


def _administer(cluster: Server) -> psycopg.Connection:
    return psycopg.connect(cluster.superuser_dsn(), autocommit=True)


@contextmanager
def fresh_database(cluster: Server, kind: str, idle: list[Database]) -> Iterator[str]:
    """Lend an empty database; used ones are emptied and lent again.

    Emptying takes a tenth of the time of dropping and making: some file systems are slow to make
    files where many were just deleted, and a database is three hundred files.
    """
    database = idle.pop() if idle else Database(f"{kind}_{next(_numbers)}", _ROLES[kind])
    with _administer(cluster) as connection:
        create_database(connection, database)
    yield _dsn(cluster, database)
    with _administer(cluster) as connection:
        connection.execute(_END_SESSIONS, [database.name])
    if _empty(cluster, database):
        idle.append(database)
        return
    with _administer(cluster) as connection:
        drop = sql.SQL("DROP DATABASE {} WITH (FORCE)")
        connection.execute(drop.format(sql.Identifier(database.name)))


def _dsn(cluster: Server, database: Database) -> str:
    return make_conninfo(
        cluster.superuser_dsn(database.name), user=database.role, password=_PASSWORD
    )


def _empty(cluster: Server, database: Database) -> bool:
    """Drop what the role made; say whether nothing else is left, the superuser's things say."""
    with psycopg.connect(cluster.superuser_dsn(database.name), autocommit=True) as connection:
        role = sql.Identifier(database.role)
        connection.execute(sql.SQL("DROP OWNED BY {} CASCADE").format(role))
        name = sql.Identifier(database.name)
        connection.execute(sql.SQL("ALTER DATABASE {} RESET ALL").format(name))
        left = connection.execute(_LEFT).fetchone()
    return left == (0,)


@pytest.fixture(scope="session")
def idle_databases() -> IdleDatabases:
    """Hold the emptied databases, by kind."""
    return {kind: [] for kind in _ROLES}


@pytest.fixture
def events_dsn(cluster: Server, idle_databases: IdleDatabases) -> Iterator[str]:
    """Give the connection string of a fresh, empty event database, as its owner."""
    with fresh_database(cluster, "events", idle_databases["events"]) as dsn:
        yield dsn


@pytest.fixture
def keys_dsn(cluster: Server, idle_databases: IdleDatabases) -> Iterator[str]:
    """Give the connection string of a fresh, empty key database, as its owner."""
    with fresh_database(cluster, "keys", idle_databases["keys"]) as dsn:
        yield dsn


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """Name a home directory to be, with a space in its path; a cluster opened there is removed."""
    directory = tmp_path / "a home"
    yield directory
    remove_cluster(directory)


@pytest.fixture
def clock() -> FixedClock:
    """Give a clock that stands at noon, 1 June 2026, UTC."""
    return FixedClock(instant_of(NOON))
