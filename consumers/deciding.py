"""The third beat: heads are loaded, the deciders run, and the page becomes one batch.

Facts of one person are decided in the order they arrived. A fact already in the inbox is a
duplicate whoever it resolves to now. The first fact of a source about a person is preceded by
``SourceLinked``, which keeps that source's id for her, sealed, so that it can be told of an
erasure later (GDPR Art. 17(2), 19).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from consumers.packing import pack
from consumers.ports import Head, Loaded, Log, Recording, VersionConflict
from consumers.sealing import PROFILE, SealedDraft, SealedPage
from consumers.tally import Tally
from domain import subject as subjects
from domain.fact import Actor, Fact, Stamp
from domain.keyring import Identifier, Sealer, SealRequest
from domain.profile import SourceLinked
from domain.subject import RefusalReason, Refused, SubjectState
from domain.values import ControllerId, FactId, Instant, SealedPart, SubjectId

_Linked = tuple[int, str]
"""A person, by her id's integer, and a source that knows her: an integer is hashed in C."""

_Link = tuple[FactId, SourceLinked]
"""A link and the id it was sealed with."""


def _linked(item: SealedDraft) -> _Linked:
    return (item.subject.int, item.draft.ref.source)


class _Stream:
    """A person's head while a page is decided."""

    __slots__ = ("facts", "state", "version")

    def __init__(self, head: Head) -> None:
        self.version = head.version
        self.state: SubjectState = head.state
        self.facts: list[tuple[Stamp, Fact]] = []

    def record(self, stamp: Stamp, fact: Fact) -> None:
        """Add a decided fact."""
        self.state = subjects.evolve(self.state, stamp, fact)
        self.facts.append((stamp, fact))


@dataclass(frozen=True, slots=True)
class Decided:
    """One controller's decisions: streams to append, facts to remember, and facts too late.

    ``refused`` holds the facts about people who are erased: their sources are told to erase too.
    What was refused for another reason, her rights say, is told to nobody and only counted.
    """

    recordings: tuple[Recording, ...]
    inbox: tuple[tuple[ControllerId, FactId], ...]
    refused: tuple[SealedDraft, ...]
    tally: Tally


@dataclass(frozen=True, slots=True)
class Desk:
    """What deciding needs: the log, ids, and a Sealer for the source links."""

    log: Log
    identifier: Identifier
    sealer: Sealer

    def decide(self, page: SealedPage, now: Instant) -> Decided:
        """Decide a page against the present heads.

        Raises:
            VersionConflict: a category erasure is under way for someone on the page; begin again.
            LogUnavailable: the event database is away.
        """
        loaded = self.log.load(
            page.controller,
            list({draft.subject for draft in page.ready}),
            [draft.draft.fact_id for draft in page.ready],
        )
        streams = {subject: _Stream(head) for subject, head in loaded.heads.items()}
        links = self._links(page, loaded, streams)
        return _Deciding(page.controller, streams, links, now).decide(page, loaded)

    def _links(
        self, page: SealedPage, loaded: Loaded, streams: Mapping[SubjectId, _Stream]
    ) -> dict[_Linked, _Link]:
        """Seal the link that must precede each source's first fact about a person."""
        missing = _unlinked(page.ready, loaded.known, streams)
        requests = [self._link_request(page.controller, item) for item in missing]
        tokens = self.sealer.seal(page.controller, requests) if requests else []
        return {
            _linked(item): (request.fact_id, SourceLinked((SealedPart(PROFILE, token),)))
            for item, request, token in zip(missing, requests, tokens, strict=True)
        }

    def _link_request(self, controller: ControllerId, item: SealedDraft) -> SealRequest:
        """Name the link after the fact it precedes: a source may be linked again later."""
        draft = item.draft
        made = self.identifier.keyed_id(
            controller, "source-link", draft.ref.source, str(draft.fact_id)
        )
        values = pack({"remote_id": draft.ref.remote_id})
        return SealRequest(item.subject, FactId(made), PROFILE, SourceLinked.TOPIC, values)


def _unlinked(
    ready: Sequence[SealedDraft],
    known: frozenset[FactId],
    streams: Mapping[SubjectId, _Stream],
) -> list[SealedDraft]:
    """Return the first item of each (person, source) that the person's stream does not know."""
    first: dict[_Linked, SealedDraft] = {}
    for item in ready:
        if not known or item.draft.fact_id not in known:
            first.setdefault(_linked(item), item)
    return [
        item
        for item in first.values()
        if subjects.needs_link(streams[item.subject].state, item.draft.ref.source)
    ]


@dataclass(frozen=True, slots=True)
class _Deciding:
    """A page being decided: the streams move as its facts are taken in order."""

    controller: ControllerId
    streams: Mapping[SubjectId, _Stream]
    links: Mapping[_Linked, _Link]
    now: Instant

    def decide(self, page: SealedPage, loaded: Loaded) -> Decided:
        """Decide every fact of the page, each known one once."""
        tally = Tally()
        known = {fact_id.int for fact_id in loaded.known}
        inbox: list[tuple[ControllerId, FactId]] = []
        refused: list[SealedDraft] = []
        for item in page.ready:
            fact_id = item.draft.fact_id
            if fact_id.int in known:
                tally.duplicate += 1
            elif self._take(item, tally):
                known.add(fact_id.int)
                inbox.append((self.controller, fact_id))
            elif _is_late(self.streams[item.subject].state):
                refused.append(item)
        tally.people = sum(not s.version and bool(s.facts) for s in self.streams.values())
        recordings = _recordings(self.controller, self.streams)
        return Decided(recordings, tuple(inbox), tuple(refused), tally)

    def _take(self, item: SealedDraft, tally: Tally) -> bool:
        """Decide one fact; false when it was refused."""
        stream = self.streams[item.subject]
        stamp = _stamp(self.controller, item, self.now, item.draft.fact_id)
        decision = subjects.decide(stream.state, stamp, item.fact)
        if isinstance(decision, Refused):
            _raise_if_unsettled(item, decision)
            tally.refused[decision.reason.value] += 1
            return False
        if decision:
            self._link(item, stream)
            tally.recorded += 1
        else:
            tally.unchanged += 1
        for fact in decision:
            stream.record(stamp, fact)
        return True

    def _link(self, item: SealedDraft, stream: _Stream) -> None:
        """Record the source's link before the first of its facts that is recorded."""
        if not subjects.needs_link(stream.state, item.draft.ref.source):
            return
        fact_id, link = self.links[_linked(item)]
        stream.record(_stamp(self.controller, item, self.now, fact_id), link)


def _is_late(state: SubjectState) -> bool:
    """Say whether a refused fact came after its person's end."""
    return state.erasure.end is not None


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
