"""Walks a controller's erasure journal from its beginning, for one record's place in it.

Every record is a leaf of the hash tree, at its sequence: a destruction with what may be told of it,
a restoration and a record that is lost as no more than that.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from domain.framing import frame
from domain.keyring import JournalHead
from domain.values import ControllerId, Instant
from infra.certificates.contents import erased_of
from infra.certificates.tree import leaf_of, levels_of, path_of
from infra.keys.record import GENESIS, ChainedRecord, JournalBroken, JournalRecord

_RESTORATION = b"restoration"
_LOST = b"lost"


class Journal(Protocol):
    """The erasure journals, as the keyring reads them."""

    def verify_journal(self, controller: ControllerId) -> JournalHead:
        """Verify a controller's chain and return its head; raises ``JournalBroken``."""
        ...

    def journal_records(self, controller: ControllerId, after: int) -> Sequence[ChainedRecord]:
        """Read a page of the records behind a sequence, in order."""
        ...


@dataclass(frozen=True, slots=True)
class Leaves:
    """A verified journal as leaves: one a sequence, up to its head.

    ``lost_from`` is the first record that is missing where a restoration declares it, ``restored``
    each restoration's own sequence, the one it went back to, and when.
    """

    head: JournalHead
    leaves: tuple[bytes, ...]
    lost_from: int | None
    restored: tuple[tuple[int, int, Instant], ...]


@dataclass(frozen=True, slots=True)
class Walked:
    """A verified journal: its head, the tree's root, and one record's way to the root.

    ``lost`` says that records are missing where a restoration declares it; ``applied_again_at`` is
    when erasures were applied again that a restore had undone, this one among them.
    """

    head: JournalHead
    root: bytes
    path: tuple[bytes, ...]
    lost: bool
    applied_again_at: tuple[Instant, ...]


def walk(journal: Journal, controller: ControllerId, sequence: int) -> Walked:
    """Verify the journal and reckon the tree over it.

    Raises:
        JournalBroken: the chain does not hold.
        KeyUnavailable: the key database or the provider is away.
    """
    found = leaves_of(journal, controller)
    levels = levels_of(found.leaves)
    again = [at for place, back_to, at in found.restored if back_to < sequence < place]
    path = tuple(path_of(levels, sequence - 1))
    lost = found.lost_from is not None
    return Walked(found.head, levels[-1][0], path, lost, tuple(again))


def leaves_of(journal: Journal, controller: ControllerId) -> Leaves:
    """Verify the journal and hash each of its records.

    Raises:
        JournalBroken: the chain does not hold.
        KeyUnavailable: the key database or the provider is away.
    """
    head = journal.verify_journal(controller)
    leaves: list[bytes] = []
    restored: list[tuple[int, int, Instant]] = []
    lost_from, chain = None, GENESIS.chain
    for link in _records(journal, controller, head):
        record = link.decoded()
        if lost_from is None and len(leaves) < link.sequence - 1:
            lost_from = len(leaves) + 1
        while len(leaves) < link.sequence - 1:
            leaves.append(leaf_of(_LOST + len(leaves).to_bytes(8, "big")))
        leaves.append(_leaf(link, record))
        chain = link.chain
        if record.restoration is not None:
            back_to = record.restoration.restored_to
            restored.append((link.sequence, back_to, record.destroyed_at))
    if len(leaves) != head.sequence or chain != head.chain:
        raise JournalBroken(controller, len(leaves))
    return Leaves(head, tuple(leaves), lost_from, tuple(restored))


def _records(
    journal: Journal, controller: ControllerId, head: JournalHead
) -> Iterator[ChainedRecord]:
    after = 0
    while after < head.sequence:
        read = journal.journal_records(controller, after)
        page = [link for link in read if link.sequence <= head.sequence]
        if not page:
            return
        yield from page
        after = page[-1].sequence


def _leaf(link: ChainedRecord, record: JournalRecord) -> bytes:
    if record.restoration is not None:
        return leaf_of(frame(link.chain, _RESTORATION))
    return erased_of(record).leaf(link.chain.hex())
