"""Who may enter: by the socket alone, with a password, each role in its own database."""

import stat
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from infra.embedded.cluster import Cluster, open_cluster
from infra.embedded.pidfile import Trace, read_trace
from infra.embedded.place import Sync, log_path


@pytest.fixture(scope="module")
def entered(made: Path) -> Iterator[Cluster]:
    """Open one cluster for the questions of this module."""
    with open_cluster(made, Sync.OFF) as cluster:
        yield cluster


def _refusal(dsn: str) -> str:
    with pytest.raises(psycopg.OperationalError) as refused:
        psycopg.connect(dsn)
    return str(refused.value)


@pytest.mark.requirement("A61")
def test_the_event_role_is_refused_at_the_key_database(entered: Cluster) -> None:
    refusal = _refusal(make_conninfo(entered.events_dsn, dbname="glemmebok_keys"))
    assert 'permission denied for database "glemmebok_keys"' in refusal


@pytest.mark.requirement("A61")
def test_the_key_role_is_refused_at_the_event_database(entered: Cluster) -> None:
    refusal = _refusal(make_conninfo(entered.keys_dsn, dbname="glemmebok"))
    assert 'permission denied for database "glemmebok"' in refusal


@pytest.mark.parametrize("dbname", ["postgres", "template1"])
def test_the_event_role_is_refused_elsewhere(entered: Cluster, dbname: str) -> None:
    assert "permission denied" in _refusal(make_conninfo(entered.events_dsn, dbname=dbname))


@pytest.mark.parametrize("kind", ["events_dsn", "keys_dsn"])
def test_a_wrong_password_is_refused(entered: Cluster, kind: str) -> None:
    wrong = make_conninfo(getattr(entered, kind), password="guessed")  # noqa: S106 - wrong
    assert "password authentication failed" in _refusal(wrong)


def test_the_superuser_needs_a_password_too(entered: Cluster) -> None:
    bare = make_conninfo(host=str(entered.sockets), user="postgres", passfile="/dev/null")
    assert "no password supplied" in _refusal(bare)


def test_every_login_rule_demands_scram(entered: Cluster) -> None:
    with psycopg.connect(entered.superuser_dsn()) as connection:
        rules = connection.execute("SELECT DISTINCT auth_method FROM pg_hba_file_rules")
        assert rules.fetchall() == [("scram-sha-256",)]


@pytest.mark.requirement("A172")
def test_the_server_listens_on_no_port(entered: Cluster) -> None:
    trace = read_trace(entered.data)
    assert isinstance(trace, Trace)
    assert psutil.Process(trace.pid).net_connections("inet") == []


@pytest.mark.parametrize("role", ["glemmebok_events", "glemmebok_keys"])
def test_a_login_role_has_no_powers(entered: Cluster, role: str) -> None:
    query = """
        SELECT rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls
        FROM pg_roles WHERE rolname = %s
    """
    with psycopg.connect(entered.superuser_dsn()) as connection:
        assert connection.execute(query, [role]).fetchone() == (False,)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("data_checksums", "on"),
        ("jit", "off"),
        ("log_error_verbosity", "terse"),
        ("log_min_error_statement", "panic"),
        ("log_parameter_max_length", "0"),
        ("log_parameter_max_length_on_error", "0"),
        ("max_connections", "100"),
        ("server_encoding", "UTF8"),
        ("shared_buffers", "256MB"),
        ("TimeZone", "UTC"),
    ],
)
def test_the_server_is_set_up(entered: Cluster, name: str, value: str) -> None:
    with psycopg.connect(entered.events_dsn) as connection:
        assert connection.execute("SELECT current_setting(%s)", [name]).fetchone() == (value,)


@pytest.mark.requirement("A22")
def test_a_value_in_an_error_does_not_reach_the_log(entered: Cluster) -> None:
    with psycopg.connect(entered.events_dsn) as connection, pytest.raises(psycopg.DataError):
        connection.execute("SELECT %s::text::integer", ["Marker Markersen"])
    assert "Marker" not in log_path(entered.home).read_text()


def test_the_secrets_are_for_their_owner_alone(entered: Cluster) -> None:
    modes = [entered.home / "secrets.json", entered.home, entered.sockets, entered.data]
    found = [stat.S_IMODE(path.stat().st_mode) for path in modes]
    assert found == [0o600, 0o700, 0o700, 0o700]


def test_the_passwords_are_printed_nowhere(entered: Cluster) -> None:
    trace = read_trace(entered.data)
    assert isinstance(trace, Trace)
    server = psutil.Process(trace.pid)
    seen = repr([server.cmdline(), server.environ(), psutil.Process(server.ppid()).cmdline()])
    seen += repr(entered) + Path(log_path(entered.home)).read_text()
    passwords = [
        conninfo_to_dict(dsn)["password"]
        for dsn in (entered.events_dsn, entered.keys_dsn, entered.superuser_dsn())
    ]
    assert [str(password) in seen for password in passwords] == [False, False, False]
