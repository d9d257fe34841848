"""The log's hash chain: what an edited, removed, added or reordered row breaks.

``chain = SHA256(previous chain ‖ first ‖ last ‖ digest)``, one link a batch, where ``first`` and
``last`` are the batch's positions (8 bytes each, big-endian). ``digest`` is SHA-256 over four
framed columns (:mod:`domain.framing`), each of them framed elements in the order of positions:
subjects (16 bytes), versions (8 bytes, big-endian), stored names (UTF-8), bytes. It is made before
the log is locked; under the lock the database itself adds the link.
"""

from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from itertools import islice
from uuid import UUID

from eventsourcing.persistence import StoredEvent

from domain.framing import frame
from infra.store.arrays import Array, bigints, byteas, texts, uuids
from infra.store.records import GENESIS, ChainHead, LogTampered

LOG = "fact_log"

Row = tuple[UUID, int, str, bytes]
"""Subject, version, stored name and bytes of a fact."""


def columns_of(rows: Sequence[Row]) -> tuple[Array, Array, Array, Array]:
    """Turn rows into columns: subjects, versions, stored names, bytes; one row at least."""
    subjects, versions, topics, states = zip(*rows, strict=True)
    return uuids(subjects), bigints(versions), texts(topics), byteas(states)


def digest(columns: Iterable[Array]) -> bytes:
    """Hash a batch's columns."""
    return sha256(frame(*[column.framed for column in columns])).digest()


def link(previous: bytes, first: int, last: int, rows: Sequence[Row]) -> bytes:
    """Return the hash after a batch whose rows took the positions ``first`` to ``last``."""
    places = first.to_bytes(8, "big") + last.to_bytes(8, "big")
    return sha256(previous + places + digest(columns_of(rows))).digest()


def row_of(event: StoredEvent) -> Row:
    """Return a stored event as a row of the log."""
    assert isinstance(event.originator_id, UUID)
    return event.originator_id, event.originator_version, event.topic, event.state


Link = tuple[int, int, bytes]
"""First position, last position and hash of a batch, as stored."""


def follow(start: ChainHead, links: Iterable[Link], rows: Iterator[Row]) -> ChainHead:
    """Check stored links against the rows they cover; return the end of the chain.

    ``rows`` yields the rows behind ``start`` in the order of their positions, which are unique. A
    row whose position was changed comes in another's turn, and a link's own positions are in its
    hash, so positions need no look of their own.

    Raises:
        LogTampered: a link does not follow, or a row is missing, moved or edited.
    """
    head = start
    for first, last, chain in links:
        covered = list(islice(rows, max(last - head.position, 0)))
        if not covered or link(head.chain, first, last, covered) != chain:
            raise LogTampered(LOG, min(first, head.position + 1), last)
        head = ChainHead(last, chain)
    return head


BEGINNING = ChainHead(0, GENESIS)
"""Where the chain of an empty log ends."""
