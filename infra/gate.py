"""Keeps the restore gate: asked before anything opens, and fed when the log has grown."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.keyring import JournalHead
from domain.values import ControllerId, ErasureId
from infra.house import House
from infra.keys.anchor import LogHead
from infra.keys.gate import RestoreGate
from infra.store.audit import AccessAudit
from infra.store.records import GENESIS, LogTampered
from infra.store.store import EventStore


@dataclass(frozen=True, slots=True)
class _LogWitness:
    """Reads of the log what the gate needs."""

    store: EventStore
    audit: AccessAudit

    def erasure_head(self, controller: ControllerId) -> JournalHead | None:
        """Return the last journal head recorded in the log."""
        return self.store.erasure_head(controller)

    def last_position(self) -> int:
        """Return the log's highest position."""
        return self.store.last_position()

    def chain_at(self, position: int) -> bytes | None:
        """Return the log's chain hash at a position, or None where no batch ends."""
        try:
            return self.store.link_at(position).chain
        except LogTampered:
            return None

    def audit_at(self, controller: ControllerId, sequence: int) -> bytes | None:
        """Return the access audit's chain hash at a sequence, or None where it has none."""
        return self.audit.chain_at(controller, sequence)

    def unknown(
        self, controller: ControllerId, erasures: Sequence[ErasureId]
    ) -> Sequence[ErasureId]:
        """Return those of the erasures that have no fence in the log."""
        known = {one.erasure_id for one in self.store.erasures(controller, erasures)}
        return [erasure_id for erasure_id in erasures if erasure_id not in known]


def restore_gate(house: House) -> RestoreGate:
    """Make the gate of a house."""
    controllers = tuple(house.controllers.values())
    witness = _LogWitness(house.store, house.audit)
    return RestoreGate(house.anchor, witness, house.keyring, lambda: controllers)


def keep_gate(house: House) -> None:
    """Have the keyring ask the gate before its first opening."""
    house.keyring.set_gate(restore_gate(house))


def _continues(house: House, anchored: LogHead, position: int) -> bool:
    if position <= anchored.position:
        return False
    there = _LogWitness(house.store, house.audit).chain_at(anchored.position)
    return anchored.position == 0 or there == anchored.chain


def anchor_log(house: House) -> None:
    """Anchor the end of the log, and of each access audit, if it has grown from what was anchored.

    A log that does not pass through its anchor was put back or rewritten: the anchor is the
    evidence, and stays.

    A command that works for long is shorter-lived than a service: the anchor is renewed when it
    ends, and a log cut back to before the last command's end is seen.
    """
    head = house.store.chain_head()
    anchored = house.anchor.log()
    if anchored is None or _continues(house, anchored, head.position):
        house.anchor.write_log(LogHead(head.position, head.chain))
    for controller in house.controllers.values():
        anchor_audit(house, controller)


def anchor_audit(house: House, controller: ControllerId) -> None:
    """Anchor the end of a controller's access audit if it passes through what was anchored."""
    head, anchored = house.audit.head(controller), house.anchor.audit(controller)
    if anchored is not None:
        there = house.audit.chain_at(controller, anchored.position) or GENESIS
        if head.position <= anchored.position or there != anchored.chain:
            return
    house.anchor.write_audit(controller, LogHead(head.position, head.chain))
