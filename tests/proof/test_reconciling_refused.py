"""What is no restore is not mended, and what was cut short goes on."""

import shutil
from uuid import UUID

import pytest

from domain.answers import (
    GateClosed,
    GateVerdict,
    Present,
    Shredded,
)
from domain.keyring import DestroyOrder
from domain.values import ErasureId, SubjectId
from infra.clock import FixedClock
from infra.gate import restore_gate
from infra.house import open_house
from infra.keys.anchor import FileAnchor
from infra.keys.record import JournalBroken
from infra.keys.restoring import Restorer
from infra.settings import Settings
from infra.store.records import LogTampered
from infra.store.store import EventStore
from tests.consumers.side import Crash
from tests.examples import numbered
from tests.proof.houses import Backups, Proof, open_proof
from tests.proof.restored import closed, mend, put_back

CUTS: dict[str, tuple[type, str]] = {
    "begin_reconciliation": (FileAnchor, "begin_reconciliation"),
    "put_back": (Restorer, "put_back"),
    "declare": (Restorer, "declare"),
    "append": (EventStore, "append"),
    "push": (FileAnchor, "advance"),
}


def test_a_record_taken_out_where_no_gap_is_declared_breaks_the_chain(
    settled: Settings, clock: FixedClock, backups: Backups
) -> None:
    """Guard: a restoration names the record it stands after."""
    restored = put_back(settled, clock, backups, "keys")
    mend(restored.settings, clock)
    with open_proof(restored.settings, clock) as proof:
        proof.keys("DELETE FROM journal WHERE sequence = 2 AND controller = %s", proof.controller)
        with pytest.raises(JournalBroken) as broken:
            proof.house.keyring.verify_journal(proof.controller)
        assert broken.value.sequence == 2


def test_a_lost_anchor_needs_an_audited_re_anchor(settled: Settings, clock: FixedClock) -> None:
    with open_proof(settled, clock) as proof:
        tokens = proof.tokens(proof.person("r-2"))
        head = proof.house.keyring.journal_head(proof.controller)
    shutil.rmtree(settled.anchor)
    with pytest.raises(GateClosed) as refused:
        mend(settled, clock)
    assert refused.value.verdict is GateVerdict.ANCHOR_LOST
    assert mend(settled, clock, re_anchor=True).re_anchored
    with open_proof(settled, clock) as proof:
        assert all(isinstance(one, Present) for one in proof.answers(tokens))
        assert proof.house.anchor.journal(proof.controller) == head
        assert len(list(proof.house.anchor.records(proof.controller))) == 1
        rows = proof.events("SELECT 1 FROM access_audit WHERE view = 'reconcile.re-anchored'")
        assert len(rows) == len(proof.house.controllers)


def test_an_unreadable_anchor_is_a_lost_one(settled: Settings, clock: FixedClock) -> None:
    with open_proof(settled, clock) as proof:
        path = settled.anchor / f"{proof.controller}.json"
    path.write_text("{")
    with pytest.raises(GateClosed):
        mend(settled, clock)
    mend(settled, clock, re_anchor=True)
    with open_proof(settled, clock) as proof:
        restore_gate(proof.house)()


def test_nothing_is_anchored_anew_while_something_else_is_wrong(
    settled: Settings, clock: FixedClock, backups: Backups
) -> None:
    restored = put_back(settled, clock, backups, "both")
    with pytest.raises(GateClosed) as refused:
        mend(restored.settings, clock, re_anchor=True)
    assert refused.value.verdict is GateVerdict.UNRECONCILED


def test_an_erasure_that_ends_makes_no_lost_anchor_anew(
    settled: Settings, clock: FixedClock
) -> None:
    """Guard: only a re-anchor, which is audited, begins an anchor where erasures are."""
    with open_house(settled, clock) as house:
        proof = Proof(house)
        person = proof.person("r-1")
        shutil.rmtree(settled.anchor)
        with pytest.raises(GateClosed):
            proof.erase(person)
        assert house.anchor.journal(proof.controller) is None


