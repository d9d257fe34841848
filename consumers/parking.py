"""What was set aside is taken up again: replayed into the write side, or discarded for good.

Rules. A replay opens a payload for the machine alone and hands it to the same write side, one item
at a time, so that what became of it is known: the fact has the id its source gave it, and one that
was recorded meanwhile is a duplicate. What was recorded is settled, and its key destroyed. What is
refused again waits on, under the reason it is refused for now and for its own 30 days. A person's
erasure discards what is parked about her.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from consumers.ingest import Ingest, Span
from consumers.ports import Parked, ParkReason
from consumers.tally import Tally
from consumers.upstream import Envelope, Incoming
from domain.answers import Answer, Present
from domain.erasure import Scope
from domain.keyring import OpenRequest
from domain.values import Instant, SubjectId

PARKED = "parked"
"""What the loose keys of parked payloads are for."""

REPLAY = "replay"
"""The position that replays move on: two at a time would meet on it."""

PAGE = 1_000
"""Items settled in one statement."""

_GONE = frozenset({"late_fact", "erased", "suppressed"})
"""Refusals after which nothing of the item may be kept."""


class Outcome(StrEnum):
    """How a parked item was settled."""

    REPLAYED = "replayed"
    DISCARDED = "discarded"


class Lot(Protocol):
    """Where parked items stand."""

    def of(self, subjects: Sequence[SubjectId]) -> list[UUID]:
        """Name every item about these people, settled or not."""
        ...

    def settle(self, parked_ids: Sequence[UUID], outcome: Outcome, at: Instant) -> list[UUID]:
        """Mark items; return those that are settled so now."""
        ...


class PayloadKeys(Protocol):
    """The one-off keys of parked payloads."""

    def open(self, purpose: str, items: Sequence[tuple[UUID, bytes]]) -> list[Answer]:
        """Open (item id, token) each; ``Present`` or ``Shredded``, one answer an item."""
        ...

    def destroy(self, ids: Sequence[UUID]) -> int:
        """Destroy the keys of these items; return how many there were."""
        ...


def discard(lot: Lot, keys: PayloadKeys, parked_ids: Sequence[UUID], at: Instant) -> list[UUID]:
    """Destroy the items' keys, then mark them discarded; return those that are so now.

    In this order: a crash between the two leaves an item that nobody can open, and may be
    discarded again.

    Raises:
        KeyUnavailable, LogUnavailable: a database is away; doing it again goes on.
    """
    settled: list[UUID] = []
    for start in range(0, len(parked_ids), PAGE):
        page = parked_ids[start : start + PAGE]
        keys.destroy(page)
        settled += lot.settle(page, Outcome.DISCARDED, at)
    return settled


@dataclass(frozen=True, slots=True)
class ParkedAbout:
    """What is parked about people, as their erasure sees it: purged with the views.

    A payload may hold facts of any category, so only an erasure of the whole person reaches it.
    """

    lot: Lot
    keys: PayloadKeys
    now: Callable[[], Instant]

    def purge_all(self, scopes: Sequence[Scope]) -> list[OpenRequest]:
        """Discard what is parked about everybody who is erased whole; it holds no token of hers."""
        whole = [scope.subject for scope in scopes if scope.category is None]
        if whole:
            discard(self.lot, self.keys, self.lot.of(whole), self.now())
        return []

    def probe_all(self, subjects: Sequence[SubjectId]) -> list[OpenRequest]:
        """Return nothing: payloads are sealed under keys of their own, not under hers."""
        del subjects
        return []


@dataclass(slots=True)
class Replayed:
    """What became of the items that were replayed. Each ends in exactly one count.

    ``waiting`` counts by the reason it is refused for now, ``refused`` what may not be kept and
    was discarded; ``expired`` items had lost their key, ``settled`` ones were settled before.
    """

    asked: int = 0
    recorded: int = 0
    duplicate: int = 0
    expired: int = 0
    settled: int = 0
    waiting: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)


Decode = Callable[[bytes], Envelope | ParkReason]
"""Reads a payload as it was parked."""


@dataclass(frozen=True, slots=True)
class Replay:
    """Takes parked items up again."""

    ingest: Ingest
    lot: Lot
    keys: PayloadKeys
    decode: Decode

    def replay(self, items: Sequence[Parked], told: Replayed) -> None:
        """Replay the items in the order their sources told of them; ``told`` is counted on.

        Raises:
            PositionFenced: another replay is under way.
            KeyUnavailable, LogUnavailable: a database is away; what was recorded is settled, or
                is a duplicate when replayed again.
        """
        for item in sorted(items, key=_as_told):
            told.asked += 1
            (answer,) = self.keys.open(PARKED, [(item.parked_id, item.token)])
            if isinstance(answer, Present):
                self._take(item, answer.plaintext, told)
            else:
                self._pass_over(item, told)

    def _pass_over(self, item: Parked, told: Replayed) -> None:
        """Settle an item whose key is gone: its period is over, or it was settled before."""
        lapsed = self.lot.settle([item.parked_id], Outcome.DISCARDED, self.ingest.now())
        told.expired += bool(lapsed)
        told.settled += not lapsed

    def _take(self, item: Parked, payload: bytes, told: Replayed) -> None:
        tally = self._through(item, _incoming(item, self.decode(payload), payload))
        told.recorded += tally.recorded + tally.unchanged
        told.duplicate += tally.duplicate
        told.waiting.update(tally.parked)
        if tally.parked:
            return
        if not tally.refused:
            self.lot.settle([item.parked_id], Outcome.REPLAYED, self.ingest.now())
            self.keys.destroy([item.parked_id])
        elif tally.refused.keys() <= _GONE:
            told.refused.update(tally.refused)
            discard(self.lot, self.keys, [item.parked_id], self.ingest.now())
        else:
            told.waiting.update(tally.refused)

    def _through(self, item: Parked, incoming: Incoming) -> Tally:
        """Take one item in; what is refused for now is parked as the item it is already."""
        place = self.ingest.desk.log.position(REPLAY)
        span = Span(REPLAY, item.position_name, place, place + 1)
        return self.ingest.commit(self.ingest.prepare([incoming]), span)


def _as_told(item: Parked) -> tuple[Instant, str, int]:
    return (item.parked_at, item.position_name, item.position_index)


def _incoming(item: Parked, decoded: Envelope | ParkReason, payload: bytes) -> Incoming:
    if isinstance(decoded, ParkReason):
        return Incoming(item.position_index, None, decoded, payload)
    return Incoming(item.position_index, decoded, None, payload)
