"""Two people for an erasure, where a controller's policy asks for it: one asks, another approves.

The first leaves an ``ErasureRequested`` that names her account; the person's stream goes on until
an officer of the controller's, of another account, approves it, which orders the erasure, or
declines it. What a policy itself decided, the sweep's erasures, waits for nobody. The approver is
judged by the controller's stream at the version the order is appended against.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from consumers.controller_stream import read_controller
from consumers.erasure_ports import Doors, ErasureRefused, Request
from consumers.ports import Batch, Head, Recording, VersionConflict
from domain import subject as subjects
from domain.answers import Present
from domain.controller import stream_of
from domain.decisions import RefusalReason, Refused
from domain.erasure import ErasureDeclined, ErasureRequested, OpenErasure, Phase
from domain.fact import Fact, house_stamp
from domain.keyring import OpenRequest, SealRequest
from domain.policy import Policy
from domain.users import is_officer
from domain.values import ControllerId, ErasureId, FactId, Instant, SealedPart, SubjectId

CONFLICTS = 10
"""Times a request is decided again when ingest keeps moving the stream."""

Seen = tuple[tuple[SubjectId, int], ...]
"""Streams by the version they were judged at."""

_Told = tuple[FactId, Fact]
_Heads = Mapping[SubjectId, Head]


@dataclass(frozen=True, slots=True)
class Waiting:
    """An erasure that a second person is to approve, and since when."""

    subject: SubjectId
    erasure_id: ErasureId
    category: str | None
    since: Instant


def asks_second(policy: Policy | None) -> bool:
    """Say whether a policy wants a second person's approval."""
    return policy is not None and policy.settings.second_approver


def waiting_of(head: Head) -> OpenErasure | None:
    """Return the erasure of a stream that waits for a second person."""
    known = head.state.erasure.under_way
    if known is None or known.phase is not Phase.REQUESTED or known.requester is None:
        return None
    return known


def judged(
    doors: Doors,
    controller: ControllerId,
    requests: Sequence[Request],
    heads: Mapping[SubjectId, Head],
    now: Instant,
) -> Seen:
    """Refuse what a second person must approve and has not; return the streams that say so.

    Raises:
        ErasureRefused: it was not asked for first, or another was, or the approver is no officer.
            That she is another person than who asked, the decider sees to.
        LogUnavailable: the event database is away.
    """
    wanted = asks_second(doors.promises(controller).on(now))
    waiting = {r.subject: waiting_of(heads[r.subject]) for r in requests}
    held = [r for r in requests if not r.by_policy and (wanted or r.answers or waiting[r.subject])]
    if not held:
        return ()
    version, known = read_controller(doors.log, controller)
    for request in held:
        first = waiting[request.subject]
        if first is None or request.answers not in (None, first.erasure_id):
            reason = RefusalReason.NOT_REQUESTED if request.answers else RefusalReason.NOT_APPROVED
            raise ErasureRefused(request.subject, reason)
        another = first.requester != request.approver
        if another and not is_officer(known.users or {}, request.approver):
            raise ErasureRefused(request.subject, RefusalReason.NO_OFFICER)
    return ((stream_of(controller), version),)


def as_asked(doors: Doors, controller: ControllerId, request: Request, head: Head) -> Request:
    """Give an approval what the request asked for: the closing letter, to be welcome again.

    Raises:
        KeyUnavailable, LogUnavailable, SealBroken, GateClosed: as the keyring and the log raise.
    """
    waiting = waiting_of(head)
    if waiting is None:
        return request
    for entry in reversed(doors.log.stream(request.subject)):
        fact = entry.fact
        if isinstance(fact, ErasureRequested) and fact.erasure_id == waiting.erasure_id:
            asked = replace(request, reason=fact.reason, welcome=request.welcome or fact.welcome)
            letter = _letter(doors, controller, entry.stamp.fact_id, request.subject, fact)
            return replace(asked, letter_to=request.letter_to or letter)
    return request


def _letter(
    doors: Doors,
    controller: ControllerId,
    fact_id: FactId,
    subject: SubjectId,
    fact: ErasureRequested,
) -> str | None:
    """Open the letter's address, restricted or not; None when none was given or its key died."""
    asked = [
        OpenRequest(subject, fact_id, part.category, fact.TOPIC, part.sealed.token)
        for part in fact.sealed
    ]
    if not asked:
        return None
    (answer,) = doors.opener.open(controller, asked)
    return answer.plaintext.decode() if isinstance(answer, Present) else None


