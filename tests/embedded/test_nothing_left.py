"""No server, file or child is left, however a client or the keeper goes."""

from fcntl import flock
from pathlib import Path
from select import select

import psutil
import psycopg
import pytest

from infra.embedded.cluster import open_cluster, remove_cluster
from infra.embedded.locks import SHARED, hold
from infra.embedded.place import Sync
from infra.embedded.unavailable import EmbeddedUnavailable
from tests.embedded.conftest import StartClient, assert_ends


def test_a_killed_client_leaves_no_server(made_home: Path, start_client: StartClient) -> None:
    client = start_client(made_home).ready()
    client.kill()
    assert_ends(client.server, client.keeper)


def test_a_killed_client_leaves_the_server_to_the_other(
    made_home: Path, start_client: StartClient
) -> None:
    with open_cluster(made_home, Sync.OFF) as cluster:
        start_client(made_home).ready().kill()
        with psycopg.connect(cluster.events_dsn) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_killed_keeper_takes_its_server_along(made_home: Path, start_client: StartClient) -> None:
    client = start_client(made_home).ready()
    client.keeper.kill()
    assert_ends(client.server)


def test_after_a_killed_keeper_the_next_open_starts_a_server(
    made_home: Path, start_client: StartClient
) -> None:
    client = start_client(made_home).ready()
    client.keeper.kill()
    assert_ends(client.keeper)
    with (
        open_cluster(made_home, Sync.OFF) as cluster,
        psycopg.connect(cluster.events_dsn) as connection,
    ):
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_start_waits_for_the_server_of_a_killed_keeper(
    made_home: Path, start_client: StartClient
) -> None:
    killed = start_client(made_home).ready()
    killed.server.suspend()
    killed.keeper.kill()
    waiting = start_client(made_home)
    assert waiting.process.stdout
    said, _, _ = select([waiting.process.stdout], [], [], 1.0)
    killed.server.resume()
    assert (said, waiting.ready().server.is_running()) == ([], True)


@pytest.mark.parametrize("child", ["fork", "spawn"])
def test_a_child_that_outlives_its_client_does_not_hold_the_server(
    made_home: Path, start_client: StartClient, child: str
) -> None:
    client = start_client(made_home, child=child).ready()
    client.kill()
    assert_ends(client.server)


def test_an_open_cluster_leaves_no_child_to_the_client(made_home: Path) -> None:
    with open_cluster(made_home, Sync.OFF):
        children = psutil.Process().children(recursive=True)
        assert [child for child in children if "keeper" in " ".join(child.cmdline())] == []


def test_removing_deletes_every_file_of_the_cluster_and_no_other(home: Path) -> None:
    with open_cluster(home, Sync.OFF) as cluster:
        real = cluster.data.resolve().parent
        (home / "root.key").touch()
    remove_cluster(home)
    left = [*home.iterdir(), *filter(Path.exists, (real, cluster.sockets))]
    assert left == [home / "root.key"]


def test_removing_a_cluster_in_use_is_refused(made_home: Path) -> None:
    with open_cluster(made_home, Sync.OFF), pytest.raises(EmbeddedUnavailable, match="in use"):
        remove_cluster(made_home)


def test_removing_under_a_client_whose_server_ended_is_refused(
    made_home: Path, start_client: StartClient
) -> None:
    client = start_client(made_home).ready()
    client.keeper.kill()
    assert_ends(client.server)
    with pytest.raises(EmbeddedUnavailable, match="in use"):
        remove_cluster(made_home)


def test_removing_where_there_is_no_cluster_does_nothing(tmp_path: Path) -> None:
    remove_cluster(tmp_path / "nowhere")
    assert list(tmp_path.iterdir()) == []


def test_a_lock_whose_file_was_removed_meanwhile_is_taken_on_the_new_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "some.lock"
    removals = iter([path.unlink])

    def remove_then_lock(descriptor: int, mode: int) -> None:
        for remove in removals:
            remove()
        flock(descriptor, mode)

    monkeypatch.setattr("fcntl.flock", remove_then_lock)
    with hold(path, SHARED, 1):
        assert path.exists()


def test_closing_twice_does_nothing(tmp_path: Path) -> None:
    lock = hold(tmp_path / "some.lock", SHARED, 0)
    lock.close()
    before = len(list(Path("/proc/self/fd").iterdir()))
    lock.close()
    assert len(list(Path("/proc/self/fd").iterdir())) == before
