"""The timeline: every fact of a person, in the order it was recorded.

One row a fact, for ever; at an erasure the tokens leave and the rows stay, so that "what happened
here?" has an answer that names nobody.
"""

from typing import NamedTuple

from domain.catalogue import FACTS
from domain.fact import Actor, Entry
from domain.keyring import OpenRequest
from domain.values import Category, ControllerId, FactId, Instant, SubjectId
from projections.parts import (
    NO_PARTS,
    holds_tokens,
    open_requests,
    pack_clear,
    pack_parts,
    purge_parts,
)
from projections.projection import Key, Projection, Tokens


class TimelineRow(NamedTuple):
    """One fact. ``parts`` and ``clear`` are packed as :mod:`projections.parts` says."""

    subject: SubjectId
    version: int
    controller: ControllerId
    position: int
    topic: str
    fact_id: FactId
    occurred_at: Instant
    recorded_at: Instant
    source: str
    actor: Actor
    clear: bytes
    parts: bytes
    purgeable: bool


def _key(entry: Entry) -> Key:
    return entry.subject, entry.version


def _evolve(_row: TimelineRow | None, entry: Entry) -> TimelineRow:
    stamp, fact = entry.stamp, entry.fact
    parts = pack_parts(fact.sealed)
    return TimelineRow(
        entry.subject,
        entry.version,
        stamp.controller,
        entry.position,
        fact.TOPIC,
        stamp.fact_id,
        stamp.occurred_at,
        stamp.recorded_at,
        stamp.source,
        stamp.actor,
        pack_clear(fact),
        parts,
        parts != NO_PARTS,
    )


def _purge(row: TimelineRow, category: Category | None) -> TimelineRow:
    if not row.purgeable:
        return row
    parts = purge_parts(row.parts, category)
    # Rows are made anew by place: a replacement by name costs four times as much.
    return TimelineRow._make((*row[:-2], parts, category is not None and holds_tokens(parts)))


def _requests(row: TimelineRow) -> list[OpenRequest]:
    return open_requests(row.subject, row.fact_id, row.topic, row.parts)


TIMELINE = Projection(
    name="timeline",
    facts=frozenset(FACTS),
    key=_key,
    evolve=_evolve,
    tokens=Tokens(_purge, _requests),
    appends=True,
)
