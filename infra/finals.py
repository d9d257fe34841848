"""The journal of finalisations against its anchors: what a restored key database lost of it.

The backup that a finalisation proves is made before its record is written; put back, the record is
lost, and with it that the erasures were final. It is put back byte for byte from beside the anchor.
Where nobody kept it, its erasures count as open and the next finalisation covers them.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from domain.answers import GateClosed
from domain.values import ControllerId
from infra.house import House
from infra.keys.anchored import LogHead
from infra.keys.finalised import FinalisedBroken
from infra.keys.record import ChainedRecord
from infra.keys.restoring import Restorer


@dataclass(frozen=True, slots=True)
class FinalState:
    """How many records the key database lost, and those of them that were kept, in order."""

    lost: int
    kept: tuple[ChainedRecord, ...]


def finals(
    house: House, restorer: Restorer, controller: ControllerId, elsewhere: LogHead | None
) -> FinalState:
    """Compare the key database's journal of finalisations with the anchors; changes nothing.

    Raises:
        FinalisedBroken: it was edited, or has gone on otherwise than was anchored.
        KeyUnavailable: the key database is away.
    """
    end = house.keyring.verify_finalised(controller)
    lost = 0
    for anchored in (_in_file(house, controller), elsewhere):
        if anchored is not None and anchored.position:
            _require_on(house, controller, end, anchored)
            lost = max(lost, anchored.position - end.position)
    kept = tuple(_kept(house, controller, end.position)) if lost else ()
    restorer.follow_finalised(controller, end, kept)
    return FinalState(lost, kept)


def put_back(house: House, restorer: Restorer, controller: ControllerId, state: FinalState) -> None:
    """Put back what was kept, and anchor what is there.

    Raises:
        FinalisedBroken: what was kept does not follow.
        KeyUnavailable: the key database is away.
    """
    if state.lost:
        for record in state.kept:
            restorer.put_back_finalised(controller, record)
        anchor_anew(house, controller)


def anchor_anew(house: House, controller: ControllerId) -> None:
    """Anchor what is there, whatever was anchored before: a reconciliation's word, audited.

    Raises:
        FinalisedBroken: it was edited.
        KeyUnavailable: the key database is away.
    """
    head = house.keyring.verify_finalised(controller)
    house.anchor.finalisations.anew(controller, head, _pages(house, controller))


def _in_file(house: House, controller: ControllerId) -> LogHead | None:
    try:
        return house.anchor.finalised(controller)
    except GateClosed:
        return None


def _require_on(house: House, controller: ControllerId, end: LogHead, anchored: LogHead) -> None:
    if anchored.position <= end.position:
        (there,) = house.keyring.finalised_records(controller, anchored.position - 1, 1)
        if there.chain != anchored.chain:
            raise FinalisedBroken(controller, anchored.position)


def _pages(house: House, controller: ControllerId) -> Iterator[list[ChainedRecord]]:
    after = 0
    while page := house.keyring.finalised_records(controller, after):
        yield page
        after = page[-1].sequence


def _kept(house: House, controller: ControllerId, end: int) -> Iterator[ChainedRecord]:
    """Yield the records kept behind ``end``, as far as they follow each other."""
    following = end + 1
    try:
        for record in house.anchor.finalisations.records(controller, end):
            if record.sequence == following:
                yield record
                following += 1
    except GateClosed:
        return
