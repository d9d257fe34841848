"""A key database or a root key that is away is unavailable; nobody is taken for erased."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from consumers.erasure_ports import Step
from domain.answers import KeyUnavailable, Present, Shredded
from infra.cli.exits import Exit
from infra.clock import FixedClock
from infra.embedded.cluster import Cluster
from infra.keys.provider import LocalFileProvider
from infra.settings import Settings
from infra.upkeep import resume_erasures
from tests.proof.commands import show, use
from tests.proof.houses import Proof, open_proof, request

_END = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s"


@contextmanager
def key_database_away(cluster: Cluster, settings: Settings) -> Iterator[None]:
    """End every session of the key database and let nobody in."""
    assert settings.databases is not None
    name = str(conninfo_to_dict(settings.databases.keys)["dbname"])
    allow = sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}")
    with psycopg.connect(cluster.superuser_dsn(), autocommit=True) as connection:
        connection.execute(allow.format(sql.Identifier(name), sql.SQL("false")))
        connection.execute(_END, [name])
        try:
            yield
        finally:
            connection.execute(allow.format(sql.Identifier(name), sql.SQL("true")))


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait a tenth of a second for a connection, and not five."""
    monkeypatch.setattr("infra.keys.database._WAIT_SECONDS", 0.1)


@pytest.mark.usefixtures("impatient")
def test_an_outage_is_not_an_erasure(
    known: Proof, settings: Settings, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guard: a key that cannot be asked for raises; answered as shredded, it would be a lie."""
    person = known.person("r-1")
    tokens = known.tokens(person)
    known.answers(tokens)
    use(monkeypatch, settings)
    with key_database_away(cluster, settings):
        with pytest.raises(KeyUnavailable):
            known.answers(tokens)
        assert show(person) == Exit.UNAVAILABLE
    assert all(isinstance(answer, Present) for answer in known.answers(tokens))


@pytest.mark.usefixtures("impatient")
def test_an_erasure_asked_for_in_an_outage_does_not_begin(
    known: Proof, settings: Settings, cluster: Cluster
) -> None:
    person = known.person("r-1")
    tokens = known.tokens(person)
    with key_database_away(cluster, settings), pytest.raises(KeyUnavailable):
        known.erase(person)
    assert known.house.store.pending_erasures() == []
    (receipt,) = known.erase(person)
    assert receipt.keys_destroyed == 3
    assert known.answers(tokens) == {Shredded()}


@pytest.mark.usefixtures("impatient")
def test_an_outage_after_the_order_leaves_an_erasure_under_way(
    known: Proof, settings: Settings, cluster: Cluster
) -> None:
    person = known.person("r-1")
    with ExitStack() as stack:

        def goes_away(_step: Step) -> None:
            stack.enter_context(key_database_away(cluster, settings))

        with pytest.raises(KeyUnavailable):
            known.house.erasure(goes_away).erase(known.controller, [request(person)])
    assert [e.subject for e in known.house.store.pending_erasures()] == [person]
    assert len(resume_erasures(known.house)) == 1
    assert known.house.store.pending_erasures() == []


@pytest.mark.requirement("A23")
def test_a_lost_key_row_is_unavailable_and_not_erased(known: Proof) -> None:
    """Guard: only a tombstone says that a key was destroyed on purpose."""
    person = known.person("r-1")
    tokens = known.tokens(person)
    known.keys("DELETE FROM dek WHERE subject = %s", person)
    with known.again() as other, pytest.raises(KeyUnavailable):
        other.answers(tokens)


def test_another_root_key_is_unavailable_and_not_erased(
    known: Proof, settings: Settings, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = known.person("r-1")
    tokens = known.tokens(person)
    settings.root_key.unlink()
    LocalFileProvider(settings.root_key).create_version()
    with open_proof(settings, clock) as other, pytest.raises(KeyUnavailable):
        other.answers(tokens)
    use(monkeypatch, settings)
    assert show(person) == Exit.UNAVAILABLE
