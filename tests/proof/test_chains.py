"""Whatever is done to a chain behind the house's back, its first bad record is named."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import pytest

from domain.answers import GateClosed, GateVerdict
from domain.values import instant_of
from infra.auditing import ChainKind, Fault, Verified, verify_all
from infra.cli.app import run
from infra.clock import FixedClock
from infra.embedded.cluster import Cluster
from infra.foundation import found_house
from infra.gate import anchor_log
from infra.views.queries.desk import Asker
from infra.views.queries.show import show
from tests.conftest import NOON, fresh_database
from tests.consumers.feed import Feed
from tests.proof.commands import use
from tests.proof.finals import record_final
from tests.proof.houses import SLUG, SOURCE, Proof, open_proof, settings_of

PEOPLE = 6


class Damage(NamedTuple):
    """What is done, and what must be found."""

    statement: str
    fault: Fault
    first_bad: int


LOG = {
    "edited": Damage(
        "UPDATE fact_log SET state = state || 'x' WHERE notification_id = 5", Fault.BROKEN, 5
    ),
    "removed": Damage("DELETE FROM fact_log WHERE notification_id = 5", Fault.BROKEN, 5),
    "reordered": Damage(
        "UPDATE fact_log SET notification_id = CASE notification_id WHEN 5 THEN 100 ELSE 5 END"
        " WHERE notification_id IN (5, 6);"
        " UPDATE fact_log SET notification_id = 6 WHERE notification_id = 100",
        Fault.BROKEN,
        5,
    ),
    "cut": Damage(
        "DELETE FROM fact_log WHERE notification_id > (SELECT first_position - 1 FROM log_chain"
        " ORDER BY 1 DESC LIMIT 1);"
        " DELETE FROM log_chain WHERE last_position = (SELECT max(last_position) FROM log_chain)",
        Fault.CUT,
        0,
    ),
}
JOURNAL = {
    "edited": Damage(
        "UPDATE journal SET encoded = set_byte(encoded, 90, get_byte(encoded, 90) # 1)"
        " WHERE sequence = 2",
        Fault.BROKEN,
        2,
    ),
    "removed": Damage("DELETE FROM journal WHERE sequence = 2", Fault.BROKEN, 2),
    "reordered": Damage(
        "UPDATE journal SET sequence = 100 WHERE sequence = 2;"
        " UPDATE journal SET sequence = 2 WHERE sequence = 3;"
        " UPDATE journal SET sequence = 3 WHERE sequence = 100",
        Fault.BROKEN,
        2,
    ),
    "cut": Damage(
        "DELETE FROM journal WHERE sequence = 3;"
        " UPDATE journal_head h SET sequence = 2, chain = j.chain FROM journal j"
        " WHERE j.controller = h.controller AND j.sequence = 2",
        Fault.CUT,
        3,
    ),
}
AUDIT = {
    "edited": Damage("UPDATE access_audit SET who = 'x' WHERE sequence = 2", Fault.BROKEN, 2),
    "removed": Damage("DELETE FROM access_audit WHERE sequence = 2", Fault.BROKEN, 2),
    "reordered": Damage(
        "UPDATE access_audit SET sequence = 100 WHERE sequence = 2;"
        " UPDATE access_audit SET sequence = 2 WHERE sequence = 3;"
        " UPDATE access_audit SET sequence = 3 WHERE sequence = 100",
        Fault.BROKEN,
        2,
    ),
    "cut": Damage("DELETE FROM access_audit WHERE sequence = 3", Fault.CUT, 3),
}
FINALISED = {
    "edited": Damage(
        "UPDATE finalised SET encoded = set_byte(encoded, 20, get_byte(encoded, 20) # 1)"
        " WHERE number = 2",
        Fault.BROKEN,
        2,
    ),
    "removed": Damage("DELETE FROM finalised WHERE number = 1", Fault.BROKEN, 1),
    "reordered": Damage(
        "UPDATE finalised SET number = 100 WHERE number = 1;"
        " UPDATE finalised SET number = 1 WHERE number = 2;"
        " UPDATE finalised SET number = 2 WHERE number = 100",
        Fault.BROKEN,
        1,
    ),
    "cut": Damage("DELETE FROM finalised WHERE number = 2", Fault.CUT, 2),
}
_TABLES = {"fact_log": "events", "log_chain": "events", "access_audit": "events"}
_KEY_TABLES = ("journal", "journal_head", "finalised")


@pytest.fixture(scope="module")
def house(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proof]:
    """Give a house with three erasures and three openings, anchored."""
    clock = FixedClock(instant_of(NOON))
    with fresh_database(cluster, "events", []) as events, fresh_database(cluster, "keys", []) as k:
        settings = settings_of(events, k, tmp_path_factory.mktemp("chains"))
        found_house(settings, clock)
        with open_proof(settings, clock) as proof:
            feed = Feed(SOURCE)
            for n in range(PEOPLE):
                feed.tell(f"r-{n}", event=f"e-{n}")
            proof.take(feed.items)
            proof.project()
            people = [proof.person(f"r-{n}") for n in range(PEOPLE)]
            for person in people[:3]:
                show(proof.house.desk(), Asker(proof.controller, "a-7", "support"), person)
            proof.erase(*people[3:5])
            record_final(proof)
            proof.erase(people[5])
            record_final(proof)
            anchor_log(proof.house)
            yield proof


@pytest.fixture
def proof(house: Proof) -> Iterator[Proof]:
    """Give the house, and mend it afterwards."""
    with _kept(house):
        yield house


@contextmanager
def _kept(house: Proof) -> Iterator[None]:
    doors = [(table, house.events) for table in _TABLES]
    doors += [(table, house.keys) for table in _KEY_TABLES]
    for table, do in doors:
        do(f"CREATE TABLE kept_{table} AS SELECT * FROM {table}")  # noqa: S608 - our own names
    for table in _TABLES:
        house.events(f"ALTER TABLE {table} DISABLE TRIGGER append_only")
    yield
    for table, do in doors:
        do(f"DELETE FROM {table}")  # noqa: S608 - our own names
        do(f"INSERT INTO {table} SELECT * FROM kept_{table}")  # noqa: S608 - our own names
        do(f"DROP TABLE kept_{table}")


def broken(proof: Proof) -> list[Verified]:
    return [one for one in verify_all(proof.house) if one.fault is not None]


def test_chains_nobody_touched_follow(proof: Proof) -> None:
    assert broken(proof) == []


def test_every_chain_is_walked(proof: Proof) -> None:
    kinds = [one.kind for one in verify_all(proof.house)]
    count = len(proof.house.controllers)
    of_each = (ChainKind.JOURNAL, ChainKind.FINALISATIONS, ChainKind.AUDIT)
    assert kinds == [ChainKind.LOG, *[kind for kind in of_each for _ in range(count)]]


@pytest.mark.parametrize("name", LOG)
def test_a_damaged_log_is_found(proof: Proof, name: str) -> None:
    damage = LOG[name]
    proof.events(damage.statement)
    (one,) = broken(proof)
    assert (one.kind, one.fault) == (ChainKind.LOG, damage.fault)
    assert one.first_bad is not None
    if damage.first_bad:
        # A link covers a batch, so the batch's first position is named.
        rows = proof.events("SELECT first_position, last_position FROM log_chain")
        assert any(first == one.first_bad and damage.first_bad <= last for first, last in rows)
    else:
        assert one.first_bad == one.records + 1


@pytest.mark.parametrize("name", JOURNAL)
def test_a_damaged_journal_is_found(proof: Proof, name: str) -> None:
    damage = JOURNAL[name]
    proof.keys(damage.statement)
    (one,) = broken(proof)
    found = (one.kind, one.controller, one.fault, one.first_bad)
    assert found == (ChainKind.JOURNAL, SLUG, damage.fault, damage.first_bad)


@pytest.mark.parametrize("name", FINALISED)
def test_a_damaged_journal_of_finalisations_is_found(proof: Proof, name: str) -> None:
    damage = FINALISED[name]
    proof.keys(damage.statement)
    (one,) = broken(proof)
    found = (one.kind, one.controller, one.fault, one.first_bad)
    assert found == (ChainKind.FINALISATIONS, SLUG, damage.fault, damage.first_bad)


def test_finalisations_cut_at_their_end_close_the_gate(proof: Proof) -> None:
    """Guard: the anchored end; a key database put back would forget that erasures are final."""
    proof.keys(FINALISED["cut"].statement)
    with proof.again() as other, pytest.raises(GateClosed) as closed:
        other.person("r-0")
    assert closed.value.verdict is GateVerdict.ROLLED_BACK


@pytest.mark.parametrize("name", AUDIT)
def test_a_damaged_access_audit_is_found(proof: Proof, name: str) -> None:
    damage = AUDIT[name]
    proof.events(damage.statement)
    (one,) = broken(proof)
    found = (one.kind, one.controller, one.fault, one.first_bad)
    assert found == (ChainKind.AUDIT, SLUG, damage.fault, damage.first_bad)


def test_an_audit_cut_at_its_end_closes_the_gate(proof: Proof) -> None:
    """Guard: without the anchored end, rows cut off would leave a chain that follows."""
    proof.events(AUDIT["cut"].statement)
    with proof.again() as other, pytest.raises(Exception, match="event-database-behind"):
        other.person("r-0")


def test_the_command_names_the_chain_and_exits_with_tampering(
    proof: Proof, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    use(monkeypatch, proof.house.settings)
    assert run(["audit", "verify"]) == 0
    proof.events(AUDIT["edited"].statement)
    assert run(["audit", "verify", "--json"]) == 6
    assert f"access_audit of {SLUG}: broken from 2" in capsys.readouterr().err
