"""``audit verify``: every chain walked from its beginning, and held against its anchor.

Four kinds of chain: the log, and of each controller the erasure journal, the journal of
finalisations and the access audit.
An edited, removed, added or moved record is named by the first sequence that does not follow; a
chain cut at its end by the first sequence that is missing. The log's links cover a batch each, so
there the batch's first position is named.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from domain.answers import GateClosed
from domain.values import ControllerId
from infra.house import House
from infra.keys.anchored import chain_at
from infra.keys.finalised import FinalisedBroken
from infra.keys.record import JournalBroken
from infra.store.records import LogTampered


class ChainKind(StrEnum):
    """Which chain."""

    LOG = "log"
    JOURNAL = "erasure_journal"
    FINALISATIONS = "finalisation_journal"
    AUDIT = "access_audit"


class Fault(StrEnum):
    """What is wrong with it."""

    BROKEN = "broken"
    """A record was edited, removed, added or moved."""
    CUT = "cut"
    """Records are missing at the end that were anchored."""
    REWRITTEN = "rewritten"
    """It follows in itself and is not the one that was anchored."""


@dataclass(frozen=True, slots=True)
class Verified:
    """One chain; ``first_bad`` and ``fault`` are None when it follows.

    ``records`` is its end as stated, ``controller`` a slug, None for the log.
    """

    kind: ChainKind
    controller: str | None
    records: int
    anchored: int | None
    first_bad: int | None = None
    fault: Fault | None = None


class ChainsBroken(Exception):  # noqa: N818 - what was found
    """Some chains do not follow; the message names each with its first bad sequence."""

    def __init__(self, broken: list[Verified]) -> None:
        told = [
            f"{one.kind.value}{f' of {one.controller}' if one.controller else ''}:"
            f" {one.fault} from {one.first_bad}"
            for one in broken
        ]
        super().__init__("; ".join(told))


def verify_all(house: House) -> list[Verified]:
    """Walk every chain.

    Raises:
        KeyUnavailable, LogUnavailable: a database is away.
        GateClosed: an anchor is there and cannot be read.
    """
    return [
        _log(house),
        *(_journal(house, slug, one) for slug, one in _controllers(house)),
        *(_finalised(house, slug, one) for slug, one in _controllers(house)),
        *(verify_audit(house, slug, one) for slug, one in _controllers(house)),
    ]


def _controllers(house: House) -> Iterator[tuple[str, ControllerId]]:
    yield from sorted(house.controllers.items())


def _log(house: House) -> Verified:
    anchored, end = house.anchor.log(), house.store.last_position()
    made = Verified(ChainKind.LOG, None, end, anchored.position if anchored else None)
    try:
        house.store.verify_chain()
    except LogTampered as broken:
        return _bad(made, Fault.BROKEN, broken.first)
    if anchored is None or not anchored.position:
        return made

    def there() -> bytes | None:
        try:
            return house.store.link_at(anchored.position).chain
        except LogTampered:
            return None

    return _against(made, anchored.chain, there)


def _journal(house: House, slug: str, controller: ControllerId) -> Verified:
    anchored, end = house.anchor.journal(controller), house.keyring.journal_head(controller)
    sequence = anchored.sequence if anchored else None
    made = Verified(ChainKind.JOURNAL, slug, end.sequence, sequence)
    try:
        house.keyring.verify_journal(controller)
    except JournalBroken as broken:
        return _bad(made, Fault.BROKEN, broken.sequence)
    if anchored is None or not anchored.sequence:
        return made

    def there() -> bytes | None:
        found = house.keyring.journal_records(controller, anchored.sequence - 1, 1)
        return chain_at(anchored.sequence, found[0]) if found else None

    return _against(made, anchored.chain, there)


def _finalised(house: House, slug: str, controller: ControllerId) -> Verified:
    anchored, records = house.anchor.finalised(controller), house.keyring.finalised_records
    number = anchored.position if anchored else None
    try:
        end = house.keyring.verify_finalised(controller)
    except FinalisedBroken as broken:
        made = Verified(ChainKind.FINALISATIONS, slug, broken.number, number)
        return _bad(made, Fault.BROKEN, broken.number)
    made = Verified(ChainKind.FINALISATIONS, slug, end.position, number)
    if anchored is None or not anchored.position:
        return made

    def there() -> bytes | None:
        found = records(controller, anchored.position - 1, 1)
        return found[0].chain if found else None

    return _against(made, anchored.chain, there)


def verify_audit(house: House, slug: str, controller: ControllerId) -> Verified:
    """Walk one controller's access audit, to its anchored end.

    Raises:
        LogUnavailable: the event database is away.
        GateClosed: its anchor cannot be read.
    """
    anchored, end = house.anchor.audit(controller), house.audit.head(controller)
    position = anchored.position if anchored else None
    made = Verified(ChainKind.AUDIT, slug, end.position, position)
    try:
        house.audit.verify(controller)
    except LogTampered as broken:
        return _bad(made, Fault.BROKEN, broken.first)
    if anchored is None or not anchored.position:
        return made
    return _against(
        made, anchored.chain, lambda: house.audit.chain_at(controller, anchored.position)
    )


def _against(made: Verified, anchored: bytes, there: Callable[[], bytes | None]) -> Verified:
    """Hold a chain that follows against its anchor."""
    assert made.anchored is not None
    if made.records < made.anchored:
        return _bad(made, Fault.CUT, made.records + 1)
    return made if there() == anchored else _bad(made, Fault.REWRITTEN, 1)


def _bad(made: Verified, fault: Fault, first: int) -> Verified:
    return Verified(made.kind, made.controller, made.records, made.anchored, first, fault)


def reconciled(house: House) -> bool:
    """Say whether no restore waits for a reconciliation: an audit may be behind only then."""
    try:
        return house.anchor.restored() is None and house.anchor.reconciliation() is None
    except GateClosed:
        return False
