"""What an anchor holds of a chain, and whether a chain passes through it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from domain.answers import GateClosed, GateVerdict
from domain.keyring import JournalHead
from domain.values import ControllerId
from infra.keys.record import GENESIS, ChainedRecord, restoration_of

RecordsAfter = Callable[[int], Sequence[ChainedRecord]]
"""Reads a page of a journal's records behind a sequence."""


@dataclass(frozen=True, slots=True)
class LogHead:
    """The end of the log as anchored: its highest position and the chain's hash there."""

    position: int
    chain: bytes


@dataclass(frozen=True, slots=True)
class Heads:
    """The end of every chain, as one witness saw them."""

    log: LogHead | None
    journals: Mapping[ControllerId, JournalHead]
    audits: Mapping[ControllerId, LogHead]
    finalised: Mapping[ControllerId, LogHead]


def require_on(held: JournalHead, after: RecordsAfter) -> None:
    """Require that a journal passes through an anchored head, or says that it goes on from it.

    Raises:
        GateClosed: ``FORKED``.
    """
    if held == GENESIS:
        return
    following = after(held.sequence - 1)
    if not following or chain_at(held.sequence, following[0]) != held.chain:
        detail = f"at {held.sequence}, against the anchor"
        raise GateClosed(GateVerdict.FORKED, detail)


def chain_at(sequence: int, record: ChainedRecord) -> bytes | None:
    """Return the chain at a sequence, told by the first record not before it; None if it cannot.

    Behind a declared gap it is the restoration's word for the head it continues.
    """
    if record.sequence == sequence:
        return record.chain
    told = restoration_of(record)
    if told is not None and told.continues.sequence == sequence:
        return told.continues.chain
    return None
