"""The broker of one's own: nothing of it is left behind, and only the pinned jars are run."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from infra.broker.broker import Broker, open_broker
from infra.broker.jars import VERSION, check, jars
from infra.broker.unavailable import BrokerUnavailable
from tests.kafka.conftest import CACHE
from tests.kafka.members import until
from tests.kafka.topics import make_topic

_PARENT = """
import signal, sys
from pathlib import Path
from infra.broker.broker import open_broker
with open_broker(Path(sys.argv[1]), Path(sys.argv[2])) as broker:
    print(broker._process.pid, flush=True)
    signal.pause()
"""


def is_running(pid: int) -> bool:
    """Say whether a process is there and is no corpse."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.mark.usefixtures("broker")
def test_a_broker_dies_with_the_process_that_started_it(tmp_path: Path) -> None:
    parent = subprocess.Popen(  # noqa: S603 - ourselves
        [sys.executable, "-c", _PARENT, tmp_path / "home", CACHE], stdout=subprocess.PIPE
    )
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    assert is_running(pid)
    parent.send_signal(signal.SIGKILL)
    parent.communicate()
    until(lambda: not is_running(pid))


def test_a_port_that_is_taken_is_told_before_anything_is_started(
    broker: Broker, tmp_path: Path
) -> None:
    with (
        pytest.raises(BrokerUnavailable, match=f"listens on {broker.address} already"),
        open_broker(tmp_path / "home", CACHE, broker.port),
    ):
        raise AssertionError
    assert not (tmp_path / "home").exists()


def test_without_java_the_command_that_brings_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BrokerUnavailable) as why, open_broker(tmp_path / "home", tmp_path):
        raise AssertionError
    assert str(why.value) == "java is missing, which runs the broker; enable with: make deps"


def test_without_maven_the_command_that_brings_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BrokerUnavailable, match=r"Maven is missing.*enable with: make deps"):
        jars(tmp_path / "cache")


def maven(folder: Path, script: str) -> None:
    """Put a program on the path that does what Maven would."""
    program = folder / "mvn"
    program.write_text(f'#!/bin/sh\nfor one in "$@"; do case "$one" in\n{script}\nesac; done\n')
    program.chmod(0o755)


def test_jars_that_are_not_those_pinned_are_refused_and_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    maven(tmp_path, '-DoutputDirectory=*) echo stranger > "${one#*=}/stranger-1.jar";;')
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    with pytest.raises(BrokerUnavailable, match=r"not those pinned: .*stranger-1\.jar"):
        jars(tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []


def test_maven_that_fails_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    maven(tmp_path, "-DoutputDirectory=*) exit 7;;")
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    with pytest.raises(BrokerUnavailable, match="status 7"):
        jars(tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []


@pytest.mark.usefixtures("broker")
def test_a_jar_that_was_changed_in_the_cache_is_refused(tmp_path: Path) -> None:
    kept = tmp_path / f"kafka-{VERSION}"
    kept.mkdir()
    for jar in (CACHE / kept.name).glob("*.jar"):
        (kept / jar.name).symlink_to(jar)
    check(kept)
    changed = min(kept.glob("*.jar"))
    changed.unlink()
    changed.write_bytes(b"another program")
    with pytest.raises(BrokerUnavailable, match=changed.name):
        jars(tmp_path)


def test_a_broker_that_does_not_come_up_says_where_its_log_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    java = tmp_path / "java"
    java.write_text("#!/bin/sh\nexit 0\n")
    java.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    home = tmp_path / "home"
    with pytest.raises(BrokerUnavailable) as why:
        Broker(home, tmp_path, 1).start()
    assert str(home / "broker.log") in str(why.value)


@pytest.mark.usefixtures("broker")
def test_no_random_number_makes_an_id_that_is_taken_for_an_option(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guard: in base64 these bytes begin with a dash."""
    monkeypatch.setattr("infra.broker.broker.random_bytes", lambda size: b"\xfb" * size)
    with open_broker(tmp_path / "home", CACHE) as other:
        assert make_topic(other.address, "facts", 1).partitions == 1
