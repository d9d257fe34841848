"""The third beat: heads are loaded, the deciders run, and the page becomes one batch.

Facts of one person are decided in the order they arrived. A fact already in the inbox is a
duplicate whoever it resolves to now. The first fact of a source about a person is preceded by
``SourceLinked``, which keeps that source's id for her, sealed, so that it can be told of an
erasure later (GDPR Art. 17(2), 19).

The controller's policy is asked last. What it or the person's rights refuse for now is parked, and
a refused transfer is told in the log too, by a fact whose id is made of the refused one's: told
once, however often its source repeats itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from consumers.linking import Link, Linked, Linker, linked
from consumers.ports import (
    REFUSED_FOR_NOW,
    Head,
    Loaded,
    Log,
    OtherHead,
    ParkReason,
    Recording,
    VersionConflict,
)
from consumers.promises import Promise, Promises, silent
from consumers.sealing import SealedDraft, SealedPage
from consumers.tally import Tally
from domain import streams
from domain.decisions import Decision
from domain.disclosure import TransferBlocked
from domain.fact import HOUSE, Actor, Fact, Stamp
from domain.keyring import Identifier, Sealer
from domain.policy_gate import GATES, LEAVING
from domain.streams import StreamState
from domain.subject import RefusalReason, Refused, SubjectState
from domain.values import ControllerId, FactId, Instant, SubjectId


class _Stream:
    """A stream's head while a page is decided."""

    __slots__ = ("facts", "state", "version")

    def __init__(self, head: Head | OtherHead) -> None:
        self.version = head.version
        self.state: StreamState = head.state
        self.facts: list[tuple[Stamp, Fact]] = []

    @property
    def begins_a_person(self) -> bool:
        """Whether the page brought the first facts of a person."""
        return not self.version and bool(self.facts) and isinstance(self.state, SubjectState)

    def record(self, stamp: Stamp, fact: Fact) -> None:
        """Add a decided fact."""
        self.state = streams.evolve(self.state, stamp, fact)
        self.facts.append((stamp, fact))


Refusal = tuple[SealedDraft, ParkReason]
"""A fact to park, and why."""


