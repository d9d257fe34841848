"""Each access audit against its anchors: how many rows a restored event database lost of it."""

from collections.abc import Mapping
from dataclasses import dataclass

from domain.answers import GateClosed
from domain.values import ControllerId
from infra.house import House
from infra.keys.anchored import Heads, LogHead
from infra.store.audit import AUDIT
from infra.store.records import GENESIS as NO_CHAIN
from infra.store.records import ChainHead, LogTampered


@dataclass(frozen=True, slots=True)
class AuditState:
    """One controller's access audit: its end, and how many rows behind its anchor it is."""

    controller: ControllerId
    head: ChainHead
    lost: int


def audit_state(
    house: House, controller: ControllerId, begun: Mapping[str, str], further: Heads
) -> AuditState:
    """Compare one controller's; ``begun`` is what a reconciliation under way had found.

    Raises:
        LogTampered: it was edited, or has gone on otherwise than was anchored.
        LogUnavailable: the event database is away.
    """
    head = house.audit.verify(controller)
    try:
        anchored = house.anchor.audit(controller)
    except GateClosed:
        anchored = None
    # Rows that a reconciliation under way has written stand where lost ones stood.
    mending = bool(int(begun.get(f"{controller}.audit", "0")))
    witnesses = (anchored, further.audits.get(controller))
    lost = [_lost_rows(house, controller, head, one, mending) for one in witnesses if one]
    return AuditState(controller, head, max(lost, default=0))


def _lost_rows(
    house: House,
    controller: ControllerId,
    head: ChainHead,
    anchored: LogHead,
    mending: bool,  # noqa: FBT001 - a state
) -> int:
    """Count the rows behind an anchored end.

    Raises:
        LogTampered: the audit has gone on otherwise than was anchored.
    """
    if anchored.position > head.position:
        return anchored.position - head.position
    there = house.audit.chain_at(controller, anchored.position) or NO_CHAIN
    if anchored.position == 0 or there == anchored.chain:
        return 0
    if mending:
        return 1
    raise LogTampered(AUDIT, 1, anchored.position)
