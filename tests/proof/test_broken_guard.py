"""An erasure whose keys are not deleted does not end: a broken guard turns red.

What comes of a process that dies at any step of it is tried in ``tests/crashes``.
"""

import pytest

from consumers.erasure_ports import ErasureFailed
from domain.answers import KeyringError
from domain.keyring import DestroyOrder, Destruction, JournalHead
from domain.values import ControllerId
from infra.upkeep import resume_erasures
from tests.proof.houses import Proof


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
