"""What a restore undid is done again: the erased stay erased, everybody else reads as before."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from domain.answers import (
    GateVerdict,
    Present,
    Shredded,
)
from domain.erasure import (
    ErasureApproved,
    ErasureOrdered,
    ErasureRequested,
    SubjectErased,
)
from domain.values import instant_of
from infra.clock import FixedClock
from infra.embedded.cluster import Cluster
from infra.foundation import found_house
from infra.gate import restore_gate
from infra.house import open_house
from infra.reconcile_audit import Finding
from infra.reconciling import Reconciled, find
from tests.conftest import NOON, fresh_database
from tests.consumers.feed import UPLOADED, Feed
from tests.proof.conftest import settle
from tests.proof.houses import SOURCE, Backups, Proof, open_proof, settings_of
from tests.proof.restored import Restored, closed, mend, put_back

EVERY = ("keys", "events", "both")


@dataclass(frozen=True)
class Drill:
    """A restore that was reconciled: what it was before, and the house, open."""

    restored: Restored
    verdicts: set[GateVerdict]
    looked: Reconciled
    again: Reconciled
    proof: Proof


@pytest.fixture(scope="module", params=EVERY)
def drill(
    request: pytest.FixtureRequest, cluster: Cluster, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Drill]:
    """Restore one database or both, look, reconcile, reconcile again, and open the house."""
    clock, made = FixedClock(instant_of(NOON)), Backups(cluster, [], "drilled")
    with fresh_database(cluster, "events", []) as events, fresh_database(cluster, "keys", []) as k:
        settings = settings_of(events, k, tmp_path_factory.mktemp("drill"))
        found_house(settings, clock)
        settle(settings, clock)
        restored = put_back(settings, clock, made, request.param)
        tokens = (restored.hers, restored.others)
        verdicts = {closed(restored.settings, clock, one) for one in tokens}
        with open_house(restored.settings, clock) as house:
            looked = find(house)
        assert closed(restored.settings, clock, restored.others) in verdicts
        mend(restored.settings, clock)
        again = mend(restored.settings, clock)
        with open_proof(restored.settings, clock) as proof:
            yield Drill(restored, verdicts, looked, again, proof)
    made.drop()


def test_before_it_is_reconciled_nobody_opens(drill: Drill) -> None:
    assert drill.verdicts <= {GateVerdict.ROLLED_BACK, GateVerdict.EVENTS_BEHIND}


def test_looking_first_finds_it_and_changes_nothing(drill: Drill) -> None:
    assert drill.looked.found.wrong


def test_the_erased_is_shredded(drill: Drill) -> None:
    assert drill.proof.answers(drill.restored.hers) == {Shredded()}


def test_others_read_as_before(drill: Drill) -> None:
    answers = drill.proof.answers(drill.restored.others)
    assert all(isinstance(one, Present) for one in answers)


def test_journal_anchor_and_log_agree_afterwards(drill: Drill) -> None:
    proof = drill.proof
    head = proof.house.keyring.verify_journal(proof.controller)
    assert proof.house.anchor.journal(proof.controller) == head
    assert proof.house.store.erasure_head(proof.controller) == head
    restore_gate(proof.house)()


def test_a_second_reconciliation_finds_nothing(drill: Drill) -> None:
    assert drill.again.mended == {}


def test_she_is_fenced_once_and_in_order(drill: Drill) -> None:
    stream = drill.proof.house.store.stream(drill.restored.erased)
    kinds = [type(entry.fact) for entry in stream]
    assert kinds[-4:] == [ErasureRequested, ErasureApproved, ErasureOrdered, SubjectErased]
    assert kinds.count(ErasureOrdered) == 1
    drill.proof.house.store.verify_chain()


def test_everything_is_audited(drill: Drill) -> None:
    proof = drill.proof
    rows = proof.events("SELECT who, view FROM access_audit WHERE purpose = 'reconciliation'")
    assert {who for who, _ in rows} == {"officer-3"}
    assert {Finding.BEGUN.value, Finding.ENDED.value} < {view for _, view in rows}
    seen = [access.view for access in proof.house.audit.of(drill.restored.erased)]
    assert any(view.startswith("reconcile.") for view in seen)


def test_her_source_cannot_attach_to_her_again(drill: Drill) -> None:
    """Guard: the look-ups that came back are cleared, and the late-fact guard is left anew."""
    late = Feed(SOURCE)
    late.tell("r-1", UPLOADED, event="late")
    proof = drill.proof
    assert proof.take(late.items, "late/1").people == 0
    assert proof.found("ane@example.org") == []
    assert len(proof.keys("SELECT 1 FROM erased_source")) == 2


def test_a_later_erasure_goes_on_behind_it(drill: Drill) -> None:
    drill.proof.erase(drill.restored.other)
    assert drill.proof.answers(drill.restored.others) == {Shredded()}
    with drill.proof.again() as proof:
        restore_gate(proof.house)()
