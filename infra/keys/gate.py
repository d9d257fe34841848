"""The restore gate: refuses to open when a database is older than what was witnessed.

J is the journal, A the anchor, E the last head recorded in the log. They are written in the order
J, A, E and are read against it, E, A, J, from primaries: then a healthy house shows J >= A >= E
also while others erase. (Read A first, an erasure that ends before E is read puts A behind E.)

- J behind A or E: the key database was rolled back. A hash that differs at a sequence both have:
  it was forked.
- A behind E, or no anchor though E or J is not empty: the anchor was lost; only an audited
  re-anchor opens again.
- J ahead of A: a crash between the two; the chain from A on is verified and A is pushed. A house
  without erasures gets its anchor at the first passing, so the first erasure's crash is one too.
- The log shorter than its anchored position, or with another hash there: the event database is
  behind.

The judgements are pure; :class:`RestoreGate` reads and pushes.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Protocol

from domain.answers import GateClosed, GateVerdict
from domain.keyring import JournalHead
from domain.values import ControllerId
from infra.keys.anchor import FileAnchor, LogHead
from infra.keys.record import GENESIS, ChainedRecord, JournalBroken


@dataclass(frozen=True, slots=True)
class Journal:
    """J: the journal's head, and its chain's hash at the sequences that A and E name."""

    head: JournalHead
    chain_at: Mapping[int, bytes]


class Outcome(Enum):
    """What is left to do when the gate is open."""

    LEVEL = auto()
    PUSH_ANCHOR = auto()


def check(anchored: JournalHead | None, recorded: JournalHead | None, journal: Journal) -> Outcome:
    """Judge A, E and J of one controller; ``PUSH_ANCHOR`` when the caller must verify and push A.

    Raises:
        GateClosed: ``ROLLED_BACK``, ``FORKED`` or ``ANCHOR_LOST``.
    """
    in_log = recorded or GENESIS
    if anchored is None:
        _require_in(in_log, journal, "the log")
        if in_log.sequence or journal.head.sequence:
            raise GateClosed(
                GateVerdict.ANCHOR_LOST, f"none, with the journal at {journal.head.sequence}"
            )
        return Outcome.PUSH_ANCHOR
    _require_in(anchored, journal, "the anchor")
    _require_in(in_log, journal, "the log")
    if anchored.sequence < in_log.sequence:
        raise GateClosed(
            GateVerdict.ANCHOR_LOST, f"at {anchored.sequence}, the log at {in_log.sequence}"
        )
    ahead = journal.head.sequence > anchored.sequence
    return Outcome.PUSH_ANCHOR if ahead else Outcome.LEVEL


def _require_in(witness: JournalHead, journal: Journal, name: str) -> None:
    """Require that the journal reaches what a witness saw, with the same hash there."""
    if journal.head.sequence < witness.sequence:
        detail = f"journal at {journal.head.sequence}, {name} at {witness.sequence}"
        raise GateClosed(GateVerdict.ROLLED_BACK, detail)
    if witness.sequence and journal.chain_at.get(witness.sequence) != witness.chain:
        raise GateClosed(GateVerdict.FORKED, f"at {witness.sequence}, against {name}")


def check_log(anchored: LogHead | None, last_position: int, chain_there: bytes | None) -> None:
    """Judge the log against its anchor; ``chain_there`` is its hash at the anchored position.

    Raises:
        GateClosed: ``EVENTS_BEHIND``.
    """
    if anchored is None or anchored.position == 0:
        return
    if last_position < anchored.position or chain_there != anchored.chain:
        detail = f"log at {last_position}, anchored at {anchored.position}"
        raise GateClosed(GateVerdict.EVENTS_BEHIND, detail)


class LogWitness(Protocol):
    """What the gate reads from the log."""

    def erasure_head(self, controller: ControllerId) -> JournalHead | None:
        """Return E: the last journal head recorded for a controller, or None."""
        ...

    def last_position(self) -> int:
        """Return the log's highest position, 0 when empty."""
        ...

    def chain_at(self, position: int) -> bytes | None:
        """Return the log's chain hash at a position, or None where it has none."""
        ...


class JournalReader(Protocol):
    """What the gate reads from the keyring."""

    def journal_head(self, controller: ControllerId) -> JournalHead:
        """Return the journal's head."""
        ...

    def journal_records(
        self, controller: ControllerId, after: int, limit: int
    ) -> list[ChainedRecord]:
        """Return at most ``limit`` records that follow ``after``, in order."""
        ...

    def verify_journal(self, controller: ControllerId, start: JournalHead) -> JournalHead:
        """Verify the chain after ``start`` and return its head."""
        ...


class RestoreGate:
    """Asks A, E and J of every controller, and pushes A where a crash left it behind.

    Give it to ``Keyring.set_gate``.
    """

    def __init__(
        self,
        anchor: FileAnchor,
        log: LogWitness,
        journal: JournalReader,
        controllers: Callable[[], Sequence[ControllerId]],
    ) -> None:
        self._anchor = anchor
        self._log = log
        self._journal = journal
        self._controllers = controllers

    def __call__(self) -> None:
        """Let pass, or raise ``GateClosed``."""
        anchored = self._anchor.log()
        if anchored is not None:
            there = self._log.chain_at(anchored.position)
            check_log(anchored, self._log.last_position(), there)
        for controller in self._controllers():
            self._check(controller)

    def _check(self, controller: ControllerId) -> None:
        recorded = self._log.erasure_head(controller)
        anchored = self._anchor.journal(controller)
        journal = self._read(controller, anchored, recorded)
        if check(anchored, recorded, journal) is Outcome.PUSH_ANCHOR:
            try:
                head = self._journal.verify_journal(controller, anchored or GENESIS)
            except JournalBroken as broken:
                raise GateClosed(GateVerdict.FORKED, str(broken)) from None
            self._anchor.push(controller, head)

    def _read(
        self,
        controller: ControllerId,
        anchored: JournalHead | None,
        recorded: JournalHead | None,
    ) -> Journal:
        chains = {}
        for witness in (anchored, recorded):
            if witness is not None and witness.sequence:
                for record in self._journal.journal_records(controller, witness.sequence - 1, 1):
                    chains[record.sequence] = record.chain
        return Journal(self._journal.journal_head(controller), chains)
