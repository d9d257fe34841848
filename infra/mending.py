"""The two halves of a reconciliation: destroying keys again, raising fences again.

Each step may be done twice; what is done to a person is audited when it is done.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from consumers.erasure import OPENS, ErasureProcess
from consumers.erasure_ports import ErasureFailed
from consumers.ports import Batch
from domain.answers import Present
from domain.erasure import ErasureOrdered, SubjectErased
from domain.fact import Entry
from domain.keyring import DestroyOrder, JournalHead, KeyEpoch
from domain.values import ControllerId, ErasureId, Instant, SubjectId
from infra.divergence import JournalState
from infra.finals import put_back
from infra.house import House
from infra.keys.restoring import Restorer
from infra.keys.shapes import outlives
from infra.reconcile_audit import Finding, Told, tell
from infra.refencing import fence_again
from infra.rerestricting import restrict_again
from infra.store.erasures import every_erasure
from infra.store.records import PendingErasure
from infra.unfenced import unfenced

PEOPLE_PAGE = 5_000
"""People whose streams are looked for at once."""

Report = Callable[[str, int], None]
"""Told a step's name and how many of it are done."""


@dataclass(frozen=True, slots=True)
class Officer:
    """Who reconciles: the account's name for the audit, its id for the approvals."""

    account: str
    approver: UUID