@dataclass(frozen=True, slots=True)
class SecondPerson:
    """Leaves requests waiting, and declines them; ``wait`` takes seconds."""

    doors: Doors
    now: Callable[[], Instant]
    new_id: Callable[[], UUID]
    wait: Callable[[float], None]

    def needed(self, controller: ControllerId) -> bool:
        """Say whether an officer's erasures wait for a second person now."""
        return asks_second(self.doors.promises(controller).on(self.now()))

    def ask(self, controller: ControllerId, requests: Sequence[Request]) -> list[Waiting]:
        """Record requests in the name of their ``approver``; those that wait already are joined.

        Raises:
            ErasureRefused: a duty forbids one of them; none is recorded.
            VersionConflict, LogUnavailable, KeyUnavailable: ask again.
        """
        asked = {request.subject: request for request in requests}

        def claimed(subject: SubjectId, head: Head) -> _Told | None:
            request, waiting = asked[subject], waiting_of(head)
            if waiting is not None and waiting.category == request.category:
                return None
            return self._request(controller, request)

        _, after = self._record(controller, list(asked), claimed)
        return _waiting(after)

    def decline(
        self, controller: ControllerId, people: Sequence[SubjectId], decliner: UUID
    ) -> list[Waiting]:
        """End requests that wait: who asked takes them back, or an officer refuses.

        Return what waited.

        Raises:
            ErasureRefused: the account is neither, or nothing waits.
            VersionConflict, LogUnavailable: ask again.
        """
        _, known = read_controller(self.doors.log, controller)
        officer = is_officer(known.users or {}, decliner)

        def declined(subject: SubjectId, head: Head) -> _Told:
            waiting = waiting_of(head)
            if waiting is None:
                raise ErasureRefused(subject, RefusalReason.NOT_REQUESTED)
            if not officer and waiting.requester != decliner:
                raise ErasureRefused(subject, RefusalReason.NO_OFFICER)
            return FactId(self.new_id()), ErasureDeclined(waiting.erasure_id, decliner)

        before, _ = self._record(controller, people, declined)
        return _waiting(before)

    def _request(self, controller: ControllerId, request: Request) -> _Told:
        """Make the fact, the letter's address sealed under a key that outlives hers."""
        fact_id, erasure_id = FactId(self.new_id()), ErasureId(self.new_id())
        sealed: tuple[SealedPart, ...] = ()
        if request.letter_to is not None:
            category, plaintext = f"request/{erasure_id}", request.letter_to.encode()
            topic = ErasureRequested.TOPIC
            one = SealRequest(request.subject, fact_id, category, topic, plaintext)
            (token,) = self.doors.sealer.seal(controller, [one])
            sealed = (SealedPart(category, token),)
        requester, welcome = request.approver, request.welcome
        claim = ErasureRequested(
            erasure_id, request.category, request.reason, requester, welcome, sealed
        )
        return fact_id, claim

    def _record(
        self,
        controller: ControllerId,
        people: Sequence[SubjectId],
        claim_of: Callable[[SubjectId, Head], _Told | None],
    ) -> tuple[_Heads, _Heads]:
        """Append a fact to each stream that has one to tell, all in one transaction.

        Return the heads before and after.
        """
        for attempt in range(CONFLICTS):
            before = self.doors.log.load(controller, people, []).heads
            recordings = [
                made
                for one in people
                if (told := claim_of(one, before[one])) is not None
                and (made := self._recording(controller, one, before[one], told)) is not None
            ]
            try:
                if recordings:
                    self.doors.log.append(Batch(tuple(recordings)))
            except VersionConflict:
                self.wait(0.005 * 2**attempt)
            else:
                return before, self.doors.log.load(controller, people, []).heads
        message = f"the streams of {len(people)} subjects kept moving"
        raise VersionConflict(message)

    def _recording(
        self, controller: ControllerId, subject: SubjectId, head: Head, told: _Told
    ) -> Recording | None:
        fact_id, claim = told
        stamp = house_stamp(controller, fact_id, self.now())
        decision = subjects.decide(head.state, stamp, claim)
        if isinstance(decision, Refused):
            raise ErasureRefused(subject, decision.reason)
        if not decision:
            return None
        state = subjects.evolve(head.state, stamp, claim)
        return Recording(controller, subject, head.version, ((stamp, claim),), state)


def _waiting(heads: _Heads) -> list[Waiting]:
    return [
        Waiting(subject, known.erasure_id, known.category, known.since or 0)
        for subject, head in heads.items()
        if (known := waiting_of(head)) is not None
    ]
