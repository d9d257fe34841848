"""One fed house for the whole room, and the program run in this process as its user runs it."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from infra.cli.app import run
from infra.embedded.cluster import open_cluster, remove_cluster
from infra.embedded.place import Sync

CANDIDATES = "160"
CONTROLLER = "toptemp"
ASKED = ("--as", "account-7", "--purpose", "support")
NOBODY = "6a1e7a52-5f3c-4c1f-9d0e-2b8f4f0c9a11"


@dataclass(frozen=True)
class Answer:
    """What a command ended with and printed."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.out)
        return found

    @property
    def error(self) -> dict[str, str]:
        found: dict[str, str] = json.loads(self.err)["error"]
        return found


Cli = Callable[..., Answer]


@dataclass(frozen=True)
class World:
    """A fed house, its feeds, and what the feeds say."""

    home: Path
    feeds: Path
    manifest: dict[str, Any]
    unseen: Iterator[dict[str, Any]]

    @property
    def files(self) -> list[str]:
        return [str(self.feeds / file["file"]) for file in self.manifest["files"]]

    def somebody(self) -> dict[str, Any]:
        """Name a person nobody was given before, whose address is hers alone."""
        return next(self.unseen)


def surroundings(monkeypatch: pytest.MonkeyPatch, home: Path, **settings: str) -> None:
    """Set the environment of a command on a terminal of 80 columns."""
    for name in (
        "DATABASE_URL",
        "KEYS_DATABASE_URL",
        "ROOT_KEY",
        "KEK",
        "ESCROW",
        "GRACE_HOURS",
        "FINALISE_AT",
        "ANCHOR",
        "LANG",
    ):
        monkeypatch.delenv(f"GLEMMEBOK_{name}", raising=False)
    monkeypatch.setenv("GLEMMEBOK_HOME", str(home))
    monkeypatch.setenv("COLUMNS", "80")
    for name, value in settings.items():
        monkeypatch.setenv(f"GLEMMEBOK_{name}", value)


def people_of(manifest: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield people whose address is theirs alone."""
    shared = {
        address.casefold()
        for kind in manifest["ambiguous_emails"].values()
        for address in kind["emails"]
    }
    for person in manifest["people"]:
        if person["email"] and person["applications"] and person["email"].casefold() not in shared:
            yield person


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Found and feed a house; hold its server up for as long as the tests run."""
    root = tmp_path_factory.mktemp("a room")
    home, feeds = root / "a house", root / "some feeds"
    with pytest.MonkeyPatch.context() as monkeypatch, open_cluster(home, Sync.OFF):
        surroundings(monkeypatch, home)
        assert run(["init"]) == 0
        assert run(["feeds", "--candidates", CANDIDATES, "--out", str(feeds)]) == 0
        manifest = json.loads((feeds / "manifest.json").read_text())
        # From the end: tests that look without changing anything take the first.
        fed = World(home, feeds, manifest, iter([*people_of(manifest)][::-1]))
        assert run(["ingest", *fed.files]) == 0
        assert run(["project", "--once"]) == 0
        yield fed
    remove_cluster(home)


@pytest.fixture
def cli(world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cli:
    """Run a command in the fed house."""
    surroundings(monkeypatch, world.home)
    return _runner(capsys)


@pytest.fixture
def anywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Cli:
    """Run a command where there is no house."""
    surroundings(monkeypatch, tmp_path / "no house")
    return _runner(capsys)


@pytest.fixture
def production(
    events_dsn: str,
    keys_dsn: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Cli:
    """Run a command in a house of its own over two databases that are given by their URLs."""
    urls = {"DATABASE_URL": events_dsn, "KEYS_DATABASE_URL": keys_dsn}
    surroundings(monkeypatch, tmp_path / "house", **urls)
    call = _runner(capsys)
    assert call("init").code == 0
    return call


@pytest.fixture
def fed(production: Cli, world: World) -> Cli:
    """Run a command in a house over given databases that knows the people of one feed."""
    assert production("ingest", str(world.feeds / f"{CONTROLLER}.min-side.avro")).code == 0
    assert production("project", "--once").code == 0
    return production


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait a tenth of a second for a database, and not five."""
    monkeypatch.setattr("infra.keys.database._WAIT_SECONDS", 0.1)
    monkeypatch.setattr("infra.store.database.CONNECT_SECONDS", 1)
    monkeypatch.setattr("infra.house._WAIT_SECONDS", 0.1)


def sql(dsn: str, statement: str) -> None:
    """Do something behind the house's back."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(statement.encode())


def _runner(capsys: pytest.CaptureFixture[str]) -> Cli:
    def call(*arguments: str) -> Answer:
        capsys.readouterr()
        code = run(list(arguments))
        printed = capsys.readouterr()
        return Answer(code, printed.out, printed.err)

    return call


def subject_of(cli: Cli, person: dict[str, Any]) -> str:
    """Find a person's id by her address, also that of somebody who set herself inactive."""
    asked = ("find", "--email", person["email"], "-c", person["controller"], "--json")
    (found,) = cli(*asked, "--purpose", "support").document["people"]
    subject: str = found["subject"]
    return subject


def somebody_of(fed: Cli) -> str:
    """Name somebody of the board of a house over given databases."""
    board = fed("board", "-c", CONTROLLER, *ASKED, "--json").document
    subject: str = next(card["subject"] for c in board["columns"] for card in c["cards"])
    return subject
