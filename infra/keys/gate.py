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
- The log shorter than its anchored position, or with another hash there; an access audit that does
  not pass through its anchor; a journal record whose fence the log does not know, although fences
  come first: the event database is behind.
- The journal of finalisations does not pass through its anchor: the key database was rolled back.
- A backup was restored, or a reconciliation is under way: closed until it has ended.

``elsewhere`` is a second anchor, further away than the first (Kafka): every head it holds is asked
for as the first one's are. It is written after the first and read before everything, so it is
never ahead of a healthy house. Where it cannot be read the first anchor decides alone.

The judgements are pure; :class:`RestoreGate` reads and pushes.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from domain.answers import GateClosed, GateVerdict
from domain.keyring import JournalHead
from domain.values import ControllerId, ErasureId
from infra.keys.anchor import FileAnchor
from infra.keys.anchored import Heads, LogHead, chain_at
from infra.keys.gate_doors import JournalReader, LogWitness
from infra.keys.record import GENESIS, ChainedRecord, JournalBroken

_NOTHING = Heads(None, {}, {}, {})

UNRECORDED_PAGE = 5_000
"""Journal records behind E that are looked up in the log at once."""


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
        elsewhere: Callable[[], Heads | None] = lambda: None,
    ) -> None:
        self._anchor = anchor
        self._log = log
        self._journal = journal
        self._controllers = controllers
        self._elsewhere = elsewhere

    def __call__(self) -> None:
        """Let pass, or raise ``GateClosed``."""
        self._require_reconciled()
        away = self._elsewhere() or _NOTHING
        for anchored in (away.log, self._anchor.log()):
            if anchored is not None:
                there = self._log.chain_at(anchored.position)
                check_log(anchored, self._log.last_position(), there)
        for controller in self._controllers():
            self._check(controller, away)

    def _require_reconciled(self) -> None:
        if self._anchor.reconciliation() is not None:
            raise GateClosed(GateVerdict.UNRECONCILED, "a reconciliation has not ended")
        if self._anchor.restored() is not None:
            raise GateClosed(GateVerdict.UNRECONCILED, "a backup was restored")

    def _check(self, controller: ControllerId, away: Heads) -> None:
        for audit in (away.audits.get(controller), self._anchor.audit(controller)):
            self._check_audit(controller, audit)
        for final in (away.finalised.get(controller), self._anchor.finalised(controller)):
            self._check_finalised(controller, final)
        recorded = self._log.erasure_head(controller)
        anchored, further = self._anchor.journal(controller), away.journals.get(controller)
        journal = self._read(controller, (anchored, recorded, further))
        outcome = check(anchored, recorded, journal)
        _require_in(further or GENESIS, journal, "the anchor on Kafka")
        self._require_fences(controller, recorded or GENESIS, journal.head)
        if outcome is Outcome.PUSH_ANCHOR:
            try:
                head = self._journal.verify_journal(controller, anchored or GENESIS)
            except JournalBroken as broken:
                raise GateClosed(GateVerdict.FORKED, str(broken)) from None
            if anchored is None:
                self._anchor.push(controller, GENESIS)
            self._anchor.advance(controller, head, lambda after: self._page(controller, after))

    def _check_audit(self, controller: ControllerId, anchored: LogHead | None) -> None:
        if anchored is None or not anchored.position:
            return
        if self._log.audit_at(controller, anchored.position) != anchored.chain:
            detail = f"the access audit does not reach {anchored.position} as it was anchored"
            raise GateClosed(GateVerdict.EVENTS_BEHIND, detail)

    def _check_finalised(self, controller: ControllerId, anchored: LogHead | None) -> None:
        if anchored is None or not anchored.position:
            return
        found = self._journal.finalised_records(controller, anchored.position - 1, 1)
        if not found:
            detail = f"finalisations do not reach {anchored.position}, as they were anchored"
            raise GateClosed(GateVerdict.ROLLED_BACK, detail)
        if (found[0].sequence, found[0].chain) != (anchored.position, anchored.chain):
            detail = f"finalisations at {anchored.position}, against the anchor"
            raise GateClosed(GateVerdict.FORKED, detail)

    def _require_fences(
        self, controller: ControllerId, recorded: JournalHead, head: JournalHead
    ) -> None:
        """Require that the log knows the erasures of the records behind E.

        The journal is read first: a record that is there had its fence before.
        """
        after = recorded.sequence
        while after < head.sequence and (page := self._page(controller, after)):
            unknown = self._log.unknown(controller, _erasures(page))
            if unknown:
                detail = f"{len(unknown)} erasures of the journal have no fence in the log"
                raise GateClosed(GateVerdict.EVENTS_BEHIND, detail)
            after = page[-1].sequence

    def _page(self, controller: ControllerId, after: int) -> list[ChainedRecord]:
        return self._journal.journal_records(controller, after, UNRECORDED_PAGE)

    def _read(self, controller: ControllerId, witnesses: Sequence[JournalHead | None]) -> Journal:
        chains = {}
        for witness in witnesses:
            if witness is not None and witness.sequence:
                for record in self._journal.journal_records(controller, witness.sequence - 1, 1):
                    chain = chain_at(witness.sequence, record)
                    if chain is not None:
                        chains[witness.sequence] = chain
        return Journal(self._journal.journal_head(controller), chains)


def _erasures(page: Sequence[ChainedRecord]) -> list[ErasureId]:
    """Name the erasures of a page of records; a restoration is none.

    Raises:
        GateClosed: ``FORKED``: a record cannot be read.
    """
    try:
        records = [one.decoded() for one in page]
    except JournalBroken:
        detail = f"unreadable between {page[0].sequence} and {page[-1].sequence}"
        raise GateClosed(GateVerdict.FORKED, detail) from None
    told = [one for one in records if one.restoration is None and one.scope != ""]
    return [ErasureId(one.erasure_id) for one in told]
