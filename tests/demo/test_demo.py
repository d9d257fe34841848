"""The demonstration proves what it says on any machine, and fails when it is not so."""

import json
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import pytest

from consumers.suppressing import Suppressing
from domain.keyring import DestroyOrder, Destruction, JournalHead
from domain.pointing import Bar
from domain.values import ControllerId
from infra.cli.app import run
from infra.demo import story
from infra.demo.story import Chosen
from infra.embedded.cluster import open_cluster, remove_cluster
from infra.embedded.place import Sync
from infra.feeds.manifest import Manifest
from infra.house import House
from infra.keys.keyring import Keyring
from tests.cli.conftest import surroundings

CANDIDATES = 60


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Name one home for every demonstration of this module, with a space in it."""
    home = tmp_path_factory.mktemp("demo") / "a home"
    yield home
    remove_cluster(home / "demo" / "house")


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch, place: Path) -> None:
    surroundings(monkeypatch, place)
    monkeypatch.setattr("infra.cli.demonstration.CANDIDATES", CANDIDATES)
    monkeypatch.setattr("infra.house.open_cluster", partial(open_cluster, sync=Sync.OFF))


def test_it_keeps_its_promises(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["demo"]) == 0
    printed = capsys.readouterr()
    assert printed.out.endswith("Every promise was kept.\n")
    assert printed.err == ""
    assert max(len(line) for line in printed.out.splitlines()) <= 80


def test_it_is_told_again_in_the_same_home(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["demo", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told.keys() == {"subject", "receipt", "before", "after", "silence", "wish"}
    assert told["before"]["hers"]["opened"] == told["before"]["hers"]["tried"] > 0
    assert told["after"]["hers"]["opened"] == 0
    assert told["after"]["others"] == told["before"]["others"]
    assert told["after"]["disk"]["found"] == 0 < told["after"]["disk"]["files"]
    silence, wish = told["silence"], told["wish"]
    assert silence["before"]["approached"] == silence["eve"]["approached"]
    assert silence["after"]["approached"]["opened"] == 0 < silence["after"]["signed_in"]["opened"]
    assert wish["found_again"]["refused"] == {"suppressed": 1}
    assert wish["applied"]["people"] == 1


def _pretend(
    keyring: Keyring, _controller: ControllerId, orders: Sequence[DestroyOrder]
) -> list[Destruction]:
    """Say that the keys are destroyed and leave them where they are."""
    at = keyring._vault.clock.now()  # noqa: SLF001 - the saboteur is inside
    head = JournalHead(1, bytes(32))
    return [
        Destruction(
            o.erasure_id, o.subject, o.epochs, tuple(bytes(32) for _ in o.epochs), 1, at, head
        )
        for o in orders
    ]


def test_it_fails_when_key_destruction_is_disabled(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Keyring, "destroy", _pretend)
    assert run(["demo", "--json"]) == 6
    printed = capsys.readouterr()
    assert printed.out == ""
    assert json.loads(printed.err)["error"]["code"] == "tampering"


def test_it_names_every_promise_that_is_not_kept(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    choose = story.choose

    def leak(house: House, manifest: Manifest) -> Chosen:
        chosen = choose(house, manifest)
        (house.settings.home / "notes.txt").write_text(f"about {chosen.known.name}")
        return chosen

    def nobody(*_asked: object) -> dict[int, Bar]:
        return {}

    monkeypatch.setattr(story, "choose", leak)
    monkeypatch.setattr(Suppressing, "bars", nobody)
    monkeypatch.setattr("consumers.sweep_deciding.deed_of", lambda *_asked: None)
    assert run(["demo"]) == 6
    told = capsys.readouterr().err
    assert "plaintext is nowhere on disk before" in told
    assert "plaintext is nowhere on disk after" in told
    assert "month is over" in told
    assert "not found again" in told


def test_it_does_not_touch_a_production_house(
    monkeypatch: pytest.MonkeyPatch, events_dsn: str, keys_dsn: str
) -> None:
    monkeypatch.setenv("GLEMMEBOK_DATABASE_URL", events_dsn)
    monkeypatch.setenv("GLEMMEBOK_KEYS_DATABASE_URL", keys_dsn)
    assert run(["demo"]) == 2
