"""The erasure process manager: order, destroy, anchor, purge, verify, record; resumable anywhere.

Its durable state is the log itself: an ``ErasureOrdered`` without its ``SubjectErased`` is an
erasure under way, and :meth:`ErasureProcess.resume` finishes it from whichever step it reached.
Every step may be done twice. A key database that is away leaves the person fenced and *not*
erased: the error leaves this module and the erasure stays listed as under way.

Order of the steps (DESIGN "Erasure"): 1 footprint, 2 fence, 3 destroy, 4 anchor, 5 evict and
purge, 6 verify, 7 record. The log's tokens are collected before the purge, and a purge hands over
what it removed, so that step 6 has something to try: each must answer ``Shredded``.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from consumers.erasure_end import erased_fact, notices_of
from consumers.erasure_order import Fence, Request, Standing, order_of, standing_of
from consumers.erasure_ports import Doors, ErasureFailed, Step
from consumers.ports import Batch, Head, Recording, VersionConflict
from domain import subject as subjects
from domain.answers import Shredded
from domain.erasure import Scope, SubjectErased
from domain.fact import Fact, house_stamp
from domain.keyring import DestroyOrder, Destruction, OpenRequest
from domain.pointed import WELCOME
from domain.subject import Refused
from domain.suppression import LiftOrder
from domain.values import Category, ControllerId, ErasureId, FactId, Instant, SubjectId

CONFLICTS = 10
"""Times a fence is tried again when ingest keeps moving the stream."""

PAGE = 250
"""Persons erased in one unit of work: half of what one destruction may lock, since those taken in
meanwhile wait for it."""

OPENS = 10_000
"""Tokens tried in one call of the opener, whose own limit is above."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What an ended erasure can say of itself; nothing in it is personal."""

    controller: ControllerId
    subject: SubjectId
    erasure_id: ErasureId
    category: Category | None
    destroyed_at: Instant
    journal_sequence: int
    journal_chain: bytes
    keys_destroyed: int
    lookups_cleared: int
    tokens_probed: int
    tokens_opened: int
    recipients: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ErasureProcess:
    """Drives erasures of one controller's people, a page at a time.

    ``reached`` is told each step as it is durable; tests end the process there.
    """

    doors: Doors
    now: Callable[[], Instant]
    new_id: Callable[[], UUID]
    wait: Callable[[float], None]
    reached: Callable[[Step], None]

    def erase(self, controller: ControllerId, requests: Sequence[Request]) -> list[Receipt]:
        """Erase each person or category; those already erased are skipped.

        Raises:
            ErasureRefused: a duty forbids it.
            ErasureFailed: a token still opened after the keys were destroyed.
            KeyUnavailable, LogUnavailable: a database is away; :meth:`resume` goes on later.
        """
        receipts: list[Receipt] = []
        for page in _pages(requests):
            receipts.extend(self._finish(controller, self._fence(controller, page)))
        return receipts

    def resume(
        self, controller: ControllerId, subjects_under_way: Sequence[SubjectId]
    ) -> list[Receipt]:
        """Finish erasures that were ordered; one that another process ended is passed over."""
        receipts: list[Receipt] = []
        for start in range(0, len(subjects_under_way), PAGE):
            page = subjects_under_way[start : start + PAGE]
            heads = self.doors.log.load(controller, page, []).heads
            standing = [standing_of(self.doors, s, heads[s]) for s in page]
            receipts.extend(self._finish(controller, [s for s in standing if s is not None]))
        return receipts

    def _fence(self, controller: ControllerId, requests: Sequence[Request]) -> list[Standing]:
        for attempt in range(CONFLICTS):
            fence = Fence(self.doors, controller, self.now(), self.new_id)
            batch, standing = fence.decide(requests)
            try:
                self.doors.log.append(batch)
            except VersionConflict:
                self.wait(0.005 * 2**attempt)
            else:
                self.reached(Step.ORDERED)
                return standing
        message = f"the streams of {len(requests)} subjects kept moving"
        raise VersionConflict(message)

    def _finish(self, controller: ControllerId, standing: Sequence[Standing]) -> list[Receipt]:
        if not standing:
            return []
        destroyed = self.doors.shredder.destroy(controller, self._orders(controller, standing))
        self.reached(Step.DESTROYED)
        last = max(destroyed, key=lambda d: d.head.sequence)
        self.doors.anchor(controller, last.head)
        self.reached(Step.ANCHORED)
        tokens = self._log_tokens(standing)
        scopes = [Scope(s.subject, s.order.category) for s in standing]
        for view in self.doors.views:
            tokens += _of_scopes(standing, view.purge_all(scopes))
        self.reached(Step.PURGED)
        self._verify(controller, standing, tokens)
        self.reached(Step.VERIFIED)
        return self._record(controller, standing, destroyed, tokens)

    def _orders(self, controller: ControllerId, standing: Sequence[Standing]) -> list[DestroyOrder]:
        """Say what to destroy and which pointers it leaves; lift those of who is welcome again."""
        welcome = [LiftOrder(s.subject, (), WELCOME) for s in standing if s.welcome]
        if welcome:
            self.doors.shredder.lift(controller, welcome)
        now = self.now()
        policy = self.doors.promises(controller).on(now)
        return [order_of(s, policy, now) for s in standing]

    def _log_tokens(self, standing: Sequence[Standing]) -> list[OpenRequest]:
        """Collect the tokens of the scopes from the log, which never changes."""
        return _of_scopes(standing, self.doors.log_tokens([s.subject for s in standing]))

    def _view_tokens(self, standing: Sequence[Standing]) -> list[OpenRequest]:
        """Collect the tokens of the scopes that the views still show."""
        people = [s.subject for s in standing]
        found = [t for view in self.doors.views for t in view.probe_all(people)]
        return _of_scopes(standing, found)

    def _verify(
        self,
        controller: ControllerId,
        standing: Sequence[Standing],
        tokens: Sequence[OpenRequest],
    ) -> None:
        """Try the collected tokens, and whatever the views still show: all must be shredded.

        Withheld is not shredded: a restricted person's key that was left alive would answer so.
        """
        tried = _distinct([*tokens, *self._view_tokens(standing)])
        opened: Counter[SubjectId] = Counter()
        for start in range(0, len(tried), OPENS):
            page = tried[start : start + OPENS]
            answers = self.doors.opener.open(controller, page)
            opened.update(
                token.subject
                for token, answer in zip(page, answers, strict=True)
                if not isinstance(answer, Shredded)
            )
        for subject, count in opened.items():
            raise ErasureFailed(subject, count)

    def _record(
        self,
        controller: ControllerId,
        standing: Sequence[Standing],
        destroyed: Sequence[Destruction],
        tokens: Sequence[OpenRequest],
    ) -> list[Receipt]:
        distinct = {token.token: token.subject for token in tokens}
        probed = Counter(distinct.values())
        ended = [
            erased_fact(s, d, probed[s.subject]) for s, d in zip(standing, destroyed, strict=True)
        ]
        self._append_ends(controller, standing, ended, destroyed)
        self.reached(Step.ERASED)
        return [
            _receipt(controller, s, d, fact)
            for s, d, fact in zip(standing, destroyed, ended, strict=True)
        ]

    def _append_ends(
        self,
        controller: ControllerId,
        standing: Sequence[Standing],
        ended: Sequence[SubjectErased],
        destroyed: Sequence[Destruction],
    ) -> None:
        """Append ``SubjectErased`` once to each stream; repeating it decides nothing.

        Only another process that ends the same erasure can move a fenced stream.
        """
        for attempt in range(CONFLICTS - 1):
            try:
                return self._append_ends_once(controller, standing, ended, destroyed)
            except VersionConflict:
                self.wait(0.005 * 2**attempt)
        return self._append_ends_once(controller, standing, ended, destroyed)

    def _append_ends_once(
        self,
        controller: ControllerId,
        standing: Sequence[Standing],
        ended: Sequence[SubjectErased],
        destroyed: Sequence[Destruction],
    ) -> None:
        now = self.now()
        heads = self.doors.log.load(controller, [s.subject for s in standing], []).heads
        recordings = [
            r
            for s, fact in zip(standing, ended, strict=True)
            if (r := self._recording(controller, s, heads[s.subject], fact, now)) is not None
        ]
        last = max(destroyed, key=lambda d: d.head.sequence)
        notices = tuple([n for s in standing for n in notices_of(controller, s, now)])
        self.doors.log.append(
            Batch(tuple(recordings), notices=notices, erasure_head=(controller, last.head))
        )

    def _recording(
        self, controller: ControllerId, s: Standing, head: Head, fact: Fact, now: Instant
    ) -> Recording | None:
        stamp = house_stamp(controller, FactId(self.new_id()), now)
        decision = subjects.decide(head.state, stamp, fact)
        if isinstance(decision, Refused):
            message = f"subject {s.subject}: {decision.reason.value}"
            raise VersionConflict(message)
        if not decision:
            return None
        state = subjects.evolve(head.state, stamp, fact)
        return Recording(controller, s.subject, head.version, ((stamp, fact),), state)


