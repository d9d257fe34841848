"""Logs to fold: written fact by fact, or drawn by hypothesis and decided as the house would."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hypothesis import strategies as st

from domain import subject as subjects
from domain.fact import Entry, Fact
from domain.subject import EMPTY, Refused, SubjectState
from domain.values import Instant, SubjectId
from projections.projection import Key, Projection, Row, fold, place, touched
from projections.view import Page
from tests import examples
from tests.domain.claims import carried, erasure, moments, sources


@dataclass(frozen=True)
class Told:
    """A claim about the n-th person, as a source tells it."""

    person: int
    occurred_at: Instant
    source: str
    fact: Fact


told: st.SearchStrategy[Told] = st.builds(
    Told,
    st.integers(1, 3),
    moments,
    sources,
    st.one_of(carried, carried, carried, erasure),
)


def decided(claims: Iterable[Told]) -> list[Entry]:
    """Decide each claim as the house would; what is refused or stands is not in the log."""
    log: list[Entry] = []
    states: dict[SubjectId, SubjectState] = {}
    for n, claim in enumerate(claims, start=1):
        person = examples.subject(claim.person)
        state = states.get(person, EMPTY)
        stamp = examples.stamp(n, occurred_at=claim.occurred_at, source=claim.source)
        decision = subjects.decide(state, stamp, claim.fact)
        if isinstance(decision, Refused):
            continue
        for fact in decision:
            state = subjects.evolve(state, stamp, fact)
            log.append(Entry(len(log) + 1, person, state.facts, stamp, fact))
        states[person] = state
    return log


logs: st.SearchStrategy[list[Entry]] = st.lists(told, min_size=1, max_size=40).map(decided)
"""Logs of three people, two sources and a few moments, with erasures of every scope."""


def log_of(*facts: Fact, person: int = 1, start: int = 1) -> list[Entry]:
    """Write a person's facts down, a minute apart, from position and version ``start`` on."""
    who = examples.subject(person)
    return [examples.entry(fact, start + i, person=who) for i, fact in enumerate(facts)]


def page_of(entries: Sequence[Entry], after: int | None = None) -> Page:
    """Make one page of consecutive entries."""
    return Page(
        entries[0].position - 1 if after is None else after, entries[-1].position, tuple(entries)
    )


def folded(projection: Projection[Row], *batches: Sequence[Entry]) -> dict[Key, Row]:
    """Fold batch after batch over what the earlier ones left, as a view does."""
    rows: dict[Key, Row] = {}
    for batch in batches:
        steps = place(projection, [e for e in batch if type(e.fact) in projection.facts])
        need = touched(projection, steps)
        stored = {key: rows[key] for key in need.keys if key in rows}
        stored |= {k: row for k, row in rows.items() if k[0] in need.subjects}
        rows |= fold(projection, stored, steps)
    return rows


def only(rows: dict[Key, Row]) -> Row:
    """Return the one row there is."""
    (row,) = rows.values()
    return row


def person_of(n: int) -> SubjectId:
    """Return the n-th person."""
    return examples.subject(n)
