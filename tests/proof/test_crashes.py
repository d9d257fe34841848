"""A process that dies at any step of an erasure: the next one finishes it, on real databases."""

from contextlib import suppress

import pytest

from consumers.erasure_ports import ErasureFailed, Step
from domain.answers import KeyringError, Shredded
from domain.keyring import DestroyOrder, Destruction, JournalHead
from domain.values import ControllerId, SubjectId
from infra.checks import Verdict, examine
from infra.clock import FixedClock
from infra.settings import Settings
from infra.upkeep import resume_erasures, upkeep
from tests.consumers.side import Crash, crash_at
from tests.proof.conftest import two_people
from tests.proof.houses import Proof, open_proof, request


def crashed(settings: Settings, clock: FixedClock, step: Step) -> SubjectId:
    """Leave a house whose process died at a step of r-1's erasure."""
    with open_proof(settings, clock) as proof:
        proof.take(two_people().items)
        proof.project()
        person = proof.person("r-1")
        with suppress(Crash):
            proof.house.erasure(crash_at(step)).erase(proof.controller, [request(person)])
    return person


@pytest.mark.parametrize("step", list(Step))
def test_the_next_process_finishes_the_erasure(
    settings: Settings, clock: FixedClock, step: Step
) -> None:
    person = crashed(settings, clock, step)
    with open_proof(settings, clock) as proof:
        upkeep(proof.house)
        tokens = proof.house.log_tokens([person])
        hers = [token for token in tokens if not token.category.startswith("notice/")]
        assert proof.answers(hers) == {Shredded()}
        topics = [entry.fact.TOPIC for entry in proof.house.store.stream(person)]
        assert topics.count("subject.erased") == 1
        assert len(proof.house.outbox.waiting(10)) == 1
        proof.project()
        verdicts = {check.name: check.verdict for check in examine(proof.house)}
        assert set(verdicts.values()) == {Verdict.WELL}


def _does_nothing(proof: Proof) -> object:
    def destroy(_controller: ControllerId, orders: list[DestroyOrder]) -> list[Destruction]:
        head = JournalHead(0, bytes(32))
        at = proof.house.clock.now()
        return [Destruction(o.erasure_id, o.subject, o.epochs, (), 0, at, head) for o in orders]

    return destroy


def test_a_deletion_of_keys_that_deletes_nothing_turns_red(known: Proof) -> None:
    """Guard: verification; the erasure does not end, and is finished once keys can be deleted."""
    person = known.person("r-1")
    keyring = known.house.keyring
    destroy = keyring.destroy
    keyring.destroy = _does_nothing(known)  # type: ignore[method-assign,assignment]  # the probe itself
    with pytest.raises(ErasureFailed):
        known.erase(person)
    keyring.destroy = destroy  # type: ignore[method-assign]  # put back
    assert [e.subject for e in known.house.store.pending_erasures()] == [person]
    (receipt,) = resume_erasures(known.house)
    assert receipt.keys_destroyed == 3


@pytest.mark.parametrize(("table", "change"), [("dek", "DELETE"), ("tombstone", "INSERT")])
def test_a_destruction_that_the_database_ignores_turns_red(
    known: Proof, table: str, change: str
) -> None:
    """Guard: the same, with a key database that deletes nothing, or buries nothing."""
    known.keys(
        "CREATE FUNCTION ignore() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$"
    )
    known.keys(
        f"CREATE TRIGGER ignored BEFORE {change} ON {table} FOR EACH ROW EXECUTE FUNCTION ignore()"
    )
    person = known.person("r-1")
    with pytest.raises((ErasureFailed, KeyringError)):
        known.erase(person)
    assert [e.subject for e in known.house.store.pending_erasures()] == [person]
