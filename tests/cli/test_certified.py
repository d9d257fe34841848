"""Backup, erasure, restore, reconcile, finalise, certificate: the whole way, as it is typed."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import ASKED, CONTROLLER, Cli

WHO = ("--as", "account-7")
LONELY = """
import sys
from infra.cli.app import main
def hook(event, args):
    if event.startswith(("socket.", "subprocess.")):
        raise SystemExit(f"reached for {event}")
sys.addaudithook(hook)
main()
"""
"""The program, ended as soon as it reaches for a network or another program."""


@pytest.fixture
def here(fed: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put the house where nobody needs to be told of it."""
    for end in ("", ".anchor"):
        (tmp_path / f"house{end}").rename(tmp_path / f".glemmebok{end}")
    monkeypatch.setenv("GLEMMEBOK_HOME", str(tmp_path / ".glemmebok"))
    # Nobody else holds a lease on this house's keys.
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    assert fed("doctor").code == 0
    return tmp_path


def verified(here: Path, file: str) -> tuple[int, str]:
    """Verify a certificate without environment, databases and network."""
    asked = [sys.executable, "-c", LONELY, "certificate", "verify", file, "--json"]
    ended = subprocess.run(asked, cwd=here, env={}, capture_output=True, text=True, check=False)  # noqa: S603 - our own program
    assert not ended.stderr, ended.stderr
    answer: str = json.loads(ended.stdout)["answer"]
    return ended.returncode, answer


def states(fed: Cli, subject: str) -> set[str]:
    slots = fed("show", subject, *ASKED, "--json").document["slots"]
    return {value["state"] for slot in slots for value in slot["values"]}


def test_an_erasure_holds_through_a_restore_and_its_certificate_proves_it(
    fed: Cli, here: Path
) -> None:
    board = fed("board", "-c", CONTROLLER, *ASKED, "--json").document
    erased, other, *_ = dict.fromkeys(c["subject"] for x in board["columns"] for c in x["cards"])
    backup = str(here / "b1")
    assert fed("backup", backup).code == 0
    (receipt,) = fed("erase", erased, "--yes", "--reason", "request", *WHO, "--json").document[
        "erased"
    ]
    assert fed("restore", backup, "--yes").code == 0
    for subject in (erased, other):
        refused = fed("show", subject, *ASKED, "--json")
        assert refused.code == 4
        assert "glemmebok keys reconcile" in refused.error["hint"]
    assert fed("certificate", receipt["erasure_id"]).code == 4
    assert fed("keys", "reconcile", *WHO).code == 0
    assert fed("project", "--once").code == 0
    assert (states(fed, other), states(fed, erased)) == ({"present"}, {"shredded"})
    assert fed("keys", "finalise").code == 0
    answer = fed("certificate", receipt["erasure_id"], "--json")
    assert answer.code == 0
    (here / "c.jws").write_text(answer.document["jws"] + "\n")
    told = answer.document["certificate"]
    assert told["backups"]["final"]
    assert told["applied_again_at"] != []
    letter = fed("certificate", receipt["erasure_id"], "--letter", *WHO).out
    assert "which other systems were told before is not known any more" in letter
    assert told["unreadable_since"] == receipt["unreadable_since"]
    assert verified(here, "c.jws") == (0, "valid")
    (here / "d.jws").write_text(answer.document["jws"].replace("A", "B", 1))
    assert verified(here, "d.jws") == (6, "altered")
    (here / ".glemmebok" / "signers").rename(here / "kept elsewhere")
    assert verified(here, "c.jws") == (7, "unknown_signer")
