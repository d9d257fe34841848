"""Raising the fence: from a request to ``ErasureOrdered``, one batch for a page of people.

What must outlive the key is sealed here, before anything is destroyed: for each source that
knows the person, that source's own id for her, under a key ``notice/<uuid>`` of its own; and the
closing letter's address, where one was given, under ``request/<erasure id>``.
The fact id of ``ErasureOrdered`` is the erasure's id, so a notice's token can be opened with
what the notice says.

What is left as suppression pointers follows from the person's state and the erasure's reason, so a
process that finishes the erasure of another knows it too. One who wants to be welcome again says so
as a fact of its own right before the fence.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from consumers.erasure_ports import Doors, ErasureRefused, Request
from consumers.ports import Batch, Head, Recording, VersionConflict
from consumers.recipients import SourceIds
from consumers.second_person import as_asked, judged
from domain import subject as subjects
from domain.answers import Present
from domain.calendar import civil_date
from domain.erasure import (
    ErasureApproved,
    ErasureOrdered,
    ErasureRequested,
    Phase,
)
from domain.fact import Actor, Fact, Stamp, house_stamp
from domain.keyring import DestroyOrder, KeyEpoch, SealRequest
from domain.outreach import OutreachOptedIn
from domain.pointed import left_by_erasure, pointing_of
from domain.policy import Policy
from domain.subject import RefusalReason, Refused, SubjectState
from domain.suppression import SuppressionReason
from domain.values import (
    Category,
    ControllerId,
    ErasureId,
    FactId,
    Instant,
    SealedPart,
    SubjectId,
)

__all__ = ["Fence", "Request", "Standing", "order_of", "standing_of"]


@dataclass(frozen=True, slots=True)
class Standing:
    """An ordered erasure: the person, the fence in her stream, and the pointers it leaves."""

    subject: SubjectId
    version: int
    stamp: Stamp
    order: ErasureOrdered
    leaves: SuppressionReason | None
    welcome: bool


def standing_of(doors: Doors, subject: SubjectId, head: Head) -> Standing | None:
    """Read the fence of an erasure under way: only its end can follow it, so it is the last fact.

    ``head`` is the stream's when the erasure was seen under way; None when it has ended since.
    """
    found = doors.log.stream(subject, max(0, head.version - 2))
    last, before = found[-1], found[:-1]
    if not isinstance(last.fact, ErasureOrdered):
        return None
    welcome = any(isinstance(entry.fact, OutreachOptedIn) for entry in before)
    return _standing(subject, (last.version, last.stamp, last.fact), head.state, welcome=welcome)


def _standing(
    subject: SubjectId,
    fence: tuple[int, Stamp, ErasureOrdered],
    state: SubjectState,
    *,
    welcome: bool,
) -> Standing:
    under_way = state.erasure.under_way
    leaves = left_by_erasure(None if under_way is None else under_way.reason, state)
    return Standing(subject, *fence, None if welcome else leaves, welcome)


def _is_fenced(request: Request, state: SubjectState) -> bool:
    """Say whether this very erasure is ordered already.

    Raises:
        ErasureRefused: an erasure of another scope is; it must end first.
    """
    under_way = state.erasure.under_way
    if under_way is None or under_way.phase is not Phase.ORDERED:
        return False
    if under_way.category != request.category:
        raise ErasureRefused(request.subject, RefusalReason.ERASURE_UNDER_WAY)
    return True


def order_of(standing: Standing, policy: Policy | None, now: Instant) -> DestroyOrder:
    """Read from the fence what the key database must destroy, and which pointers it leaves."""
    order, leaves = standing.order, standing.leaves
    epochs = zip(order.categories, order.epochs, order.key_ids, strict=True)
    return DestroyOrder(
        subject=standing.subject,
        erasure_id=order.erasure_id,
        category=order.category,
        epochs=tuple([KeyEpoch(category, epoch, key) for category, epoch, key in epochs]),
        suppress=None if leaves is None else pointing_of(leaves, policy, civil_date(now)),
    )


@dataclass(frozen=True, slots=True)
class _Outliving:
    """What must outlive the keys: a source's own id for the person, or the letter's address.

    ``source`` is None for the letter, which goes to the person herself.
    """

    subject: SubjectId
    erasure_id: ErasureId
    category: Category
    source: str | None
    plaintext: bytes = field(repr=False)


_Kept = tuple[str | None, SealedPart]
"""The source to be told, None for the letter, and what is sealed for it."""


@dataclass(frozen=True, slots=True)
class Fence:
    """One attempt to fence a page of people at the heads they have now."""

    doors: Doors
    controller: ControllerId
    now: Instant
    new_id: Callable[[], UUID]

    def decide(self, requests: Sequence[Request]) -> tuple[Batch, list[Standing]]:
        """Decide the page; people already erased are left out.

        Raises:
            ErasureRefused: a duty forbids one of them; nothing is fenced.
            VersionConflict: another process ended an erasure of the page meanwhile.
        """
        heads = self.doors.log.load(self.controller, [r.subject for r in requests], []).heads
        live = [r for r in requests if heads[r.subject].state.erasure.end is None]
        fenced = [r for r in live if _is_fenced(r, heads[r.subject].state)]
        others = [r for r in live if not _is_fenced(r, heads[r.subject].state)]
        seen = judged(self.doors, self.controller, others, heads, self.now)
        wanted = [as_asked(self.doors, self.controller, r, heads[r.subject]) for r in others]
        ids = [self._erasure_id(heads[r.subject].state) for r in wanted]
        epochs = self._epochs(wanted)
        outliving = self._sealed([*self._notices(wanted, ids, heads), *_letters(wanted, ids)])
        recordings: list[Recording] = []
        standing = [self._standing(r.subject, heads[r.subject]) for r in fenced]
        for request, erasure_id, keys in zip(wanted, ids, epochs, strict=True):
            order = _order(request, erasure_id, keys, outliving.get(request.subject, []))
            recording = self._record(request, heads[request.subject], order)
            recordings.append(recording)
            stamp = recording.facts[-1][0]
            version = recording.expected_version + len(recording.facts)
            fence = version, stamp, order
            state, welcome = recording.state, request.welcome
            assert isinstance(state, SubjectState)
            standing.append(_standing(request.subject, fence, state, welcome=welcome))
        return Batch(tuple(recordings), seen=seen), standing

    def _standing(self, subject: SubjectId, head: Head) -> Standing:
        found = standing_of(self.doors, subject, head)
        if found is None:
            message = f"the erasure of subject {subject} ended meanwhile"
            raise VersionConflict(message)
        return found

    def _erasure_id(self, state: SubjectState) -> ErasureId:
        """Join an erasure that was requested earlier, or begin one."""
        open_one = state.erasure.under_way
        return open_one.erasure_id if open_one is not None else ErasureId(self.new_id())

    def _epochs(self, requests: Sequence[Request]) -> list[tuple[KeyEpoch, ...]]:
        """Ask for the live keys, one call for each category named on the page."""
        found: dict[SubjectId, tuple[KeyEpoch, ...]] = {}
        for category in dict.fromkeys(r.category for r in requests):
            page = [r.subject for r in requests if r.category == category]
            live = self.doors.shredder.live_epochs(self.controller, page, category)
            found.update(zip(page, live, strict=True))
        return [found[r.subject] for r in requests]

    def _notices(
        self,
        requests: Sequence[Request],
        ids: Sequence[ErasureId],
        heads: Mapping[SubjectId, Head],
    ) -> list[_Outliving]:
        """Open each source's own id for each person, restricted or not: what its notice holds."""
        links = [
            (request.subject, erasure_id, source, link)
            for request, erasure_id in zip(requests, ids, strict=True)
            for source, link in heads[request.subject].state.sources.items()
        ]
        source_ids = SourceIds(self.doors.opener, self.doors.rights_opener)
        known = [(subject, source, link) for subject, _, source, link in links]
        answers = source_ids.open(self.controller, known)
        return [
            _Outliving(subject, erasure_id, f"notice/{self.new_id()}", source, answer.plaintext)
            for (subject, erasure_id, source, _), answer in zip(links, answers, strict=True)
            if isinstance(answer, Present)
        ]

    def _sealed(self, kept: Sequence[_Outliving]) -> dict[SubjectId, list[_Kept]]:
        """Seal each under a key of its own, which is not destroyed with the person's."""
        requests = [
            SealRequest(
                one.subject,
                FactId(one.erasure_id),
                one.category,
                ErasureOrdered.TOPIC,
                one.plaintext,
            )
            for one in kept
        ]
        tokens = self.doors.sealer.seal(self.controller, requests)
        parts: dict[SubjectId, list[_Kept]] = {}
        for one, token in zip(kept, tokens, strict=True):
            parts.setdefault(one.subject, []).append((one.source, SealedPart(one.category, token)))
        return parts

    def _record(self, request: Request, head: Head, order: ErasureOrdered) -> Recording:
        """Decide requested, approved and ordered, whichever of them are not yet facts."""
        state = head.state
        facts: list[tuple[Stamp, Fact]] = []
        for claim in _claims(request, order):
            fact_id = order.erasure_id if claim is order else self.new_id()
            stamp = house_stamp(self.controller, FactId(fact_id), self.now)
            if isinstance(claim, OutreachOptedIn):
                stamp = replace(stamp, actor=Actor.SUBJECT)
            decision = subjects.decide(state, stamp, claim)
            if isinstance(decision, Refused):
                raise ErasureRefused(request.subject, decision.reason)
            for fact in decision:
                state = subjects.evolve(state, stamp, fact)
                facts.append((stamp, fact))
        return Recording(self.controller, request.subject, head.version, tuple(facts), state)


def _letters(requests: Sequence[Request], ids: Sequence[ErasureId]) -> list[_Outliving]:
    return [
        _Outliving(
            request.subject, erasure_id, f"request/{erasure_id}", None, request.letter_to.encode()
        )
        for request, erasure_id in zip(requests, ids, strict=True)
        if request.letter_to is not None
    ]


def _claims(request: Request, order: ErasureOrdered) -> tuple[Fact, ...]:
    return (
        ErasureRequested(order.erasure_id, order.category, request.reason),
        ErasureApproved(order.erasure_id, request.approver),
        *([OutreachOptedIn()] if request.welcome else []),
        order,
    )


def _order(
    request: Request,
    erasure_id: ErasureId,
    keys: tuple[KeyEpoch, ...],
    outliving: Sequence[_Kept],
) -> ErasureOrdered:
    return ErasureOrdered(
        erasure_id=erasure_id,
        category=request.category,
        categories=tuple([key.category for key in keys]),
        epochs=tuple([key.epoch for key in keys]),
        key_ids=tuple([key.key_id for key in keys]),
        recipients=tuple([source for source, _ in outliving if source is not None]),
        sealed=tuple([part for _, part in outliving]),
    )
