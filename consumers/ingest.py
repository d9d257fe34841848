"""The unit of work: a page of one position goes in whole, or not at all.

take in → admit and seal → load, decide → one transaction that also advances the position. On a
version conflict the page starts again at the key opening, never at the decision; after
:data:`CONFLICTS` conflicts it is split in half. A page is prepared (decoded, sealed) without
touching the log, so the next page can be prepared while this one commits.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Protocol
from uuid import UUID

from consumers.deciding import Decided, Desk
from consumers.intake import Intake, Parcel, Reception
from consumers.mentioning import seal_with_others
from consumers.ports import (
    Advance,
    Batch,
    LogUnavailable,
    Notice,
    NoticeKind,
    Parked,
    VersionConflict,
)
from consumers.sealing import SealedPage, SealingKeys
from consumers.suppressing import Suppressing, orders_of
from consumers.tally import Tally
from consumers.translate import Draft
from consumers.upstream import Incoming
from domain.answers import SubjectErased
from domain.decisions import RefusalReason
from domain.framing import frame
from domain.values import ControllerId, Instant

PAGE = 500
"""Items in a unit of work: the batch the figures of DESIGN are stated for."""

CONFLICTS = 3
"""Conflicts on one page before it is split."""

PATIENCE = 5
"""Times a commit is tried again when the event database is away."""

PARKED_PERIOD = 30 * 24 * 3600 * 1_000_000
"""Microseconds a parked payload or a late-fact notice keeps its key: 30 days."""


class LooseSealer(Protocol):
    """Seals payloads that belong to no stream, each under a key of its own."""

    def seal(
        self,
        controller: ControllerId | None,
        purpose: str,
        items: Sequence[tuple[UUID, bytes]],
        until: Instant,
    ) -> list[bytes]:
        """Seal each payload under the key of its id, making the key if it is new."""
        ...


@dataclass(frozen=True, slots=True)
class Span:
    """The part of a named position a page covers: the first index, and the next to read.

    ``origin`` names the content whatever pass reads it, so that reading it again parks nothing
    twice.
    """

    name: str
    origin: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Prepared:
    """A page ready to be decided; ``items`` is kept to split it or to open its keys again."""

    items: Sequence[Incoming]
    intake: Intake
    pages: Sequence[SealedPage]


@dataclass(frozen=True, slots=True)
class Ingest:
    """The write side. ``wait`` pauses for seconds; ``now`` and ``new_id`` are the ports' own."""

    reception: Reception
    keys: SealingKeys
    desk: Desk
    loose: LooseSealer
    now: Callable[[], Instant]
    new_id: Callable[[], UUID]
    wait: Callable[[float], None]
    suppressing: Suppressing = field(default_factory=Suppressing)

    def prepare(self, items: Sequence[Incoming]) -> Prepared:
        """Take in, admit and seal a page; nothing is written to the log.

        Raises:
            KeyUnavailable: the key database or the provider is away.
        """
        return self._open_keys(items, self.reception.take_in(items, self.now()))

    def commit(self, prepared: Prepared, span: Span) -> Tally:
        """Decide and append a prepared page, starting again or splitting on conflicts.

        Raises:
            VersionConflict: a single item kept conflicting.
            PositionFenced: another reader holds this position.
            LogUnavailable, KeyUnavailable: a database is away.
        """
        for attempt in range(CONFLICTS):
            try:
                return self._append(prepared, span)
            except (VersionConflict, SubjectErased):
                self.wait(0.005 * 2**attempt)
                prepared = self._open_keys(prepared.items, prepared.intake)
        if len(prepared.items) == 1:
            message = f"{span.name} at {span.start} kept conflicting"
            raise VersionConflict(message)
        return self._split(prepared, span)

    def _split(self, prepared: Prepared, span: Span) -> Tally:
        middle = len(prepared.items) // 2
        first, second = prepared.items[:middle], prepared.items[middle:]
        cut = second[0].index
        tally = self.commit(self.prepare(first), Span(span.name, span.origin, span.start, cut))
        tally.add(self.commit(self.prepare(second), Span(span.name, span.origin, cut, span.end)))
        return tally

    def _open_keys(self, items: Sequence[Incoming], intake: Intake) -> Prepared:
        for attempt in range(CONFLICTS):
            try:
                pages = [self._seal(c, drafts) for c, drafts in intake.drafts.items()]
            except SubjectErased:
                self.wait(0.005 * 2**attempt)
            else:
                return Prepared(items, intake, pages)
        message = "people on the page kept being erased while it was sealed"
        raise VersionConflict(message)

    def _seal(self, controller: ControllerId, drafts: Sequence[Draft]) -> SealedPage:
        bars = self.suppressing.bars(self.keys, controller, drafts)
        return seal_with_others(self.keys, controller, drafts, bars)

    def _append(self, prepared: Prepared, span: Span) -> Tally:
        now = self.now()
        decided = [self.desk.decide(page, now) for page in prepared.pages]
        for page, one in zip(prepared.pages, decided, strict=True):
            promise = self.desk.promises(page.controller)
            orders_of(page, one, promise.on).carry_out(self.keys, page.controller)
        notices = self._late_notices(prepared.pages, decided, now)
        batch = Batch(
            recordings=tuple([r for d in decided for r in d.recordings]),
            inbox=tuple([i for d in decided for i in d.inbox]),
            notices=notices,
            parked=self._park(_parcels(prepared, decided), span, now),
            advance=Advance(span.name, span.start, span.end, self.new_id()),
            seen=tuple([one for d in decided for one in d.seen]),
        )
        self._commit(batch)
        for drafts in prepared.intake.drafts.values():
            self.suppressing.settled(drafts)
        tally = _tally(prepared, decided)
        for page in prepared.pages:
            self._count_barred(page, tally)
        return tally

    def _count_barred(self, page: SealedPage, tally: Tally) -> None:
        """Count what was barred; a fact recorded before a pointer stood is only a repetition."""
        if page.barred:
            ids = [draft.fact_id for draft in page.barred]
            known = len(self.desk.log.load(page.controller, [], ids).known)
            tally.duplicate += known
            if known < len(ids):
                tally.refused[RefusalReason.SUPPRESSED.value] += len(ids) - known

    def _commit(self, batch: Batch) -> None:
        """Append; the batch id makes a repeat after a lost acknowledgement harmless."""
        for attempt in range(PATIENCE - 1):
            try:
                self.desk.log.append(batch)
            except LogUnavailable:
                self.wait(0.1 * 2**attempt)
            else:
                return
        self.desk.log.append(batch)

    def _late_notices(
        self, pages: Sequence[SealedPage], decided: Sequence[Decided], now: Instant
    ) -> tuple[Notice, ...]:
        notices: list[Notice] = []
        for page, decisions in zip(pages, decided, strict=True):
            refused = [item.draft for item in decisions.refused]
            drafts = [*page.late, *page.unmentioned, *refused]
            notices.extend(self._notices_of(page.controller, drafts, now))
        return tuple(notices)

    def _notices_of(
        self, controller: ControllerId, drafts: Sequence[Draft], now: Instant
    ) -> list[Notice]:
        """Tell each source once, by its own id for the person, that she was erased here."""
        made: dict[UUID, Draft] = {}
        for draft in drafts:
            ref = draft.ref
            identifier = self.desk.identifier
            made[identifier.keyed_id(controller, "late-fact", ref.source, ref.remote_id)] = draft
        items = [(key, draft.ref.remote_id.encode()) for key, draft in made.items()]
        tokens = self.loose.seal(controller, "notice", items, now + PARKED_PERIOD) if items else []
        return [
            Notice(key, controller, NoticeKind.LATE_FACT, draft.ref.source, None, None, token, now)
            for (key, draft), token in zip(made.items(), tokens, strict=True)
        ]

    def _park(self, parcels: Sequence[Parcel], span: Span, now: Instant) -> tuple[Parked, ...]:
        by_controller: dict[ControllerId | None, list[tuple[UUID, Parcel]]] = {}
        for parcel in parcels:
            place = (_parked_id(span.origin, parcel.index), parcel)
            by_controller.setdefault(parcel.controller, []).append(place)
        return tuple(
            [
                _parked(key, parcel, span, token, now)
                for owner, places in by_controller.items()
                for (key, parcel), token in zip(
                    places,
                    self.loose.seal(
                        owner,
                        "parked",
                        [(key, parcel.payload) for key, parcel in places],
                        now + PARKED_PERIOD,
                    ),
                    strict=True,
                )
            ]
        )


