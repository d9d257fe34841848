"""The rows of one build of one view: taken out by key or by person, put back by COPY.

Taking is ``DELETE ... RETURNING``: what is folded is put back in the same transaction, so that a
page costs two statements however many rows it touches.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic

from psycopg import sql

from domain.values import SubjectId
from infra.store.arrays import Array, bigints, texts, uuids
from infra.views.tables import Table
from infra.views.transaction import Cursor
from projections.projection import Key, Row, Touched

_TAKE_KEYS = (
    "DELETE FROM {table} USING unnest(%b, %b) AS wanted(w_subject, w_key)"
    " WHERE subject = w_subject AND {key} = w_key RETURNING {columns}"
)
_TAKE_SUBJECTS = "DELETE FROM {table} WHERE subject = ANY(%b) AND purgeable RETURNING {columns}"
_PURGEABLE = "SELECT {columns} FROM {table} WHERE subject = ANY(%b) AND purgeable"
_PUT = "COPY {table} ({columns}) FROM STDIN (FORMAT BINARY)"
_FIRST = "SELECT {columns} FROM {table} ORDER BY subject, {key} LIMIT %s"
_AFTER = (
    "SELECT {columns} FROM {table} WHERE (subject, {key}) > (%s, %s)"
    " ORDER BY subject, {key} LIMIT %s"
)
_ARRAYS: Mapping[str, Callable[[Sequence[Any]], Array]] = {
    "uuid": uuids,
    "text": texts,
    "int8": bigints,
}
_COUNT = "SELECT count(*) FROM {table}"


@dataclass(frozen=True, slots=True)
class Stored(Generic[Row]):
    """A table of :mod:`infra.views.tables` in one build, in its caller's transaction."""

    table: Table[Row]
    build: str

    @property
    def identifier(self) -> sql.Identifier:
        """The table's qualified name."""
        return sql.Identifier(self.build, self.table.projection.name)

    def take(self, cursor: Cursor, need: Touched) -> list[Row]:
        """Delete the rows with the keys, and the purgeable rows of the subjects; return them."""
        taken: list[Row] = []
        if need.keys:
            subjects, rest = zip(*need.keys, strict=True)
            array = _ARRAYS[self.table.types.split()[1]]
            taken += self._rows(cursor, _TAKE_KEYS, [uuids(subjects), array(rest)])
        if need.subjects:
            taken += self._rows(cursor, _TAKE_SUBJECTS, [uuids(need.subjects)])
        return taken

    def put(self, cursor: Cursor, rows: Iterable[Row]) -> None:
        """Insert rows whose keys are not in the table."""
        dump = self.table.dump
        with cursor.copy(self._filled(_PUT)) as copy:
            copy.set_types(self.table.types.split())
            for row in rows if dump is None else map(dump, rows):
                copy.write_row(row)

    def purgeable(self, cursor: Cursor, subjects: Sequence[SubjectId]) -> list[Row]:
        """Return the rows of these people that a purge would still change."""
        return self._rows(cursor, _PURGEABLE, [uuids(subjects)])

    def scan(self, cursor: Cursor, after: Key | None, limit: int) -> list[Row]:
        """Return up to ``limit`` rows after a key, in key order."""
        if after is None:
            return self._rows(cursor, _FIRST, [limit])
        return self._rows(cursor, _AFTER, [*after, limit])

    def count(self, cursor: Cursor) -> int:
        """Count the rows."""
        cursor.execute(self._filled(_COUNT))
        return sum(int(count) for (count,) in cursor.fetchall())

    def _rows(self, cursor: Cursor, query: str, values: Sequence[Any]) -> list[Row]:
        cursor.execute(self._filled(query), values)
        return [self.table.load(row) for row in cursor.fetchall()]

    def _filled(self, query: str) -> sql.Composed:
        """Fill in the names; ``query`` is always one of this module's texts."""
        return sql.SQL(query).format(
            table=self.identifier,
            key=sql.Identifier(self.table.columns[1]),
            columns=sql.SQL(", ").join(map(sql.Identifier, self.table.columns)),
        )
