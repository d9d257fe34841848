"""Keeps the restore gate: asked before anything opens, and fed when the log has grown."""

from dataclasses import dataclass

from domain.keyring import JournalHead
from domain.values import ControllerId
from infra.house import House
from infra.keys.anchor import LogHead
from infra.keys.gate import RestoreGate
from infra.store.records import LogTampered
from infra.store.store import EventStore


@dataclass(frozen=True, slots=True)
class _LogWitness:
    """Reads of the log what the gate needs."""

    store: EventStore

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


def restore_gate(house: House) -> RestoreGate:
    """Make the gate of a house."""
    controllers = tuple(house.controllers.values())
    return RestoreGate(house.anchor, _LogWitness(house.store), house.keyring, lambda: controllers)


def keep_gate(house: House) -> None:
    """Have the keyring ask the gate before its first opening."""
    house.keyring.set_gate(restore_gate(house))


def _continues(house: House, anchored: LogHead, position: int) -> bool:
    if position <= anchored.position:
        return False
    there = _LogWitness(house.store).chain_at(anchored.position)
    return anchored.position == 0 or there == anchored.chain


def anchor_log(house: House) -> None:
    """Anchor the log's end if it has grown from what was anchored; never an earlier one.

    A log that does not pass through its anchor was put back or rewritten: the anchor is the
    evidence, and stays.

    A command that works for long is shorter-lived than a service: the anchor is renewed when it
    ends, and a log cut back to before the last command's end is seen.
    """
    head = house.store.chain_head()
    anchored = house.anchor.log()
    if anchored is None or _continues(house, anchored, head.position):
        house.anchor.write_log(LogHead(head.position, head.chain))
