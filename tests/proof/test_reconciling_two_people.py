"""What waited for a second person in a backup, and was answered after it, is put back so."""

from dataclasses import replace

import pytest

from consumers import accounts
from consumers.controller_stream import ControllerStream
from domain.answers import Shredded
from domain.erasure import ErasureApproved, ErasureDeclined
from domain.keyring import OpenRequest
from domain.users import UserRole
from infra.clock import FixedClock
from infra.gate import restore_gate
from infra.random_ids import random_id
from infra.settings import Settings
from tests.examples import numbered
from tests.proof.houses import Backups, Proof, open_proof, request
from tests.proof.restored import OFFICER, mend

SECOND = numbered("user", 1)
RECONCILES = OFFICER.approver


@pytest.fixture
def old(
    settled: Settings, clock: FixedClock, backups: Backups
) -> tuple[Settings, list[OpenRequest]]:
    """Back up a house in which who will reconcile it asked for an erasure."""
    with open_proof(settled, clock) as proof:
        house, person = proof.house, proof.person("r-1")
        stream = ControllerStream(house.store, proof.controller, clock.now, random_id)
        accounts.register(stream, SECOND, UserRole.OFFICER, SECOND)
        house.second_person().ask(proof.controller, [replace(request(person), approver=RECONCILES)])
        tokens = proof.tokens(person)
    return backups.of(settled), tokens


def approvals(proof: Proof, tokens: list[OpenRequest]) -> list[object]:
    facts = [entry.fact for entry in proof.house.store.stream(tokens[0].subject)]
    return [f for f in facts if isinstance(f, ErasureApproved | ErasureDeclined)]


def test_what_was_approved_since_is_put_back_by_who_asked(
    settled: Settings, clock: FixedClock, old: tuple[Settings, list[OpenRequest]]
) -> None:
    restored, tokens = old
    with open_proof(settled, clock) as proof:
        proof.erase(tokens[0].subject)
        proof.anchor_log()
    mend(restored, clock)
    with open_proof(restored, clock) as proof:
        assert proof.answers(tokens) == {Shredded()}
        (approval,) = approvals(proof, tokens)
        assert isinstance(approval, ErasureApproved)
        assert approval.approver != RECONCILES
        restore_gate(proof.house)()


def test_what_was_declined_since_gives_way_to_the_erasure_that_was(
    settled: Settings, clock: FixedClock, old: tuple[Settings, list[OpenRequest]]
) -> None:
    restored, tokens = old
    with open_proof(settled, clock) as proof:
        person = tokens[0].subject
        proof.house.second_person().decline(proof.controller, [person], RECONCILES)
        proof.erase(person)
        proof.anchor_log()
    mend(restored, clock)
    with open_proof(restored, clock) as proof:
        assert proof.answers(tokens) == {Shredded()}
        kinds = [type(fact) for fact in approvals(proof, tokens)]
        assert kinds == [ErasureDeclined, ErasureApproved]
