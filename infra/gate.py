"""Keeps the restore gate: asked before anything opens or is recorded, fed when the log has grown.

Where there is Kafka the gate asks its anchor too. A cluster that is away, or has no such topic,
says nothing: the files decide alone, and ``doctor`` tells it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from domain.keyring import JournalHead
from domain.values import ControllerId, ErasureId
from infra.house import House
from infra.kafka.anchor import AnchorTopic
from infra.kafka.faults import ClusterUnavailable, TopicMissing
from infra.kafka.options import connection
from infra.keys.anchored import Heads, LogHead
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


def anchor_topic(house: House) -> AnchorTopic | None:
    """Make the house's anchor on Kafka; None where there is no Kafka.

    Raises:
        ClientFileError: the connection's settings are wrong.
    """
    kafka = house.settings.kafka
    if kafka is None:
        return None
    place = connection(kafka.servers, kafka.client_file)
    return AnchorTopic(place, tuple(house.controllers.values()))


def heads_on_kafka(house: House) -> Heads | None:
    """Read the anchor on Kafka; None where there is none, or it is away."""
    topic = anchor_topic(house)
    try:
        return None if topic is None else topic.read()
    except (ClusterUnavailable, TopicMissing):
        return None


def restore_gate(house: House, elsewhere: Callable[[], Heads | None] | None = None) -> RestoreGate:
    """Make the gate of a house; ``elsewhere`` is what Kafka said, if it was asked before."""
    controllers = tuple(house.controllers.values())
    witness = _LogWitness(house.store, house.audit)
    away = elsewhere or (lambda: heads_on_kafka(house))
    return RestoreGate(house.anchor, witness, house.keyring, lambda: controllers, away)


def keep_gate(house: House) -> None:
    """Have keyring and log ask the gate before the first opening and the first append.

    It is asked until it has passed, once for the two.
    """
    gate = _Kept(restore_gate(house))
    house.keyring.set_gate(gate)
    house.store.set_gate(gate)


@dataclass(slots=True)
class _Kept:
    """A gate that has passed is not asked again by this process."""

    gate: RestoreGate
    passed: bool = False

    def __call__(self) -> None:
        if not self.passed:
            self.gate()
            self.passed = True


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


def anchor_finalised(house: House, controller: ControllerId) -> None:
    """Anchor the end of a controller's journal of finalisations, verified, if it has grown.

    Raises:
        FinalisedBroken: a record was edited, cut out or reordered.
        GateClosed: it does not pass through what was anchored; the evidence stays.
        KeyUnavailable: the key database is away.
    """
    anchored = house.anchor.finalised(controller)
    if house.keyring.finalised_records(controller, anchored.position if anchored else 0, 1):
        head = house.keyring.verify_finalised(controller)
        house.anchor.finalisations.advance(
            controller, head, lambda after: house.keyring.finalised_records(controller, after)
        )
