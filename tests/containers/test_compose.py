"""infra/compose.yaml, whole: a fact published outside of it is on its board, and nobody is root."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

import pytest

from infra.cli.app import run
from infra.feeds.write import write_feeds
from tests.containers.stack import Stack, compose_program

_METRICS = """
import urllib.request as r
print(r.urlopen("http://127.0.0.1:9464/metrics", timeout=5).read().decode())
"""
_TURNS = 240
"""Half seconds to wait for something to be so."""


@pytest.fixture(scope="module")
def stack(images: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:  # noqa: ARG001 - needed first
    """Bring the consumer and all that it needs up; take everything down, volumes too."""
    program = compose_program()
    if not program:
        pytest.skip("Docker has no compose; enable with: make deps-containers")
    made = Stack.over(program, tmp_path_factory.mktemp("stack"))
    try:
        made.call("up", "--detach", "--no-build", "consume", "run")
        _wait(lambda: "starting" not in state(made).values())
        yield made
    finally:
        made.call("down", "--volumes", "--timeout", "20")


def _wait(condition: Callable[[], bool]) -> None:
    """Wait until something is so, or too long."""
    pause = Event()
    for _ in range(_TURNS):
        if condition():
            break
        pause.wait(0.5)


def recorded(stack: Stack) -> int:
    """Ask the consumer how many facts it recorded."""
    for line in stack.inside("python", "-c", _METRICS).splitlines():
        if line.startswith('glemmebok_items_total{outcome="recorded"'):
            return int(float(line.split()[-1]))
    return 0


def cards(stack: Stack) -> int:
    """Ask how many cards a controller's board shows; the service feeds it."""
    asked = ("--as", "account-7", "--purpose", "support", "--json")
    board = json.loads(stack.inside("glemmebok", "board", "-c", "toptemp", *asked))
    return sum(len(column["cards"]) for column in board["columns"])


def state(stack: Stack) -> dict[str, str]:
    """Say how each container is: well, or how it ended."""
    told = {}
    for one in stack.inspected():
        service = one["Config"]["Labels"]["com.docker.compose.service"]
        health = one["State"].get("Health")
        told[service] = health["Status"] if health else f"ended {one['State']['ExitCode']}"
    return told


def test_a_feed_published_from_outside_is_on_the_board(
    stack: Stack,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    manifest = write_feeds(40, 7, tmp_path / "feeds")
    files = [str(tmp_path / "feeds" / file.file) for file in manifest.files]
    (tmp_path / "publisher.key").write_text("a secret of the publisher's\n")
    monkeypatch.setenv("GLEMMEBOK_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("GLEMMEBOK_KAFKA", f"127.0.0.1:{stack.port}")
    assert run(["publish", *files, "--key-file", str(tmp_path / "publisher.key"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["published"] > 0
    _wait(lambda: recorded(stack) == manifest.total.recorded)
    assert recorded(stack) == manifest.total.recorded
    _wait(lambda: cards(stack) > 0)
    assert cards(stack) > 0


def test_every_container_is_well_or_done(stack: Stack) -> None:
    well = dict.fromkeys(("events-db", "keys-db", "kafka", "consume", "run"), "healthy")
    assert state(stack) == {**well, "init": "ended 0", "topics": "ended 0"}


def test_nobody_is_root_and_nobody_can_write_to_the_image(stack: Stack) -> None:
    soft = [
        one["Name"]
        for one in stack.inspected()
        if one["Config"]["User"].split(":")[0] in {"", "0", "root"}
        or not one["HostConfig"]["ReadonlyRootfs"]
        or one["HostConfig"]["CapDrop"] != ["ALL"]
        or "no-new-privileges:true" not in one["HostConfig"]["SecurityOpt"]
    ]
    assert soft == []


def test_the_engine_is_told_no_password(stack: Stack) -> None:
    told = json.dumps(stack.inspected())
    passwords = [file.read_text().strip() for file in stack.secrets.iterdir()]
    assert [word for word in passwords if word in told] == []


def test_the_broker_cannot_reach_the_databases(stack: Stack) -> None:
    reach = "</dev/tcp/{}/5432 && echo reached || echo not reached"
    for database in ("events-db", "keys-db"):
        script = reach.format(database)
        assert stack.inside("bash", "-c", script).strip() == "reached"
        assert stack.call("exec", "-T", "kafka", "bash", "-c", script).strip() == "not reached"
