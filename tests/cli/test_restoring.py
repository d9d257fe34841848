"""Backup, erasure, restore, reconciliation: the whole way, as its operator types it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import ASKED, CONTROLLER, Cli, sql

WHO = ("--as", "account-7")
ERASE = ("--yes", "--reason", "request", *WHO)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "b1"


@pytest.fixture
def pair(fed: Cli) -> tuple[str, str]:
    """Name two people of one board."""
    board = fed("board", "-c", CONTROLLER, *ASKED, "--json").document
    first, second, *_ = dict.fromkeys(c["subject"] for x in board["columns"] for c in x["cards"])
    return first, second


def states(fed: Cli, subject: str) -> set[str]:
    slots = fed("show", subject, *ASKED, "--json").document["slots"]
    return {value["state"] for slot in slots for value in slot["values"]}


@pytest.mark.parametrize("part", ["", "--keys-only", "--events-only"])
def test_an_erasure_that_a_restore_undoes_is_done_again(
    fed: Cli, pair: tuple[str, str], folder: Path, part: str
) -> None:
    erased, other = pair
    parts = [part] if part else []
    before = fed("show", other, *ASKED, "--json").document
    assert fed("backup", str(folder)).code == 0
    assert fed("erase", erased, *ERASE).code == 0
    assert fed("restore", str(folder), *parts, "--yes").code == 0
    for subject in (erased, other):
        refused = fed("show", subject, *ASKED, "--json")
        assert refused.code == 4
        assert "glemmebok keys reconcile" in refused.error["hint"]
    assert fed("keys", "reconcile", *WHO).code == 0
    assert fed("project", "--once").code == 0
    assert fed("show", other, *ASKED, "--json").document == before
    assert states(fed, erased) == {"shredded"}
    assert fed("audit", "verify").code == 0


def test_a_reconciled_house_is_finalised_and_older_key_backups_are_dead(
    fed: Cli, pair: tuple[str, str], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The whole way: undone by a restore, done again, final, and no backup brings anybody back."""
    # Nobody else holds a lease on this house's keys.
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    fed("backup", str(folder))
    fed("erase", pair[0], *ERASE)
    fed("restore", str(folder), "--yes")
    assert fed("keys", "reconcile", *WHO).code == 0
    assert fed("keys", "finalise").code == 0
    newer = folder.with_name("b2")
    assert fed("backup", str(newer)).code == 0
    assert fed("restore", str(folder), "--keys-only", "--yes").code == 0
    assert fed("keys", "reconcile", *WHO).code == 5
    assert fed("show", pair[1], *ASKED).code == 4
    assert fed("restore", str(newer), "--keys-only", "--yes").code == 0
    assert fed("keys", "reconcile", *WHO).code == 0
    assert states(fed, pair[0]) == {"shredded"}
    assert states(fed, pair[1]) == {"present"}


def test_looking_first_is_told_and_changes_nothing(
    fed: Cli, pair: tuple[str, str], folder: Path
) -> None:
    fed("backup", str(folder))
    fed("erase", pair[0], *ERASE)
    fed("restore", str(folder), "--yes")
    looked = fed("keys", "reconcile", "--dry-run", *WHO, "--json").document
    assert looked["wrong"]
    assert looked["log"]["lost"] == 4
    assert looked["controllers"][CONTROLLER]["behind"] == 1
    assert looked["controllers"][CONTROLLER]["unfenced"] == 1
    assert fed("show", pair[1], *ASKED).code == 4


def test_a_house_that_needs_nothing_is_told_so(fed: Cli) -> None:
    answer = fed("keys", "reconcile", *WHO)
    assert (answer.code, answer.out) == (
        0,
        "Databases and anchor agree: nothing to reconcile.\n",
    )


def test_what_was_done_is_told_to_machines(fed: Cli, pair: tuple[str, str], folder: Path) -> None:
    fed("backup", str(folder))
    fed("erase", pair[0], *ERASE)
    fed("restore", str(folder), "--yes")
    done = fed("keys", "reconcile", *WHO, "--json").document["controllers"][CONTROLLER]
    assert (done["put_back"], done["fenced_again"], done["refused"]) == (1, 1, 0)
    assert done["lost_keys"] == {"people": 0, "keys": 0, "facts_by_source": {}}


def test_a_restore_of_what_has_not_changed_is_reconciled_too(fed: Cli, folder: Path) -> None:
    """Guard: a restore is noted at the anchor, whether or not a chain shows it."""
    fed("backup", str(folder))
    fed("restore", str(folder), "--yes")
    assert fed("board", "-c", CONTROLLER, *ASKED).code == 4
    assert fed("keys", "reconcile", *WHO).code == 0
    assert fed("board", "-c", CONTROLLER, *ASKED).code == 0


