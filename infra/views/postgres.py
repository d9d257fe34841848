"""Views in PostgreSQL: a page is taken out, folded and put back in one transaction.

What a reader sees is the committed state before or after a page. The view's position is moved
first, by compare-and-set, and is the lock under which everything else happens.

Folding commits asynchronously: rows and position are lost together or not at all, and the log
folds them again. Purging commits synchronously: its promise is given to a person.
"""

from collections.abc import Sequence
from typing import Any, Generic

from psycopg import sql
from psycopg_pool import ConnectionPool

from domain.erasure import Scope
from domain.keyring import OpenRequest
from domain.values import Category, SubjectId
from infra.views import positions
from infra.views.positions import LIVE, NEXT
from infra.views.stored import Stored
from infra.views.tables import TABLES, Table
from infra.views.transaction import Cursor, transaction
from projections.projection import (
    Key,
    Projection,
    Row,
    Touched,
    fold,
    place,
    purge,
    removed,
    touched,
)
from projections.view import Page, ShadowBehind

# Keys are looked up by index: the planner prefers to scan a small table, which makes one page cost
# the whole view. A fold waits for a purge, and a purge for a fold, no longer than ten seconds.
_FOLDING = """
    SELECT set_config('synchronous_commit', 'off', true), set_config('lock_timeout', '10s', true),
           set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true)
"""
_PURGING = "SET LOCAL lock_timeout = '10s'"
# A swap waits for readers of the old table, and new readers wait behind it: not for long.
_SWAPPING = "SET LOCAL lock_timeout = '2s'"


class PostgresView(Generic[Row]):
    """A view in the tables of :mod:`infra.views.tables`; ``build`` NEXT is a rebuild under way."""

    def __init__(self, pool: ConnectionPool, table: Table[Row], build: str = LIVE) -> None:
        self._pool = pool
        self._table = table
        self._name = table.projection.name
        self._build = build
        self._stored = Stored(table, build)

    @property
    def projection(self) -> Projection[Row]:
        """The fold that feeds the view."""
        return self._table.projection

    def position(self) -> int:
        """Return the log position the view was folded to; 0 for a new view."""
        with transaction(self._pool, self._name) as cursor:
            return positions.read(cursor, self._build, self._name)

    def apply(self, page: Page) -> None:
        """Fold a page and move the position to ``page.end``, in one transaction."""
        with transaction(self._pool, self._name) as cursor:
            cursor.execute(_FOLDING)
            if page.after == 0:
                positions.begin(cursor, self._build, self._name)
            positions.move(cursor, self._build, self._name, page.after, page.end)
            steps = place(self.projection, page.entries)
            taken = self._stored.take(cursor, touched(self.projection, steps))
            rows = fold(self.projection, {row[:2]: row for row in taken}, steps)
            self._stored.put(cursor, rows.values())

    def purge(self, subject: SubjectId, category: Category | None) -> int:
        """Remove the tokens of a scope from the view and from its shadow."""
        return len(self.purge_all([Scope(subject, category)]))

    def purge_all(self, scopes: Sequence[Scope]) -> list[OpenRequest]:
        """Purge many scopes in one transaction; returns the tokens it removed, with context."""
        if self.projection.tokens is None:
            return []
        with transaction(self._pool, self._name) as cursor:
            cursor.execute(_PURGING)
            builds = positions.hold(cursor, self._name)
            return [
                request
                for build in builds
                for request in self._purge(cursor, Stored(self._table, build), scopes)
            ]

    def probe(self, subject: SubjectId) -> list[OpenRequest]:
        """Return every token the view or its shadow holds of a person."""
        return self.probe_all([subject])

    def probe_all(self, subjects: Sequence[SubjectId]) -> list[OpenRequest]:
        """Probe many people, in one query a build."""
        tokens = self.projection.tokens
        if tokens is None:
            return []
        with transaction(self._pool, self._name) as cursor:
            return [
                request
                for build in positions.builds(cursor, self._name)
                for row in Stored(self._table, build).purgeable(cursor, subjects)
                for request in tokens.requests(row)
            ]

    def count(self) -> int:
        """Count the view's rows."""
        with transaction(self._pool, self._name) as cursor:
            return self._stored.count(cursor)

    def scan(self, after: Key | None, limit: int) -> list[Row]:
        """Return up to ``limit`` rows after a key, in key order."""
        with transaction(self._pool, self._name) as cursor:
            return self._stored.scan(cursor, after, limit)

    def shadow(self) -> "PostgresView[Row]":
        """Begin, or take up again, an empty view of the same fold beside this one."""
        with transaction(self._pool, self._name) as cursor:
            if NEXT not in positions.builds(cursor, self._name):
                self._run(cursor, "CREATE TABLE {next} (LIKE {live} INCLUDING ALL)")
                cursor.execute("CALL views.hold_to_controller(%s, %s)", [NEXT, self._name])
                positions.begin(cursor, NEXT, self._name)
        return PostgresView(self._pool, self._table, NEXT)

    def discard_shadow(self) -> None:
        """Drop a rebuild that is under way, if there is one."""
        with transaction(self._pool, self._name) as cursor:
            cursor.execute(_SWAPPING)
            positions.end(cursor, NEXT, self._name)
            self._run(cursor, "DROP TABLE IF EXISTS {next}")

    def swap(self) -> None:
        """Put the shadow in this view's place, in one transaction."""
        with transaction(self._pool, self._name) as cursor:
            cursor.execute(_SWAPPING)
            builds = positions.hold(cursor, self._name)
            live = positions.read(cursor, LIVE, self._name)
            shadow = positions.read(cursor, NEXT, self._name)
            if NEXT not in builds or shadow < live:
                raise ShadowBehind(self._name, shadow, live)
            self._run(cursor, "DROP TABLE {live}")
            self._run(cursor, "ALTER TABLE {next} SET SCHEMA views")
            positions.promote(cursor, self._name)

    def _purge(
        self, cursor: Cursor, stored: Stored[Row], scopes: Sequence[Scope]
    ) -> list[OpenRequest]:
        subjects = tuple({scope.subject: None for scope in scopes})
        taken = stored.take(cursor, Touched((), subjects))
        left = purge(self.projection, taken, scopes)
        stored.put(cursor, left)
        return removed(self.projection, taken, left)

    def _run(self, cursor: Cursor, statement: str) -> None:
        """Run a statement of this module on the tables of both builds."""
        live, following = Stored(self._table, LIVE), Stored(self._table, NEXT)
        text = sql.SQL(statement)
        cursor.execute(text.format(live=live.identifier, next=following.identifier))


def postgres_views(pool: ConnectionPool) -> list[PostgresView[Any]]:
    """Return every view of the house on one pool."""
    return [PostgresView(pool, table) for table in TABLES]
