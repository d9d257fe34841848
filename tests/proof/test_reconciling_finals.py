"""What was final stays final in a key database that was put back, and is counted right."""

import pytest

from domain.answers import (
    GateClosed,
)
from infra.clock import FixedClock
from infra.gate import restore_gate
from infra.house import open_house
from infra.keys.finality import key_status
from infra.reconciling import find
from infra.settings import Settings
from tests.proof.finals import record_final
from tests.proof.houses import Backups, open_proof
from tests.proof.restored import mend, put_back


def test_a_lost_record_of_a_finalisation_is_put_back_byte_for_byte(
    settled: Settings, clock: FixedClock, backups: Backups
) -> None:
    """The backup that a finalisation proves is made before its record is written."""
    old = backups.of(settled, events=False)
    with open_proof(settled, clock) as proof:
        record_final(proof)
        kept = proof.house.keyring.finalised_records(proof.controller, 0)
        proof.anchor_log()
    with open_proof(old, clock) as proof, pytest.raises(GateClosed):
        proof.person("r-2")
    mend(old, clock)
    with open_proof(old, clock) as proof:
        restore_gate(proof.house)()
        assert proof.house.keyring.finalised_records(proof.controller, 0) == kept
        rows = proof.events("SELECT 1 FROM access_audit WHERE view LIKE %s", "%finalisations%")
        assert len(rows) == 1


def test_a_record_of_a_finalisation_that_nobody_kept_is_told_and_anchored_anew(
    settled: Settings, clock: FixedClock, backups: Backups
) -> None:
    old = backups.of(settled, events=False)
    with open_proof(settled, clock) as proof:
        record_final(proof)
        (settled.anchor / f"{proof.controller}.finalised.jsonl").unlink()
    with open_house(old, clock) as house:
        lost = [state.finals.lost for state in find(house).found.journals]
    assert sorted(lost) == [0, 0, 0, 0, 1]
    mend(old, clock)
    with open_proof(old, clock) as proof:
        restore_gate(proof.house)()
        assert record_final(proof) == 1


def test_a_restoration_is_no_erasure_that_waits_to_be_final(
    settled: Settings, clock: FixedClock, backups: Backups
) -> None:
    restored = put_back(settled, clock, backups, "keys")
    mend(restored.settings, clock)
    with open_proof(restored.settings, clock) as proof:
        assert proof.house.keyring.journal_head(proof.controller).sequence == 3
        status = key_status(proof.house.keyring.vault)
        (mine,) = [one for one in status.controllers if one.controller == proof.controller]
        assert mine.open == 2
        assert mine.oldest_at is not None
