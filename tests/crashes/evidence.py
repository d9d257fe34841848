"""What a house holds, read after a case: its log by person, and the tables beside the log."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg

from domain.erasure import OUTLIVING, SubjectAbandoned, SubjectErased
from domain.fact import HOUSE, Entry
from domain.keyring import OpenRequest
from domain.values import ControllerId, SubjectId
from infra.house import House
from tests.crashes.victims import streams

Line = tuple[ControllerId, tuple[tuple[object, ...], ...]]
"""A person's history without her random id: her controller, and her facts in order.

A fact from upstream has an id that is the same in every run; one of the house has its scope, and
the day that it announces.
"""

_BESIDE = {
    "inbox": "SELECT controller, fact_id FROM inbox",
    "parked": "SELECT parked_id, reason FROM parked",
    "notices": "SELECT controller, kind, recipient, subject FROM notice",
}
_KEPT = {
    "look-ups": "SELECT controller, kind FROM lookup",
    "late-fact guards": "SELECT controller FROM erased_source",
    "keys": "SELECT category FROM dek WHERE NOT survives",
}
_POSITIONS = "SELECT name, pos FROM position"


@dataclass(frozen=True, slots=True)
class Evidence:
    """A house after everything was done to it."""

    streams: dict[SubjectId, list[Entry]]
    beside: dict[str, Counter[tuple[Any, ...]]]
    positions: dict[str, int]

    def lines(self) -> Counter[Line]:
        """Return the history of everyone who ever began, counted."""
        begun = [s for s in self.streams.values() if not isinstance(s[0].fact, SubjectAbandoned)]
        return Counter(_line(stream) for stream in begun)

    def owner(self, subject: SubjectId) -> ControllerId:
        """Return whose candidate a person is."""
        return self.streams[subject][0].stamp.controller

    def erasures(self) -> Counter[UUID]:
        """Return the erasures that the log says have ended, counted."""
        facts = [entry.fact for stream in self.streams.values() for entry in stream]
        return Counter(fact.erasure_id for fact in facts if isinstance(fact, SubjectErased))


def _line(stream: Sequence[Entry]) -> Line:
    return stream[0].stamp.controller, tuple([_step(entry) for entry in stream])


def _step(entry: Entry) -> tuple[object, ...]:
    fact = entry.fact
    if entry.stamp.source == HOUSE:
        return fact.TOPIC, getattr(fact, "category", None), getattr(fact, "due_at", None)
    return fact.TOPIC, entry.stamp.fact_id


def evidence_of(house: House) -> Evidence:
    """Read everything there is to compare."""
    beside = {name: Counter(rows(house, query)) for name, query in _BESIDE.items()}
    kept = {name: Counter(rows(house, query, keys=True)) for name, query in _KEPT.items()}
    return Evidence(streams(house), beside | kept, dict(rows(house, _POSITIONS)))


def rows(house: House, query: str, *, keys: bool = False) -> list[tuple[Any, ...]]:
    """Ask one of the databases behind the house's back."""
    urls = house.settings.databases
    assert urls is not None
    with psycopg.connect(urls.keys if keys else urls.events, autocommit=True) as connection:
        return connection.execute(query.encode()).fetchall()


def tokens(stream: Sequence[Entry]) -> Iterator[tuple[OpenRequest, bool]]:
    """Yield each token of a person, and whether it must still open."""
    ends = [(e.version, e.fact.category) for e in stream if isinstance(e.fact, SubjectErased)]
    for entry in stream:
        for part in entry.fact.sealed:
            gone = not part.category.startswith(OUTLIVING) and any(
                scope in {None, part.category} and entry.version < at for at, scope in ends
            )
            yield _request(entry, part.category, part.sealed.token), not gone


def _request(entry: Entry, category: str, token: bytes) -> OpenRequest:
    return OpenRequest(entry.subject, entry.stamp.fact_id, category, entry.fact.TOPIC, token)
