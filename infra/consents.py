"""The ledger of a person's consents, read from her stream: what she was asked, what she answered.

A consent is a purpose, at large or narrowed to a client or an assignment. Its history names, fact
by fact, the version of the text she saw; what is sealed with a fact, the evidence and the channel,
is handed over unopened.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args
from uuid import UUID

from domain.consent import Consent, ConsentFact, consented, scope_of
from domain.fact import Entry
from domain.purposes import Purpose
from domain.subject import SubjectState
from domain.values import FactId, Instant, SubjectId
from infra.house import House
from projections.parts import pack_parts


@dataclass(frozen=True, slots=True)
class Told:
    """One fact of a consent's history; a carrier of its tokens, as a desk opens them."""

    entry: Entry
    fact: ConsentFact

    @property
    def subject(self) -> SubjectId:
        """The person."""
        return self.entry.subject

    @property
    def fact_id(self) -> FactId:
        """The fact the tokens were sealed in."""
        return self.entry.stamp.fact_id

    @property
    def topic(self) -> str:
        """The fact's stored name."""
        return self.fact.TOPIC

    @property
    def parts(self) -> bytes:
        """The tokens."""
        return pack_parts(self.fact.sealed)


@dataclass(frozen=True, slots=True)
class Ledgered:
    """One consent of one stream: how it stands now, and its history, the oldest first."""

    subject: SubjectId
    scope: str
    purpose: Purpose
    client_id: UUID | None
    assignment_id: UUID | None
    standing: Consent | None
    lasts: bool
    history: tuple[Told, ...]


def ledger(house: House, streams: Sequence[SubjectId], now: Instant) -> list[Ledgered]:
    """Tell the consents of a person's streams, by scope, in the order they first came up.

    Raises:
        LogUnavailable: the event database is away.
    """
    heads = house.store.heads_of(streams)
    return [
        one
        for subject in streams
        if subject in heads
        for one in _of_stream(house.store.stream(subject), heads[subject].state, now)
    ]


def _of_stream(entries: Sequence[Entry], state: SubjectState, now: Instant) -> list[Ledgered]:
    histories: dict[str, list[Told]] = {}
    for entry in entries:
        if isinstance(entry.fact, get_args(ConsentFact)):
            fact: ConsentFact = entry.fact
            scope = scope_of(fact.purpose, fact.client_id, fact.assignment_id)
            histories.setdefault(scope, []).append(Told(entry, fact))
    return [_ledgered(scope, history, state, now) for scope, history in histories.items()]


def _ledgered(scope: str, history: Sequence[Told], state: SubjectState, now: Instant) -> Ledgered:
    first = history[0]
    known = (state.life.consent if state.life else None) or {}
    standing = known.get(scope)
    only = {} if standing is None else {first.fact.purpose.value: standing}
    return Ledgered(
        first.subject,
        scope,
        first.fact.purpose,
        first.fact.client_id,
        first.fact.assignment_id,
        standing,
        consented(only, first.fact.purpose, now),
        tuple(sorted(history, key=lambda told: told.entry.stamp.occurred_at)),
    )