def _parcels(prepared: Prepared, decided: Sequence[Decided]) -> Sequence[Parcel]:
    """Add what was refused for now to what could not be read."""
    refused = [
        _parcel(decisions, page.controller, prepared.intake)
        for page, decisions in zip(prepared.pages, decided, strict=True)
        if decisions.parked
    ]
    return [*prepared.intake.parcels, *[parcel for parcels in refused for parcel in parcels]]


def _parcel(decisions: Decided, controller: ControllerId, intake: Intake) -> list[Parcel]:
    """Wrap each refused fact up as it arrived; a draft is found by what it is, not by its id."""
    pairs = zip(intake.drafts[controller], intake.items[controller], strict=True)
    arrived = {id(draft): item for draft, item in pairs}
    return [
        Parcel(item.index, controller, reason, item.raw, subject, draft.topic)
        for (draft, subject, _), reason in decisions.parked
        for item in [arrived[id(draft)]]
    ]


def _parked(key: UUID, parcel: Parcel, span: Span, token: bytes, now: Instant) -> Parked:
    return Parked(
        key,
        parcel.controller,
        span.origin,
        parcel.index,
        parcel.reason,
        token,
        now,
        parcel.subject,
        parcel.topic,
    )


def _parked_id(origin: str, index: int) -> UUID:
    """Name a parked item by its place in its content, so a second reading parks it once."""
    digest = sha256(frame(b"glemmebok/1/parked", origin.encode(), str(index).encode()))
    return UUID(bytes=digest.digest()[:16])


def _tally(prepared: Prepared, decided: Sequence[Decided]) -> Tally:
    tally = Tally(read=prepared.intake.size)
    for decisions in decided:
        tally.add(decisions.tally)
    late = sum(len(page.late) for page in prepared.pages)
    if late:
        tally.refused["late_fact"] += late
    tally.parked.update(parcel.reason.value for parcel in prepared.intake.parcels)
    return tally
