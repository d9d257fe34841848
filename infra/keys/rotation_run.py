"""A rotation that walks the cohorts, as stored: taken up by the next call where it was left.

Rules. One walk a kind of key. Its row says up to which cohort it goes (the last there was when it
began: later ones have new keys anyhow) and how far it is; that moves in the transaction that
carries a page, so a page is carried once, or not at all.
"""

from dataclasses import dataclass
from enum import StrEnum

from domain.values import Instant
from infra.keys.database import Connection
from infra.keys.finalisation_shapes import Progress

_OPEN = (
    "SELECT run, what, started_at, bound, reached, keys, lookups FROM rotation"
    " WHERE what = %b AND ended_at IS NULL"
)
_BEGIN = (
    "INSERT INTO rotation (what, started_at, bound)"
    " SELECT %b, %b, coalesce(max(cohort), 0) FROM cohort"
)
_ADVANCE = (
    "UPDATE rotation SET reached = %b, keys = keys + %b, lookups = lookups + %b WHERE run = %b"
)
_END = "UPDATE rotation SET ended_at = %b WHERE run = %b"
_COUNT = "SELECT count(*) FILTER (WHERE cohort <= %b), count(*) FROM cohort WHERE cohort <= %b"


class Rotating(StrEnum):
    """What is made anew."""

    ROOT = "root"
    """The root version, and with it the controller keys; cohort keys are wrapped again."""
    COHORTS = "cohorts"
    """Cohort keys; data keys and look-ups are wrapped again."""
    KEYS = "keys"
    """Data keys: what is sealed from now on is sealed under the next epoch."""
    PEPPERS = "peppers"
    """The peppers of look-ups; the tokens of look-ups are made again."""


@dataclass(frozen=True, slots=True)
class Walk:
    """A walk under way: cohorts up to ``bound`` are carried, those up to ``reached`` are."""

    run: int
    what: Rotating
    started_at: Instant
    bound: int
    reached: int
    keys: int
    lookups: int


def under_way(connection: Connection, what: Rotating) -> Walk | None:
    """Read the walk that has not ended, if there is one."""
    rows = connection.execute(_OPEN, (what.value,), binary=True).fetchall()
    if not rows:
        return None
    run, _, *rest = rows[0]
    return Walk(run, what, *rest)


def begin(connection: Connection, what: Rotating, now: Instant) -> Walk:
    """Write a new walk over every cohort there is."""
    connection.execute(_BEGIN, (what.value, now))
    found = under_way(connection, what)
    assert found is not None, "it was written in this transaction"
    return found


def advance(connection: Connection, walk: Walk, cohort: int, keys: int, lookups: int) -> None:
    """Note the last cohort of a page as carried, and what was carried with the page."""
    connection.execute(_ADVANCE, (cohort, keys, lookups, walk.run))


def end(connection: Connection, walk: Walk, now: Instant) -> None:
    """Note the walk as ended."""
    connection.execute(_END, (now, walk.run))


def progress_of(connection: Connection, walk: Walk) -> Progress:
    """Count the cohorts carried, and those to carry."""
    asked = (walk.reached, walk.bound)
    done, total = connection.execute(_COUNT, asked, binary=True).fetchall()[0]
    return Progress(done, total, 0, walk.keys, walk.lookups)
