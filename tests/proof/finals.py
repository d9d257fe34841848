"""Records of finalisations without the finalisation: the chain is what is tried, not the root."""

from infra.gate import anchor_finalised
from infra.keys import finalised
from infra.keys.finalised import FinalisedRecord
from tests.proof.houses import Proof


def record_final(proof: Proof, *, anchored: bool = True) -> int:
    """Record that everything erased so far is final; return the record's number."""
    vault, controller = proof.house.keyring.vault, proof.controller
    covers = proof.house.keyring.journal_head(controller).sequence
    now = proof.house.clock.now()
    with vault.database.transaction() as connection:
        number = finalised.next_number(connection, controller, covers)
        assert number is not None
        record = FinalisedRecord(number, controller, covers, 1, 2, covers, now, now, now, (), None)
        finalised.append(vault, connection, record)
    if anchored:
        anchor_finalised(proof.house, controller)
    return number
