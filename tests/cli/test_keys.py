"""``keys finalise``, ``status`` and ``move``: an erasure becomes final, the rest still opens."""

import time
from pathlib import Path

import pytest

from domain.erasure import ErasureReason
from tests.cli.conftest import ASKED, CONTROLLER, Cli, World, subject_of

REQUEST = ("--reason", ErasureReason.REQUEST.value, "--yes")


@pytest.fixture(autouse=True)
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not wait for leases: nobody else holds this house's keys."""
    monkeypatch.setattr(time, "sleep", [0.0].append)


def _erased(cli: Cli, world: World) -> tuple[str, str]:
    person = world.somebody()
    subject = subject_of(cli, person)
    assert cli("erase", subject, *REQUEST).code == 0
    return person["controller"], subject


def test_an_erasure_is_open_until_it_is_finalised(cli: Cli, world: World) -> None:
    controller, subject = _erased(cli, world)
    other = subject_of(cli, world.somebody())
    before = cli("keys", "status", "--json").document
    assert before["controllers"][controller]["open"] >= 1
    assert before["controllers"][controller]["oldest_at"]
    done = cli("keys", "finalise", "--json").document
    after = cli("keys", "status", "--json").document
    sequence = before["controllers"][controller]["sequence"]
    assert done["controllers"][controller]["covers"] == sequence
    assert after["controllers"][controller]["open"] == 0
    assert list(after["root_versions"]) == [str(done["to_version"])]
    assert cli("show", other, *ASKED, "--json").document["name"]["state"] == "present"
    assert cli("show", subject, *ASKED, "--json").document["name"]["state"] == "shredded"


def test_the_backup_it_opened_is_kept_for_the_owner_alone(cli: Cli, world: World) -> None:
    assert cli("keys", "finalise").code == 0
    (kept,) = (world.home / "key-backup").iterdir()
    assert kept.stat().st_mode & 0o777 == 0o600


def test_a_dry_run_changes_nothing(cli: Cli, world: World) -> None:
    _erased(cli, world)
    before = cli("keys", "status", "--json").document
    dry = cli("keys", "finalise", "--dry-run", "--json").document
    assert dry.pop("dry_run")
    assert before == dry == cli("keys", "status", "--json").document


def test_what_is_printed_tells_the_same(cli: Cli, world: World) -> None:
    controller, _ = _erased(cli, world)
    planned = cli("keys", "finalise", "--dry-run").out
    assert "rekey 1 with" in planned
    printed = cli("keys", "finalise").out
    assert f"{controller}: final up to record" in printed
    assert "file-rewritten" in printed
    assert "dirty: 0" in cli("keys", "status").out


def test_a_house_over_given_databases_restores_its_backup_in_a_cluster_of_its_own(fed: Cli) -> None:
    done = fed("keys", "finalise", "--json").document
    assert done["controllers"][CONTROLLER]["destroyed"][0]["where"] == "provider"


def test_an_escrow_copy_follows(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GLEMMEBOK_ESCROW", str(tmp_path / "safe.key"))
    done = cli("keys", "finalise", "--json").document
    ended = done["controllers"][CONTROLLER]["destroyed"]
    assert [each["where"] for each in ended] == [str(tmp_path / "safe.key"), "provider"]
    assert f'"{done["to_version"]}"' in (tmp_path / "safe.key").read_text()


def test_a_grace_leaves_the_old_root_for_a_later_call(
    fed: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GLEMMEBOK_GRACE_HOURS", "48")
    waiting = fed("keys", "finalise", "--json").document
    assert (waiting["controllers"], bool(waiting["due_at"])) == ({}, True)
    assert fed("keys", "status", "--json").document["run"]["step"] == "leases-passed"


def test_moving_to_where_the_root_is_is_a_mistake(cli: Cli) -> None:
    assert cli("keys", "move", "--to", "file").code == 2


def test_a_provider_that_is_none_is_a_mistake_and_not_repeated(cli: Cli) -> None:
    answer = cli("keys", "move", "--to", "pkcs11:token=t?pin-value=0815")
    assert answer.code == 2
    assert "0815" not in answer.err
