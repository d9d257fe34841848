"""The canary: marked people go through everything; then every byte of the house is searched.

Their plaintext is nowhere, before and after an erasure: not in heap, indexes, write-ahead log,
server log, dumps or parked payloads. After an erasure, every token that was ever stored and every
key that survives open nothing of the erased, and everything of the others.
"""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree
from typing import Any
from uuid import UUID

import psycopg
import pytest

from consumers.ports import ParkReason
from domain.answers import KeyringError, Present, Shredded
from domain.keyring import OpenRequest
from domain.values import ControllerId
from infra.cli.app import run
from infra.clock import SystemClock
from infra.codec.container import sync_marker_of, write_container
from infra.embedded.cluster import Cluster, open_cluster, remove_cluster
from infra.proof.scan import needles_of, scan
from infra.settings import read_process_settings
from tests.consumers.feed import Feed
from tests.proof.canaries import HER, OTHER, marks, spoil, tell
from tests.proof.houses import SOURCE, Proof, open_proof, run_sql


@dataclass
class Home:
    """A real home, its cluster held open, and a folder outside of it."""

    home: Path
    outside: Path
    cluster: Cluster

    def file(self, feed: Feed) -> str:
        path = self.outside / "feed.avro"
        envelopes = [item.envelope for item in feed.items if item.envelope is not None]
        write_container(path, envelopes, sync_marker_of(b"canary"))
        return str(path)

    def checkpoint(self) -> None:
        with psycopg.connect(self.cluster.superuser_dsn(), autocommit=True) as connection:
            connection.execute("CHECKPOINT")

    def dump(self) -> Path:
        """Dump both databases as text; their bytes stand there in hexadecimal."""
        folder = self.outside / "dumps"
        rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for name, dsn in (("events", self.cluster.events_dsn), ("keys", self.cluster.keys_dsn)):
            with (folder / f"{name}.sql").open("wb") as file:
                command = [str(self.cluster.programs / "pg_dump"), "--dbname", dsn]
                subprocess.run(command, stdout=file, check=True)  # noqa: S603 - the cluster's own
        return folder

    def found(self, *people: str) -> list[Path]:
        """Search everything for what was told of these people: every value holds their mark."""
        needles = needles_of([form for mark in people for form in (mark, mark.lower())])
        self.checkpoint()
        places = [scan(self.home, needles), scan(self.dump(), needles)]
        assert places[0].size_bytes > 1_000_000
        assert places[1].size_bytes > 10_000
        return [path for place in places for path in place.found]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    where, outside = tmp_path / "home", tmp_path / "outside"
    outside.mkdir()
    monkeypatch.setenv("GLEMMEBOK_HOME", str(where))
    with open_cluster(where) as cluster:
        yield Home(where, outside, cluster)
    remove_cluster(where)


def command(*arguments: str) -> None:
    assert run([*arguments, "--json"]) == 0


def opened(proof: Proof, tokens: list[OpenRequest]) -> set[type]:
    return {type(answer) for answer in proof.answers(tokens)}


@pytest.mark.requirement("A22", "A26", "A76", "A114", "A211")
def test_plaintext_is_nowhere_and_an_erased_person_cannot_be_recovered(home: Home) -> None:
    feed = Feed(SOURCE)
    for mark in (HER, OTHER):
        tell(feed, mark)
        spoil(feed, mark)
    file = home.file(feed)
    for words in (["init"], ["ingest", file], ["project", "--once"]):
        command(*words)
    settings = read_process_settings()
    with open_proof(settings, SystemClock()) as proof:
        her = proof.person(marks(HER)["remote"])
        other = proof.person(marks(OTHER)["remote"])
        hers, others = proof.tokens(her), proof.tokens(other)
        assert opened(proof, hers) == opened(proof, others) == {Present}
        reasons = {count.reason for count in proof.house.parking.counts()}
        assert reasons == {ParkReason.UNKNOWN_SOURCE, ParkReason.MALFORMED}
    for person in (her, other):
        command("show", str(person))
        command("timeline", str(person))
    command("find", "--email", marks(HER)["email"])
    assert home.found(HER, OTHER) == []

    erase = ["erase", "--email", marks(HER)["email"], "--reason", "request", "--yes"]
    for words in (erase, ["ingest", file], ["rebuild"], ["show", str(her)]):
        command(*words)
    assert home.found(HER, OTHER) == []
    with open_proof(settings, SystemClock()) as proof:
        assert opened(proof, hers) == {Shredded}
        assert opened(proof, others) == {Present}
        keys = run_sql(home.cluster.keys_dsn, "SELECT key_id, subject, category FROM dek")
        assert recovered(proof, keys, hers) == 0
        assert recovered(proof, keys, others) == len(others)
    _plant(home)
    assert len(home.found(HER)) >= 2


def recovered(proof: Proof, keys: list[tuple[Any, ...]], tokens: list[OpenRequest]) -> int:
    """Try each token under every key that survives, as its owner would; count what opens.

    The key's id is written over the token's.
    """
    tries = [
        OpenRequest(subject, token.fact_id, category, token.slot, _under(key_id, token.token))
        for key_id, subject, category in keys
        for token in tokens
    ]
    return sum(_opens(proof, proof.controller, asked) for asked in tries)


def _under(key_id: UUID, token: bytes) -> bytes:
    return token[:2] + key_id.bytes + token[18:]


def _opens(proof: Proof, controller: ControllerId, asked: OpenRequest) -> bool:
    try:
        return isinstance(proof.house.keyring.open(controller, [asked])[0], Present)
    except KeyringError:
        return False


def _plant(home: Home) -> None:
    """Put one plaintext value into one row: the control, found in the heap and in the dump."""
    with psycopg.connect(home.cluster.events_dsn, autocommit=True) as connection:
        connection.execute("CREATE TABLE planted (value text)")
        connection.execute("INSERT INTO planted VALUES (%s)", [marks(HER)["given"]])
