"""The page for integrators, followed: a stock client's record is on the board."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from infra.cli.app import run
from infra.settings import Settings
from tests.kafka.topics import Topic
from tests.proof.commands import use

KIND = "candidate.application-submitted"

pytestmark = pytest.mark.skipif(
    shutil.which("kcat") is None, reason="kcat is not installed; enable with: make deps"
)


@pytest.mark.usefixtures("cluster")
def test_a_record_of_a_stock_client_is_on_the_board(
    topic: Topic,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    use(monkeypatch, settings)
    monkeypatch.setenv("GLEMMEBOK_KAFKA", topic.address)
    assert run(["encode", "--example", KIND]) == 0
    (tmp_path / "fact.json").write_text(capsys.readouterr().out)
    assert run(["encode", str(tmp_path / "fact.json"), "--out", str(tmp_path / "m.bin")]) == 0
    command = ["kcat", "-P", "-b", topic.address, "-t", topic.name, str(tmp_path / "m.bin")]
    subprocess.run(command, check=True, timeout=30)  # noqa: S603 - a stock client, no shell
    assert run(["consume", topic.name, "--until-idle"]) == 0
    assert run(["project", "--once"]) == 0
    capsys.readouterr()
    asked = ["--as", "account-7", "--purpose", "recruitment"]
    assert run(["board", "-c", "toptemp", *asked, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["total"] == 1
