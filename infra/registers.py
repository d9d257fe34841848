"""The registers of what binds: legal holds and restrictions, read from the log itself.

Which facts were ever recorded the log says, which of them still bind the heads say; so a register
never lags behind a decision. Clear facts only: nothing is opened.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from uuid import UUID

from consumers.ports import Head
from domain.fact import Entry, mark_of
from domain.legal_holds import HoldGround, LegalHoldPlaced
from domain.restriction import ProcessingRestricted, RestrictionGround, RestrictionStatus
from domain.standing import status_of
from domain.values import Category, ControllerId, Instant, SubjectId
from infra.store.reading import Binding, LogReader

PAGE = 500
"""Facts whose people's heads are loaded at a time."""


class HoldState(StrEnum):
    """Whether a hold still binds."""

    BINDING = "binding"
    PAST_ITS_END = "past_its_end"


@dataclass(frozen=True, slots=True)
class StandingHold:
    """A hold that nobody released; past its end it binds no more and asks to be released."""

    controller: ControllerId
    subject: SubjectId
    hold_id: UUID
    ground: HoldGround
    category: Category | None
    since: Instant
    until_at: Instant | None
    state: HoldState


@dataclass(frozen=True, slots=True)
class StandingRestriction:
    """A restriction in force; ``status`` tells whether its lifting is announced."""

    controller: ControllerId
    subject: SubjectId
    restriction_id: UUID
    ground: RestrictionGround
    since: Instant
    status: RestrictionStatus


def standing_holds(
    log: LogReader, controllers: Collection[ControllerId], now: Instant
) -> list[StandingHold]:
    """List the holds that nobody released, in the order they were recorded.

    Raises:
        LogUnavailable: the event database is away.
    """
    return [
        StandingHold(
            entry.stamp.controller,
            entry.subject,
            fact.hold_id,
            fact.held_for,
            fact.category,
            entry.stamp.occurred_at,
            fact.until_at,
            _state(fact.until_at, now),
        )
        for entry, head in _bound(log, LegalHoldPlaced, controllers)
        if isinstance(fact := entry.fact, LegalHoldPlaced) and _holds(head, entry, fact)
    ]


def standing_restrictions(
    log: LogReader, controllers: Collection[ControllerId]
) -> list[StandingRestriction]:
    """List the restrictions in force, in the order they were recorded.

    Raises:
        LogUnavailable: the event database is away.
    """
    found = {}
    for entry, head in _bound(log, ProcessingRestricted, controllers):
        fact = entry.fact
        assert isinstance(fact, ProcessingRestricted)
        known = head.state.life.restrictions if head.state.life else None
        status = status_of(known or {}, fact.restriction_id)
        if status not in (None, RestrictionStatus.LIFTED):
            found[entry.subject, fact.restriction_id] = StandingRestriction(
                entry.stamp.controller,
                entry.subject,
                fact.restriction_id,
                fact.ground,
                entry.stamp.occurred_at,
                status,
            )
    return list(found.values())


def _bound(
    log: LogReader, kind: type[Binding], controllers: Collection[ControllerId]
) -> Iterator[tuple[Entry, Head]]:
    told = (entry for entry in log.told_of(kind) if entry.stamp.controller in controllers)
    while page := list(islice(told, PAGE)):
        heads = log.heads_of({entry.subject for entry in page})
        yield from [(entry, heads[entry.subject]) for entry in page]


def _holds(head: Head, entry: Entry, fact: LegalHoldPlaced) -> bool:
    """Say whether this placing is what stands of its hold, and is not released."""
    known = head.state.life.holds if head.state.life else None
    hold = (known or {}).get(fact.hold_id)
    return hold is not None and hold.released is None and hold.placed == mark_of(entry.stamp)


def _state(until_at: Instant | None, now: Instant) -> HoldState:
    over = until_at is not None and now >= until_at
    return HoldState.PAST_ITS_END if over else HoldState.BINDING