def _pages(requests: Sequence[Request]) -> list[list[Request]]:
    """Cut into pages of at most :data:`PAGE`, in order, nobody twice on one."""
    pages: list[list[Request]] = []
    people: set[SubjectId] = set()
    for request in requests:
        if not pages or len(people) == PAGE or request.subject in people:
            pages.append([])
            people = set()
        pages[-1].append(request)
        people.add(request.subject)
    return pages


def _of_scopes(standing: Sequence[Standing], found: Sequence[OpenRequest]) -> list[OpenRequest]:
    scopes = {s.subject.int: frozenset(s.order.categories) for s in standing}
    return [token for token in found if token.category in scopes[token.subject.int]]


def _distinct(tokens: Sequence[OpenRequest]) -> list[OpenRequest]:
    """Leave out repetitions; integers and bytes are compared, which costs a fifth of UUIDs."""
    found = {(t.token, t.subject.int, t.fact_id.int, t.category, t.slot): t for t in tokens}
    return list(found.values())


def _receipt(
    controller: ControllerId, standing: Standing, destruction: Destruction, fact: SubjectErased
) -> Receipt:
    return Receipt(
        controller=controller,
        subject=standing.subject,
        erasure_id=fact.erasure_id,
        category=fact.category,
        destroyed_at=fact.destroyed_at,
        journal_sequence=fact.journal_sequence,
        journal_chain=fact.journal_chain,
        keys_destroyed=fact.keys_destroyed,
        lookups_cleared=destruction.lookups_cleared,
        tokens_probed=fact.tokens_probed,
        tokens_opened=fact.tokens_opened,
        recipients=standing.order.recipients,
    )