@dataclass(slots=True)
class Mended:
    """What was done for one controller; counts, and which erasures nothing could be done for."""

    put_back: int = 0
    destroyed_again: int = 0
    keys_destroyed: int = 0
    lost_records: int = 0
    fenced_again: int = 0
    finished: int = 0
    pending_again: int = 0
    restricted_again: int = 0
    refused: list[ErasureId] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Mending:
    """One controller's."""

    house: House
    restorer: Restorer
    officer: Officer
    report: Report
    state: JournalState
    mended: Mended

    @property
    def controller(self) -> ControllerId:
        """Whose."""
        return self.state.controller

    def keys(self, lost: int, restoration: UUID, restored_to: int) -> None:
        """Put back the journal's lost records, destroy what they and the log tell.

        ``lost`` counts what the journal had lost when the reconciliation began.

        Raises:
            JournalBroken: what was kept does not follow.
            KeyUnavailable, LogUnavailable: a database is away.
        """
        for record in self.house.anchor.records(self.controller, self.state.journal.sequence):
            if record.sequence > self.state.kept.sequence:
                break
            keys = self.restorer.put_back(self.controller, record)
            told = record.decoded()
            if told.restoration is None:
                self._count(SubjectId(told.subject), keys)
            self.mended.put_back += 1
            self.report("put_back", self.mended.put_back)
        if lost:
            self.mended.lost_records = self.state.gap
            self.restorer.declare(self.controller, restoration, restored_to, self.state.witnessed)
        for one in self.state.undone:
            if one.ended_at is not None:
                self._destroy_again(one)
        put_back(self.house, self.restorer, self.controller, self.state.finals)

    def _destroy_again(self, one: PendingErasure) -> None:
        order, erased_at = ordered(self.house.store.stream(one.subject), one)
        destroyed = self.restorer.destroy_again(self.controller, order, erased_at)
        self.mended.destroyed_again += 1
        self._count(one.subject, len(destroyed.epochs))
        self.report("destroyed_again", self.mended.destroyed_again)

    def _count(self, subject: SubjectId, keys: int) -> None:
        told = [Told(Finding.DESTROYED_AGAIN, subject, keys)]
        tell(self.house, self.controller, self.officer.account, told)
        self.mended.keys_destroyed += keys

    def events(self) -> None:
        """Raise the fences the log lost, finish what is under way, try what must not open.

        Raises:
            ErasureFailed: a token opens.
            KeyUnavailable, LogError: a database is away, or a stream moved; repeat it.
        """
        process = self._process()
        # What is under way stands in the way of a later fence of the same person.
        pending = self.house.store.pending_erasures(self.controller)
        self.mended.finished = len(process.resume(self.controller, [p.subject for p in pending]))
        for page in unfenced(self.house, self.controller):
            refused = fence_again(self.house, process, self.officer.approver, page)
            self.mended.refused += [ErasureId(one.erasure_id) for one in refused]
            self.mended.fenced_again += len(page) - len(refused)
            told = [Told(Finding.FENCED_AGAIN, one.subject, len(one.epochs)) for one in page]
            tell(self.house, self.controller, self.officer.account, told)
            self.report("fenced_again", self.mended.fenced_again)
        if self.mended.keys_destroyed:
            self._verify()
        self._record_head()

    def _process(self) -> ErasureProcess:
        """Make the erasure process; a lost anchor stays lost until it is made anew."""
        process = self.house.erasure()
        if self.state.anchor_lost:
            doors = replace(process.doors, anchor=lambda _controller, _head: None)
            return replace(process, doors=doors)
        return process

    def _verify(self) -> None:
        """Try what the log holds of the erased, a page of people at a time.

        Raises:
            ErasureFailed: a token opens.
        """
        for page in every_erasure(self.house.store.database, self.controller):
            whole = [one.subject for one in page if one.category is None]
            tokens = [t for t in self.house.log_tokens(whole) if not outlives(t.category)]
            for start in range(0, len(tokens), OPENS):
                part = tokens[start : start + OPENS]
                answers = self.house.keyring.open(self.controller, part)
                for token, answer in zip(part, answers, strict=True):
                    if isinstance(answer, Present):
                        raise ErasureFailed(token.subject, 1)

    def _record_head(self) -> None:
        """Let the log see the journal's head; the anchor before it, as ever."""
        head = self.house.keyring.journal_head(self.controller)
        recorded = self.house.store.erasure_head(self.controller)
        if head.sequence and (recorded is None or recorded.sequence < head.sequence):
            self.push(head)
            self.house.store.append(Batch(erasure_head=(self.controller, head)))

    def push(self, head: JournalHead) -> None:
        """Anchor the journal's head, unless the anchor is lost or was never begun."""
        if self.state.anchored is not None and not self.state.anchor_lost:
            self.house.anchor_journal(self.controller, head)

    def restrictions(self) -> None:
        """Record restrictions that the log lost and suspended keys tell of.

        Raises:
            KeyUnavailable, LogUnavailable: a database is away.
        """
        again = restrict_again(self.house, self.controller)
        told = [Told(Finding.RESTRICTED_AGAIN, one, 1) for one in again]
        tell(self.house, self.controller, self.officer.account, told)
        self.mended.restricted_again = len(again)

    def pend_lost_people(self) -> None:
        """Give people whose streams were lost a day for their sources to send them again.

        Raises:
            KeyUnavailable, LogUnavailable: a database is away.
        """
        now, after = self.house.clock.now(), UUID(int=0)
        while people := self.restorer.living(self.controller, after, PEOPLE_PAGE):
            begun = self.house.store.with_stream(people)
            lost = [person for person in people if person not in begun]
            self.restorer.pend_again(self.controller, lost, now)
            self.mended.pending_again += len(lost)
            after = people[-1]


def ordered(stream: Sequence[Entry], one: PendingErasure) -> tuple[DestroyOrder, Instant]:
    """Read from a stream what an erasure ordered, and when it was carried out."""
    order = DestroyOrder(one.subject, one.erasure_id, one.category, (), guarded=False)
    erased_at = one.ordered_at
    for fact in [entry.fact for entry in stream]:
        if isinstance(fact, ErasureOrdered) and fact.erasure_id == one.erasure_id:
            epochs = zip(fact.categories, fact.epochs, fact.key_ids, strict=True)
            named = tuple([KeyEpoch(*epoch) for epoch in epochs])
            order = replace(order, epochs=named, guarded=True)
        elif isinstance(fact, SubjectErased) and fact.erasure_id == one.erasure_id:
            erased_at = fact.destroyed_at
    return order, erased_at
