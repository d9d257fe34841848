"""The whole promise in one sitting, each command a process of its own, as a user types them."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.embedded.cluster import open_cluster, remove_cluster
from infra.embedded.place import Sync
from tests.cli.conftest import people_of

CANDIDATES = "150"
PROGRAM = [sys.executable, "-m", "infra.cli"]
COUNTS = ("recorded", "duplicate", "parked", "people")


class Shell:
    """Types commands, expects them to go well, and reads their JSON."""

    def __init__(self, home: Path, folder: Path) -> None:
        mine = {k: v for k, v in os.environ.items() if not k.startswith("GLEMMEBOK_")}  # noqa: TID251 - a process's own
        self._environment = {**mine, "GLEMMEBOK_HOME": str(home)}
        self._folder = folder

    def type(self, *arguments: str) -> str:
        done = subprocess.run(  # noqa: S603 - ourselves, no shell
            [*PROGRAM, *arguments],
            cwd=self._folder,
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    def ask(self, *arguments: str) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(self.type(*arguments, "--json"))
        return answer


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    """Give a shell whose server stays up between commands."""
    home = tmp_path / "a home"
    with open_cluster(home, Sync.OFF):
        yield Shell(home, tmp_path)
    remove_cluster(home)


def _files(folder: Path) -> list[str]:
    return [str(path.relative_to(folder.parent)) for path in sorted(folder.glob("*.avro"))]


def _states(document: object) -> Iterator[str]:
    """Yield the state of every value anywhere in a document."""
    if isinstance(document, dict):
        if "name" in document and "state" in document:
            yield document["state"]
        for part in document.values():
            yield from _states(part)
    elif isinstance(document, list):
        for part in document:
            yield from _states(part)


def _prepare(shell: Shell, folder: Path) -> dict[str, Any]:
    """Make a house and its feeds; return their manifest."""
    shell.type("init")
    _write(shell, folder)
    manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text())
    return manifest


def _write(shell: Shell, folder: Path) -> None:
    shell.type("feeds", "--candidates", CANDIDATES, "--seed", "7", "--out", folder.name)


def _take_in(shell: Shell, folder: Path, manifest: dict[str, Any]) -> None:
    first = shell.ask("ingest", *_files(folder))
    assert {name: first[name] for name in COUNTS} == {
        name: manifest["total"][name] for name in COUNTS
    }
    assert first["recorded"] > 0
    second = shell.ask("ingest", *_files(folder))
    assert (second["recorded"], second["people"], second["refused"]) == (0, 0, {})
    shell.type("project", "--once")


def _erase(shell: Shell, subject: str) -> None:
    before = shell.ask("show", subject)
    assert set(_states(before)) == {"present"}
    erased = shell.ask("erase", subject, "--yes", "--reason", "request")
    assert [receipt["tokens_opened"] for receipt in erased["erased"]] == [0]
    shell.type("rebuild")
    after = shell.ask("show", subject)
    assert after["status"] == "erased"
    assert set(_states(after)) == {"shredded"}
    assert len(after["applications"]) == len(before["applications"])


def test_a_person_is_forgotten_and_stays_forgotten(shell: Shell, tmp_path: Path) -> None:
    feeds, again = tmp_path / "feeds", tmp_path / "again"
    manifest = _prepare(shell, feeds)
    _take_in(shell, feeds, manifest)
    hers = next(people_of(manifest))
    address = ("--email", hers["email"], "--controller", hers["controller"])
    (person,) = shell.ask("find", *address)["people"]
    assert person["name"] == {"name": "name", "state": "present", "value": hers["name"]}
    assert hers["name"] in shell.type("show", person["subject"])

    _erase(shell, person["subject"])
    assert shell.ask("find", *address)["people"] == []

    _write(shell, again)
    assert {p.name: p.read_bytes() for p in again.iterdir()} == {
        p.name: p.read_bytes() for p in feeds.iterdir()
    }
    third = shell.ask("ingest", *_files(again))
    assert (third["recorded"], third["people"]) == (0, 0)
    assert list(third["refused"]) == ["late_fact"]
    assert third["refused"]["late_fact"] >= hers["facts"]
