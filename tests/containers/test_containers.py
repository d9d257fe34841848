"""The real program over a PostgreSQL and a Kafka in containers, and rooms of tests over them."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import docker
import psycopg
import pytest

from infra.cli.app import run
from infra.clock import FixedClock
from infra.embedded.databases import Database, create_database, create_role
from infra.feeds.write import write_feeds
from infra.foundation import found_house
from tests.engine import LABEL, POSTGRES, sweep
from tests.house.tree import ROOT
from tests.kafka.topics import make_topic
from tests.proof.commands import use
from tests.proof.houses import settings_of
from tests.servers import Server, given_server

_PASSWORD = "for-tests-alone"  # noqa: S105 - the container lives as long as the test run
_ROOMS = (
    "tests/kafka/test_relay.py",
    "tests/kafka/test_wire.py",
    "tests/kafka/test_consuming.py::test_every_fact_of_a_topic_is_recorded",
    "tests/keys/test_provider.py",
    "tests/house/test_fixtures.py",
)


@pytest.fixture
def server(postgres_url: str) -> Iterator[Server]:
    """Lend the server empty."""
    with given_server(postgres_url) as lent:
        yield lent


def database(server: Server, kind: str) -> str:
    """Make a database with a role of its own; give its connection string."""
    made = Database(f"a_{kind}", f"a_{kind}")
    with psycopg.connect(server.superuser_dsn(), autocommit=True) as connection:
        create_role(connection, made.role, _PASSWORD)
        create_database(connection, made)
    dsn = server.superuser_dsn(made.name)
    return psycopg.conninfo.make_conninfo(dsn, user=made.role, password=_PASSWORD)


def test_a_feed_is_published_and_consumed_through_containers(
    server: Server,
    kafka: str,
    clock: FixedClock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    settings = settings_of(database(server, "events"), database(server, "keys"), tmp_path)
    found_house(settings, clock)
    use(monkeypatch, settings)
    monkeypatch.setenv("GLEMMEBOK_KAFKA", kafka)
    manifest = write_feeds(40, 7, tmp_path / "feeds")
    files = [str(tmp_path / "feeds" / file.file) for file in manifest.files]
    (tmp_path / "publisher.key").write_text("a secret of the publisher's\n")
    topic = make_topic(kafka, "a-feed", 6)
    publish = ["publish", *files, "--topic", topic.name, "--json"]
    assert run([*publish, "--key-file", str(tmp_path / "publisher.key")]) == 0
    published = json.loads(capsys.readouterr().out)["published"]
    assert run(["consume", topic.name, "--until-idle", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["read"], told["recorded"]) == (published, manifest.total.recorded)


def test_other_rooms_hold_over_a_server_and_a_broker_that_are_given(
    postgres_url: str, kafka: str
) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "--no-skips", "-p", "no:cacheprovider"]
    given = ["--postgres-url", postgres_url, "--kafka", kafka]
    ran = subprocess.run(  # noqa: S603 - our own tests
        [*command, *given, *_ROOMS], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout[-3000:]


def test_a_server_that_holds_something_is_refused_and_left_alone(server: Server) -> None:
    database(server, "house")
    command = [sys.executable, "-m", "pytest", "-q", "--postgres-url", server.superuser_dsn()]
    ran = subprocess.run(  # noqa: S603 - our own tests
        [*command, "tests/house/test_fixtures.py"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "in use: it holds a_house" in ran.stdout + ran.stderr
    assert ran.returncode == 4
    psycopg.connect(server.superuser_dsn("a_house")).close()


@pytest.mark.usefixtures("postgres_url")
def test_containers_of_a_test_run_that_was_killed_are_removed() -> None:
    ended = subprocess.Popen(["true"])  # noqa: S607 - found on the path
    ended.wait()
    client = docker.from_env()
    left = client.containers.create(POSTGRES, labels={LABEL: str(ended.pid)})
    sweep()
    kept = client.containers.list(all=True, filters={"label": LABEL})
    client.close()
    assert left.id not in [one.id for one in kept]
    assert kept != []