@dataclass(frozen=True, slots=True)
class Decided:
    """One controller's decisions: streams to append, facts to remember, and facts too late.

    ``refused`` holds the facts about people who are erased: their sources are told to erase too.
    ``parked`` is what her rights or the policy refuse for now, and ``seen`` the streams it was
    refused at that get no fact. Whatever else was refused is told to nobody and only counted.
    """

    recordings: tuple[Recording, ...]
    inbox: tuple[tuple[ControllerId, FactId], ...]
    refused: tuple[SealedDraft, ...]
    tally: Tally
    parked: tuple[Refusal, ...] = ()
    seen: tuple[tuple[SubjectId, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Desk:
    """What deciding needs: the log, ids, a Sealer for the source links, and what was promised."""

    log: Log
    identifier: Identifier
    sealer: Sealer
    promises: Promises = silent

    def decide(self, page: SealedPage, now: Instant) -> Decided:
        """Decide a page against the present heads.

        Raises:
            VersionConflict: a category erasure is under way for someone on the page; begin again.
            LogUnavailable: the event database is away.
        """
        blocks = self._blocks(page)
        loaded = self.log.load(
            page.controller,
            list({draft.subject for draft in page.items}),
            [*[draft.draft.fact_id for draft in page.items], *blocks.values()],
        )
        known = {subject: _Stream(head) for subject, head in loaded.heads.items()}
        known.update({stream: _Stream(head) for stream, head in loaded.others.items()})
        linker = Linker(self.identifier, self.sealer)
        links = linker.links(
            page.controller, page.items, loaded.known, lambda subject: known[subject].state
        )
        gate = _Gate(self.promises, page.controller, blocks)
        return _Deciding(page.controller, known, links, gate, now).decide(page, loaded)

    def _blocks(self, page: SealedPage) -> dict[FactId, FactId]:
        """Name the fact that would tell of each transfer on the page if it is refused."""
        kind, controller = TransferBlocked.TOPIC, page.controller
        return {
            draft.fact_id: FactId(
                self.identifier.keyed_id(controller, kind, draft.ref.source, str(draft.fact_id))
            )
            for draft, _, fact in page.ready
            if type(fact) in LEAVING
        }


class _Gate(NamedTuple):
    """One controller's promise, asked for when the first fact needs it.

    ``blocks`` names the fact that would tell of each transfer's refusal.
    """

    promises: Promises
    controller: ControllerId
    blocks: Mapping[FactId, FactId]

    @property
    def promise(self) -> Promise:
        return self.promises(self.controller)

    def decide(self, state: SubjectState, stamp: Stamp, claim: Fact) -> Decision:
        """Decide a claim that policies are asked about."""
        return self.promise.decide(state, stamp, claim)


@dataclass(slots=True)
class _Outcome:
    """What a page comes to, fact by fact; ``known`` are the ids of facts that are recorded."""

    known: set[int]
    tally: Tally = field(default_factory=Tally)
    inbox: list[FactId] = field(default_factory=list)
    late: list[SealedDraft] = field(default_factory=list)
    parked: list[Refusal] = field(default_factory=list)

    def took(self, fact_id: FactId) -> None:
        self.known.add(fact_id.int)
        self.inbox.append(fact_id)


@dataclass(frozen=True, slots=True)
class _Deciding:
    """A page being decided: the streams move as its facts are taken in order."""

    controller: ControllerId
    streams: Mapping[SubjectId, _Stream]
    links: Mapping[Linked, Link]
    gate: _Gate
    now: Instant

    def decide(self, page: SealedPage, loaded: Loaded) -> Decided:
        """Decide every fact of the page, each known one once."""
        out = _Outcome({fact_id.int for fact_id in loaded.known})
        for item in page.ready:
            if item.draft.fact_id.int in out.known:
                out.tally.duplicate += 1
            else:
                self._take(item, out)
        for item in page.mentions:
            self._mention(item, out)
        out.tally.people = sum(s.begins_a_person for s in self.streams.values())
        unmoved = {s: self.streams[s] for (_, s, _), _ in out.parked if not self.streams[s].facts}
        return Decided(
            _recordings(self.controller, self.streams),
            tuple([(self.controller, fact_id) for fact_id in out.inbox]),
            tuple(out.late),
            out.tally,
            tuple(out.parked),
            tuple([(subject, stream.version) for subject, stream in unmoved.items()]),
        )

    def _mention(self, item: SealedDraft, out: _Outcome) -> None:
        """Record a mention where the fact that speaks of the person is; it is counted with it."""
        mentioned_in = item.draft.mentioned_in
        spoken_of = mentioned_in is not None and mentioned_in.int in out.known
        if spoken_of and item.draft.fact_id.int not in out.known:
            self._take(item, _Outcome(out.known, inbox=out.inbox, late=out.late))

    def _take(self, item: SealedDraft, out: _Outcome) -> None:
        """Decide one fact."""
        stream, claim = self.streams[item.subject], item.fact
        stamp = _stamp(self.controller, item, self.now, item.draft.fact_id)
        decision = self._decision(stream.state, stamp, claim)
        if isinstance(decision, Refused):
            self._refuse(item, stamp, decision, out)
            return
        if decision:
            self._link(item, stream)
            out.tally.recorded += 1
        else:
            out.tally.unchanged += 1
        for fact in decision:
            stream.record(stamp, fact)
        out.took(stamp.fact_id)

    def _decision(self, state: StreamState, stamp: Stamp, claim: Fact) -> Decision:
        if type(claim) in GATES and isinstance(state, SubjectState):
            return self.gate.decide(state, stamp, claim)
        return streams.decide(state, stamp, claim)

    def _refuse(self, item: SealedDraft, stamp: Stamp, refused: Refused, out: _Outcome) -> None:
        """Park what is refused for now; count the rest, and notice what came too late."""
        _raise_if_unsettled(item, refused)
        reason = REFUSED_FOR_NOW.get(refused.reason)
        if reason is not None:
            out.tally.parked[reason.value] += 1
            out.parked.append((item, reason))
            self._tell_blocked(item, stamp, refused.reason, out)
            return
        out.tally.refused[refused.reason.value] += 1
        if _is_late(self.streams[item.subject].state):
            out.late.append(item)

    def _tell_blocked(
        self, item: SealedDraft, stamp: Stamp, reason: RefusalReason, out: _Outcome
    ) -> None:
        """Record that a transfer was not accepted, once, dated as the fact that told of it."""
        fact_id = self.gate.blocks.get(stamp.fact_id)
        if fact_id is None or fact_id.int in out.known:
            return
        stream = self.streams[item.subject]
        fact = self.gate.promise.blocked(stamp, item.fact, reason)
        if fact is None:
            return
        told = Stamp(fact_id, self.controller, stamp.occurred_at, self.now, HOUSE, Actor.SYSTEM)
        decision = streams.decide(stream.state, told, fact)
        if decision and not isinstance(decision, Refused):
            self._link(item, stream)
            stream.record(told, fact)
            out.took(fact_id)

    def _link(self, item: SealedDraft, stream: _Stream) -> None:
        """Record the source's link before the first of its facts that is recorded."""
        if not streams.needs_link(stream.state, item.draft.ref.source, item.fact):
            return
        fact_id, link = self.links[linked(item)]
        stream.record(_stamp(self.controller, item, self.now, fact_id), link)


def _is_late(state: StreamState) -> bool:
    """Say whether a refused fact came after its person's end."""
    return isinstance(state, SubjectState) and state.erasure.end is not None


def _raise_if_unsettled(item: SealedDraft, refused: Refused) -> None:
    """Begin again where another resolution may help: the claim may come to a new person.

    A fence ends, an abandoned person's claim begins her anew, and so may one that begins people
    and was admitted before the erasure.
    """
    moved = {RefusalReason.FENCED, RefusalReason.ABANDONED}
    if refused.reason in moved or (refused.reason is RefusalReason.ERASED and item.draft.begins):
        message = f"subject {item.subject} was erased or is being erased"
        raise VersionConflict(message)


def _stamp(controller: ControllerId, item: SealedDraft, now: Instant, fact_id: FactId) -> Stamp:
    draft = item.draft
    return Stamp(fact_id, controller, draft.occurred_at, now, draft.ref.source, Actor.INTEGRATION)


def _recordings(
    controller: ControllerId, streams: Mapping[SubjectId, _Stream]
) -> tuple[Recording, ...]:
    return tuple(
        [
            Recording(controller, subject, s.version, tuple(s.facts), s.state)
            for subject, s in streams.items()
            if s.facts
        ]
    )
