"""A projection: the pure fold from facts to the rows of one view.

A row is a named tuple whose first two columns are its key: the subject, and what tells her rows
apart. A projection says which facts it folds, which row a fact belongs to, what the row becomes,
and what is left of a row when a key is destroyed. It reads nothing, decides nothing and cannot
open a token. An entry is folded in the log's order, once: the view keeps the position.

Destruction is folded like any fact: at ``SubjectErased`` the tokens of its scope leave every row
of the person that stands at that point, and the rows stay as neutral tombstones. A log with
erased people therefore rebuilds into the rows that purging left.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from domain.erasure import Scope, SubjectErased
from domain.fact import Entry, Fact
from domain.keyring import OpenRequest
from domain.values import Category, SubjectId

Row = TypeVar("Row", bound=tuple[Any, ...])

Key = tuple[SubjectId, UUID | int | str]
"""A row's first two columns."""


@dataclass(frozen=True, slots=True)
class Tokens(Generic[Row]):
    """What a view that carries tokens adds: how to purge a row and how to list its tokens.

    ``purge`` takes the tokens of a category, or of all for None, out of a row, and leaves alone a
    row whose column ``purgeable`` is false: a view need not look such rows up. ``requests`` names
    each token left with the context it was sealed in.
    """

    purge: Callable[[Row, Category | None], Row]
    requests: Callable[[Row], list[OpenRequest]]


@dataclass(frozen=True, slots=True)
class Projection(Generic[Row]):
    """The fold of one view.

    ``appends`` is true when each entry makes a row of its own, so that no row need be looked up.
    ``tokens`` is None for a view of clear facts only.
    """

    name: str
    facts: frozenset[type[Fact]]
    key: Callable[[Entry], Key]
    evolve: Callable[[Row | None, Entry], Row]
    tokens: Tokens[Row] | None
    appends: bool = False

    @property
    def topics(self) -> tuple[str, ...]:
        """The stored names the fold needs, sorted."""
        return tuple(sorted(fact.TOPIC for fact in self.facts))


Step = tuple[Key | None, Entry]
"""An entry and the row it belongs to, or None when the projection does not fold its kind."""


@dataclass(frozen=True, slots=True)
class Touched:
    """The rows a page needs: these keys, and every purgeable row of these subjects."""

    keys: tuple[Key, ...]
    subjects: tuple[SubjectId, ...]


def place(projection: Projection[Row], entries: Iterable[Entry]) -> list[Step]:
    """Find the row each entry belongs to."""
    facts, key = projection.facts, projection.key
    return [(key(entry) if type(entry.fact) in facts else None, entry) for entry in entries]


def touched(projection: Projection[Row], steps: Iterable[Step]) -> Touched:
    """Name the stored rows that folding the steps may change."""
    keys: dict[Key, None] = {}
    if not projection.appends:
        keys = dict.fromkeys([key for key, _ in steps if key is not None])
    return Touched(tuple(keys), tuple(_erased(projection, steps)))


def fold(
    projection: Projection[Row], stored: Mapping[Key, Row], steps: Iterable[Step]
) -> dict[Key, Row]:
    """Fold a page over the stored rows :func:`touched` named; return all rows as they end."""
    rows, evolve, appends = dict(stored), projection.evolve, projection.appends
    erased = _erased(projection, steps)
    for key in rows if erased else ():
        erased.get(key[0], {})[key] = None
    for key, entry in steps:
        if erased and entry.subject in erased:
            _fold_erased(projection, rows, erased[entry.subject], (key, entry))
        elif key is not None:
            rows[key] = evolve(None if appends else rows.get(key), entry)
    return rows


def _erased(projection: Projection[Row], steps: Iterable[Step]) -> dict[SubjectId, dict[Key, None]]:
    """Find the people whose erasure ends in this page; their rows are kept track of."""
    if projection.tokens is None:
        return {}
    return {entry.subject: {} for _, entry in steps if type(entry.fact) is SubjectErased}


def _fold_erased(
    projection: Projection[Row], rows: dict[Key, Row], hers: dict[Key, None], step: Step
) -> None:
    """Fold a step of such a person; ``hers`` are the keys of her rows so far."""
    key, entry = step
    fact, tokens = entry.fact, projection.tokens
    if type(fact) is SubjectErased and tokens is not None:
        for held in hers:
            rows[held] = tokens.purge(rows[held], fact.category)
    if key is not None:
        rows[key] = projection.evolve(rows.get(key), entry)
        hers[key] = None


def purge(projection: Projection[Row], rows: Iterable[Row], scopes: Iterable[Scope]) -> list[Row]:
    """Return the rows with the tokens of every scope taken out."""
    tokens = projection.tokens
    if tokens is None:
        return list(rows)
    # By integer: a page of people has thousands of rows, and a UUID is slow to look up by.
    categories: dict[int, list[Category | None]] = {}
    for scope in scopes:
        categories.setdefault(scope.subject.int, []).append(scope.category)
    purged = []
    for row in rows:
        left = row
        for category in categories.get(row[0].int, ()):
            left = tokens.purge(left, category)
        purged.append(left)
    return purged


def removed(
    projection: Projection[Row], rows: Iterable[Row], purged: Iterable[Row]
) -> list[OpenRequest]:
    """Name the tokens that a purge took out of each row; a row it left alone is itself."""
    tokens = projection.tokens
    if tokens is None:
        return []
    gone: list[OpenRequest] = []
    for row, left in zip(rows, purged, strict=True):
        if left is row:
            continue
        held, kept = tokens.requests(row), tokens.requests(left)
        gone += [request for request in held if request not in kept] if kept else held
    return gone


def count_tokens(projection: Projection[Row], rows: Iterable[Row]) -> int:
    """Count the tokens the rows hold."""
    tokens = projection.tokens
    return 0 if tokens is None else sum(len(tokens.requests(row)) for row in rows)
