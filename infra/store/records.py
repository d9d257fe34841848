"""What the event database answers with, beyond the write side's own port.

::

    LogTampered    a row of the log or of the audit was edited, removed or reordered
    BadBatch       a unit of work that could not be committed by anyone: the caller's fault
"""

from dataclasses import dataclass

from domain.values import Category, ControllerId, ErasureId, Instant, SubjectId

GENESIS = bytes(32)
"""The chain's hash before the first row."""


class BadBatch(ValueError):  # noqa: N818 - names what was given
    """A batch breaks a rule of :func:`infra.store.batches.check`."""


class LogTampered(Exception):  # noqa: N818 - what was found
    """A hash chain does not follow from the rows it covers.

    ``first`` and ``last`` are the positions within which a row was edited, removed, added or
    moved.
    """

    def __init__(self, chain: str, first: int, last: int) -> None:
        super().__init__(f"{chain}: the rows from {first} to {last} are not what was recorded")
        self.chain = chain
        self.first = first
        self.last = last


@dataclass(frozen=True, slots=True)
class ChainHead:
    """The end of a hash chain: the last position it covers and its hash there."""

    position: int
    chain: bytes


@dataclass(frozen=True, slots=True)
class PendingErasure:
    """An erasure that was ordered; ``category`` None means the whole person.

    ``ended_at`` is None until ``SubjectErased`` is in the log.
    """

    controller: ControllerId
    subject: SubjectId
    erasure_id: ErasureId
    category: Category | None
    ordered_at: Instant
    ended_at: Instant | None
