"""Opening makes, starts or joins, whatever the last user of the home left behind."""

import shutil
from pathlib import Path

import psutil
import psycopg

from infra.embedded.cluster import Cluster, open_cluster
from infra.embedded.pidfile import Trace, read_trace, trace_path
from infra.embedded.place import Sync
from tests.embedded.conftest import StartClient, assert_ends


def _answers(cluster: Cluster) -> bool:
    with psycopg.connect(cluster.events_dsn) as connection:
        return connection.execute("SELECT 1").fetchone() == (1,)


def _server(cluster: Cluster) -> int:
    trace = read_trace(cluster.data)
    assert isinstance(trace, Trace)
    return trace.pid


def _stop(cluster: Cluster) -> None:
    keeper = psutil.Process(psutil.Process(_server(cluster)).ppid())
    cluster.close()
    assert_ends(keeper)


def test_a_new_home_with_a_space_in_its_path_gets_a_working_cluster(home: Path) -> None:
    with open_cluster(home, Sync.OFF) as cluster:
        assert _answers(cluster)


def test_a_second_open_joins_the_running_server(made_home: Path) -> None:
    with open_cluster(made_home, Sync.OFF) as first, open_cluster(made_home, Sync.OFF) as second:
        assert _server(first) == _server(second)


def test_a_second_process_joins_the_running_server(
    made_home: Path, start_client: StartClient
) -> None:
    with open_cluster(made_home, Sync.OFF) as cluster:
        assert start_client(made_home).ready().server.pid == _server(cluster)


def test_the_first_client_may_leave_before_the_second(made_home: Path) -> None:
    first = open_cluster(made_home, Sync.OFF)
    with open_cluster(made_home, Sync.OFF) as second:
        first.close()
        assert _answers(second)


def test_rows_are_there_after_the_server_was_stopped(made_home: Path) -> None:
    with open_cluster(made_home, Sync.OFF) as cluster:
        with psycopg.connect(cluster.keys_dsn) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
        _stop(cluster)
    with open_cluster(made_home) as cluster, psycopg.connect(cluster.keys_dsn) as connection:
        assert connection.execute("SELECT number FROM kept").fetchone() == (7,)


def test_opening_while_the_last_keeper_stops_ends_with_a_server(made_home: Path) -> None:
    for _ in range(25):
        with open_cluster(made_home, Sync.OFF) as cluster:
            assert _answers(cluster)


def test_processes_that_open_a_new_home_at_once_share_one_server(
    home: Path, start_client: StartClient
) -> None:
    clients = [start_client(home) for _ in range(4)]
    assert len({client.ready().server.pid for client in clients}) == 1


def test_a_half_made_cluster_is_made_anew(made_home: Path) -> None:
    with open_cluster(made_home, Sync.OFF) as cluster:
        _stop(cluster)
    data = (made_home / "cluster" / "data").resolve()
    data.rename(data.with_name("data.new"))
    (made_home / "cluster" / "prepared").unlink()
    with open_cluster(made_home, Sync.OFF) as cluster:
        assert _answers(cluster)


def test_unfinished_preparation_is_finished(made_home: Path) -> None:
    with open_cluster(made_home, Sync.OFF) as cluster:
        with psycopg.connect(cluster.superuser_dsn(), autocommit=True) as connection:
            connection.execute("DROP DATABASE glemmebok_keys")
        (made_home / "cluster" / "prepared").unlink()
    with (
        open_cluster(made_home, Sync.OFF) as cluster,
        psycopg.connect(cluster.keys_dsn) as connection,
    ):
        assert connection.info.dbname == "glemmebok_keys"


def test_a_server_that_ended_by_itself_is_started_again(made_home: Path) -> None:
    with open_cluster(made_home, Sync.OFF) as cluster:
        server = psutil.Process(_server(cluster))
        keeper = psutil.Process(server.ppid())
        server.kill()
        assert_ends(keeper)
        with open_cluster(made_home, Sync.OFF) as again:
            assert _answers(again)


def test_a_trace_with_another_servers_number_does_not_hinder_the_start(
    made_home: Path, cluster: Cluster
) -> None:
    other = _server(cluster)
    with open_cluster(made_home, Sync.OFF) as mine:
        trace = trace_path(mine.data)
        left = trace.read_text().splitlines()
        _stop(mine)
    trace.write_text("\n".join([str(other), *left[1:], ""]))
    with open_cluster(made_home, Sync.OFF) as mine:
        assert _answers(mine)


def test_a_cleared_temporary_directory_does_not_hinder_the_start(made_home: Path) -> None:
    with open_cluster(made_home, Sync.OFF) as cluster:
        _stop(cluster)
    shutil.rmtree(cluster.sockets)
    with open_cluster(made_home, Sync.OFF) as cluster:
        assert _answers(cluster)


def test_a_cluster_waits_for_the_disk_unless_it_was_made_otherwise(home: Path) -> None:
    open_cluster(home).close()
    with open_cluster(home, Sync.OFF) as cluster, psycopg.connect(cluster.events_dsn) as connection:
        query = "SELECT current_setting('fsync'), current_setting('synchronous_commit')"
        assert connection.execute(query).fetchone() == ("on", "on")
