"""Databases put back to before an erasure, and their reconciliation as the command does it."""

from dataclasses import dataclass

import pytest

from domain.answers import (
    GateClosed,
    GateVerdict,
)
from domain.keyring import OpenRequest
from domain.values import SubjectId
from infra.clock import FixedClock
from infra.house import open_house
from infra.mending import Mended, Officer
from infra.reconciling import Reconciled, reconcile
from infra.settings import Settings
from tests.examples import numbered
from tests.proof.houses import Backups, Proof, open_proof

OFFICER = Officer("officer-3", numbered("user", 3))


def mend(settings: Settings, clock: FixedClock, *, re_anchor: bool = False) -> Reconciled:
    """Reconcile as the command does: with the gate not kept."""
    with open_house(settings, clock) as house:
        return reconcile(house, OFFICER, lambda _step, _count: None, re_anchor=re_anchor)


def mended(proof: Proof, done: Reconciled) -> Mended:
    return done.mended[proof.controller]


@dataclass(frozen=True)
class Restored:
    """A house put back to before an erasure, and what is known of its people."""

    settings: Settings
    erased: SubjectId
    other: SubjectId
    hers: list[OpenRequest]
    others: list[OpenRequest]


def put_back(settled: Settings, clock: FixedClock, backups: Backups, what: str) -> Restored:
    """Back up, erase r-1, put back the keys, the events or both."""
    with open_proof(settled, clock) as proof:
        erased, other = proof.person("r-1"), proof.person("r-2")
        hers, others = proof.tokens(erased), proof.tokens(other)
    old = backups.of(settled, keys=what != "events", events=what != "keys")
    with open_proof(settled, clock) as proof:
        proof.erase(erased)
        proof.anchor_log()
    return Restored(old, erased, other, hers, others)


def closed(settings: Settings, clock: FixedClock, tokens: list[OpenRequest]) -> GateVerdict:
    with open_proof(settings, clock) as proof, pytest.raises(GateClosed) as refused:
        proof.answers(tokens)
    return refused.value.verdict