def test_keys_put_back_and_the_anchor_lost_are_mended_by_the_log(
    settled: Settings, clock: FixedClock, backups: Backups
) -> None:
    restored = put_back(settled, clock, backups, "keys")
    shutil.rmtree(settled.anchor)
    with pytest.raises(GateClosed) as refused:
        mend(restored.settings, clock)
    assert refused.value.verdict is GateVerdict.ANCHOR_LOST
    mend(restored.settings, clock, re_anchor=True)
    with open_proof(restored.settings, clock) as proof:
        assert proof.answers(restored.hers) == {Shredded()}


def _edit(proof: Proof) -> None:
    proof.keys("UPDATE journal SET encoded = set_byte(encoded, 90, get_byte(encoded, 90) # 1)")


def _cut_the_middle(proof: Proof) -> None:
    proof.keys("DELETE FROM journal WHERE sequence = 1")


def _cut_the_end(proof: Proof) -> None:
    proof.keys("DELETE FROM journal WHERE sequence = 2")


@pytest.mark.parametrize("damage", [_edit, _cut_the_middle, _cut_the_end])
def test_a_tampered_journal_is_not_mended(
    settled: Settings, clock: FixedClock, damage: object
) -> None:
    with open_proof(settled, clock) as proof:
        proof.erase(proof.person("r-1"))
        assert callable(damage)
        damage(proof)
    with pytest.raises(JournalBroken):
        mend(settled, clock)


def test_a_forked_journal_is_not_mended(
    settled: Settings, clock: FixedClock, backups: Backups
) -> None:
    """The restored journal has gone on by itself: the same sequence, another erasure."""
    restored = put_back(settled, clock, backups, "keys")
    with open_house(restored.settings, clock) as house:
        proof = Proof(house)
        order = numbered("erasure", 7)
        proof.house.keyring.destroy(proof.controller, [_order(restored.other, order)])
    with pytest.raises(JournalBroken) as broken:
        mend(restored.settings, clock)
    assert broken.value.sequence == 2


def _order(person: SubjectId, erasure_id: UUID) -> DestroyOrder:
    return DestroyOrder(person, ErasureId(erasure_id), None, ())


def test_an_edited_log_is_not_mended(
    settled: Settings, clock: FixedClock, backups: Backups
) -> None:
    restored = put_back(settled, clock, backups, "both")
    with open_proof(restored.settings, clock) as proof:
        proof.events("ALTER TABLE fact_log DISABLE TRIGGER append_only")
        proof.events("UPDATE fact_log SET state = state || 'x' WHERE notification_id = 2")
    with pytest.raises(LogTampered):
        mend(restored.settings, clock)


@pytest.mark.parametrize("at", CUTS)
def test_a_reconciliation_cut_short_stays_closed_and_goes_on(
    settled: Settings,
    clock: FixedClock,
    backups: Backups,
    monkeypatch: pytest.MonkeyPatch,
    at: str,
) -> None:
    """It is cut short right after each of its durable steps."""
    restored = put_back(settled, clock, backups, "both")
    with monkeypatch.context() as patched:
        _cut_after(patched, *CUTS[at])
        with pytest.raises(Crash):
            mend(restored.settings, clock)
    assert closed(restored.settings, clock, restored.others) is GateVerdict.UNRECONCILED
    mend(restored.settings, clock)
    with open_proof(restored.settings, clock) as proof:
        assert proof.answers(restored.hers) == {Shredded()}
        assert all(isinstance(one, Present) for one in proof.answers(restored.others))
        proof.house.store.verify_chain()


def _cut_after(patched: pytest.MonkeyPatch, owner: type, name: str) -> None:
    whole = getattr(owner, name)

    def cut(*arguments: object, **named: object) -> object:
        whole(*arguments, **named)
        raise Crash

    patched.setattr(owner, name, cut)
