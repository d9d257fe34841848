"""What the other tests lean on: lent databases are empty, and a skip can be forbidden."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest

from infra.embedded.cluster import Cluster
from tests.house.tree import ROOT

_SKIPPING = """
import pytest

def test_of_something_else():
    pytest.skip("no broker; enable with: make broker")
"""


_SKIPPING_WHOLLY = """
import pytest

pytest.skip("no broker; enable with: make broker", allow_module_level=True)
"""


@pytest.mark.parametrize("turn", ["first", "second"])
def test_a_lent_database_holds_nothing_of_the_last_test(events_dsn: str, turn: str) -> None:
    with psycopg.connect(events_dsn) as connection:
        assert connection.execute("SELECT to_regclass('left_behind')").fetchone() == (None,), turn
        connection.execute("CREATE TABLE left_behind (number integer)")


@pytest.mark.parametrize("turn", ["first", "second"])
def test_what_the_superuser_left_is_gone_too(cluster: Cluster, keys_dsn: str, turn: str) -> None:
    with psycopg.connect(keys_dsn) as connection:
        name = connection.info.dbname
    with psycopg.connect(cluster.superuser_dsn(name)) as connection:
        query = "SELECT to_regnamespace('left_behind')"
        assert connection.execute(query).fetchone() == (None,), turn
        connection.execute("CREATE SCHEMA left_behind")


@pytest.fixture(scope="module")
def left_open() -> Iterator[list[psycopg.Connection]]:
    """Keep connections open over the end of a test."""
    with ExitStack() as closing:
        connections: list[psycopg.Connection] = []
        yield connections
        for connection in connections:
            closing.enter_context(connection)


@pytest.mark.parametrize("turn", ["first", "second"])
def test_a_session_left_open_does_not_keep_what_it_made(
    events_dsn: str, left_open: list[psycopg.Connection], turn: str
) -> None:
    connection = psycopg.connect(events_dsn, autocommit=True)
    left_open.append(connection)
    assert connection.execute("SELECT to_regclass('held')").fetchone() == (None,), turn
    connection.execute("CREATE TABLE held (number integer)")


def test_the_lent_roles_are_refused_at_each_others_database(events_dsn: str, keys_dsn: str) -> None:
    with psycopg.connect(keys_dsn) as connection:
        name = connection.info.dbname
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(events_dsn, dbname=name)


def _run(directory: Path, text: str, *options: str) -> subprocess.CompletedProcess[str]:
    (directory / "test_other.py").write_text(text)
    command = [sys.executable, "-m", "pytest", "-p", "tests.conftest", *options, "test_other.py"]
    return subprocess.run(  # noqa: S603 - our own environment, no shell
        command,
        cwd=directory,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_skip_is_listed_with_the_command_that_enables_the_test(tmp_path: Path) -> None:
    ran = _run(tmp_path, _SKIPPING)
    assert "test_of_something_else: no broker; enable with: make broker" in ran.stdout
    assert ran.returncode == 0


@pytest.mark.parametrize("text", [_SKIPPING, _SKIPPING_WHOLLY], ids=["a test", "a module"])
def test_a_skip_is_a_failure_where_skips_are_forbidden(tmp_path: Path, text: str) -> None:
    ran = _run(tmp_path, text, "--no-skips")
    assert "skipped, which this run forbids: no broker" in ran.stdout
    assert ran.returncode != 0
