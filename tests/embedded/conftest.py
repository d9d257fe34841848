"""Client processes to start, to kill and to wait for; accounts to start them as."""

import json
import os
import pwd
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol, Self

import psutil
import pytest

from infra.embedded.cluster import open_cluster, remove_cluster
from infra.embedded.locks import EXCLUSIVE, hold
from infra.embedded.place import Sync

ROOT = Path(__file__).parents[2]
END_SECONDS = 20.0
"""A fast shutdown of an idle server takes a tenth of a second; this is for a busy machine."""
ORDINARY = pwd.getpwnam("nobody")
_AS_ORDINARY = [
    "setpriv",
    f"--reuid={ORDINARY.pw_uid}",
    f"--regid={ORDINARY.pw_gid}",
    "--clear-groups",
    # The interpreter and the packages may lie where only root can read.
    "--inh-caps=+dac_override",
    "--ambient-caps=+dac_override",
]


class Client:
    """A started client process that has the cluster open."""

    def __init__(self, home: Path, prefix: list[str], child: str) -> None:
        command = [*prefix, sys.executable, "-B", "-m", "tests.embedded.client", str(home), child]
        self.process = subprocess.Popen(  # noqa: S603 - our own module, no shell
            [word for word in command if word],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.events_dsn = ""
        self.euid = -1

    def ready(self) -> Self:
        """Wait until it has the cluster open."""
        assert self.process.stdout is not None
        says = json.loads(self.process.stdout.readline())
        self.events_dsn, self.euid = says["events"], says["euid"]
        self.server = psutil.Process(says["server"])
        self.keeper = psutil.Process(self.server.ppid())
        return self

    def kill(self) -> None:
        """End it as ``kill -9`` does."""
        self.process.kill()
        self.process.wait(END_SECONDS)

    def close(self) -> None:
        """End it, and whatever child of it waits on the same stdin."""
        self.process.kill()
        self.process.communicate(timeout=END_SECONDS)


class StartClient(Protocol):
    """Starts a client of a home."""

    def __call__(self, home: Path, *, ordinary: bool = False, child: str = "") -> Client:
        """Start it, as root's ordinary user if asked, with a child if named."""
        ...


@pytest.fixture
def start_client() -> Iterator[StartClient]:
    """Give a starter of client processes; they are ended after the test."""
    with ExitStack() as started:

        def start(home: Path, *, ordinary: bool = False, child: str = "") -> Client:
            client = Client(home, _AS_ORDINARY if ordinary else [], child)
            started.callback(client.close)
            return client

        yield start


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Make a home once: a cluster of its own for each test would take a second each."""
    directory = tmp_path_factory.mktemp("made") / "a home"
    open_cluster(directory, Sync.OFF).close()
    yield directory
    remove_cluster(directory)


@pytest.fixture
def made_home(made: Path) -> Iterator[Path]:
    """Lend the home with its cluster stopped; a test leaves the cluster's files as they were."""
    hold(made / "keeper.lock", EXCLUSIVE, END_SECONDS).close()
    yield made
    hold(made / "keeper.lock", EXCLUSIVE, END_SECONDS).close()


@pytest.fixture(scope="session")
def ordinary_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Name a home that an ordinary user may make; root's tests give the directory to one."""
    directory = tmp_path_factory.mktemp("of an ordinary user")
    if os.geteuid() == 0:
        os.chown(directory, ORDINARY.pw_uid, ORDINARY.pw_gid)
    yield directory / "a home"
    remove_cluster(directory / "a home")


def assert_ends(*processes: psutil.Process) -> None:
    """Wait for the processes to end by themselves."""
    _, alive = psutil.wait_procs(processes, timeout=END_SECONDS)
    assert [process.pid for process in alive] == []