def test_a_closed_gate_is_seen_by_doctor_and_is_no_tampering(
    fed: Cli, pair: tuple[str, str], folder: Path
) -> None:
    fed("backup", str(folder))
    fed("erase", pair[0], *ERASE)
    fed("restore", str(folder), "--yes")
    assert fed("doctor").code == 4


def test_a_reconciliation_in_production_names_who_does_it(fed: Cli) -> None:
    assert fed("keys", "reconcile").code == 2


def test_a_tampered_journal_is_not_reconciled(
    fed: Cli, pair: tuple[str, str], keys_dsn: str
) -> None:
    fed("erase", pair[0], *ERASE)
    sql(keys_dsn, "UPDATE journal SET chain = sha256(chain)")
    answer = fed("keys", "reconcile", *WHO, "--json")
    assert (answer.code, answer.error["code"]) == (6, "tampering")


@pytest.fixture
def backed(fed: Cli, folder: Path) -> Iterator[Path]:
    assert fed("backup", str(folder)).code == 0
    yield folder
    assert fed("board", "-c", CONTROLLER, *ASKED).code == 0


def test_a_backup_holds_neither_root_key_nor_anchor(backed: Path) -> None:
    assert {path.name for path in backed.iterdir()} == {
        "manifest.json",
        "events.dump",
        "keys.dump",
    }


def test_the_manifest_names_the_ends_of_the_chains(fed: Cli, backed: Path) -> None:
    manifest = json.loads((backed / "manifest.json").read_text())
    log = fed("audit", "verify", "--json").document["chains"][0]
    assert manifest["parts"]["events"]["heads"]["log"]["position"] == log["records"]


def test_nobody_else_may_read_a_backup(backed: Path) -> None:
    assert {oct(path.stat().st_mode & 0o077) for path in (backed, *backed.iterdir())} == {"0o0"}


def test_a_folder_that_is_there_is_not_written_to(fed: Cli, backed: Path) -> None:
    answer = fed("backup", str(backed), "--json")
    assert answer.code == 3
    assert str(backed) in answer.error["message"]


def test_a_half_made_backup_is_made_anew(fed: Cli, tmp_path: Path) -> None:
    half = tmp_path / "b2.unfinished"
    half.mkdir()
    (half / "events.dump").write_bytes(b"half")
    assert fed("backup", str(tmp_path / "b2")).code == 0
    assert not half.exists()


@pytest.mark.parametrize("name", ["events.dump", "keys.dump", "manifest.json"])
def test_a_damaged_backup_is_refused_by_the_name_of_its_file(
    fed: Cli, backed: Path, name: str
) -> None:
    path = backed / name
    path.write_bytes(path.read_bytes()[:-3] + b"xyz")
    answer = fed("restore", str(backed), "--yes", "--json")
    assert answer.code == 3
    assert str(path) in answer.error["message"]


def test_a_missing_file_is_named(fed: Cli, backed: Path) -> None:
    (backed / "keys.dump").unlink()
    answer = fed("restore", str(backed), "--yes", "--json")
    assert answer.code == 3
    assert "keys.dump is missing" in answer.error["message"]


def test_a_part_that_was_not_backed_up_is_not_restored(fed: Cli, tmp_path: Path) -> None:
    folder = tmp_path / "b3"
    assert fed("backup", str(folder), "--keys-only").code == 0
    assert fed("restore", str(folder), "--yes").code == 3
    assert fed("board", "-c", CONTROLLER, *ASKED).code == 0


def test_another_houses_backup_is_refused(fed: Cli, backed: Path) -> None:
    path = backed / "manifest.json"
    manifest = json.loads(path.read_text())
    others = dict.fromkeys(manifest["controllers"], "6a1e7a52-5f3c-4c1f-9d0e-2b8f4f0c9a11")
    path.write_text(json.dumps({**manifest, "controllers": others}))
    answer = fed("restore", str(backed), "--yes", "--json")
    assert answer.code == 3
    assert "another house" in answer.error["message"]


def test_a_house_in_use_is_not_restored(fed: Cli, backed: Path, events_dsn: str) -> None:
    import psycopg  # noqa: PLC0415 - this test's alone

    with psycopg.connect(events_dsn):
        answer = fed("restore", str(backed), "--yes", "--json")
    assert answer.code == 5
    assert "in use" in answer.error["message"]


def test_nobody_there_to_ask_restores_nothing(fed: Cli, backed: Path) -> None:
    assert fed("restore", str(backed)).code == 2
