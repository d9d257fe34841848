"""Views in memory: the fakes that pass the same contract cases as the PostgreSQL ones."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Generic

from domain.erasure import Scope
from domain.keyring import OpenRequest
from domain.values import Category, SubjectId
from projections.projection import (
    Key,
    Projection,
    Row,
    fold,
    place,
    purge,
    removed,
    touched,
)
from projections.view import Page, ShadowBehind, ViewFenced, ViewUnavailable
from tests.projections.every import PROJECTIONS


@dataclass
class Held:
    """What a view stores; ``away = True`` makes it unavailable."""

    rows: dict[Key, Any] = field(default_factory=dict)
    position: int = 0
    shadow: "Held | None" = None
    away: bool = False


class MemoryView(Generic[Row]):
    """A view in a dict. Two of them over one ``held`` are one view."""

    def __init__(self, projection: Projection[Row], held: Held) -> None:
        self.held = held
        self._projection = projection

    @property
    def projection(self) -> Projection[Row]:
        return self._projection

    def position(self) -> int:
        return self._reached().position

    def apply(self, page: Page) -> None:
        held = self._reached()
        if page.after != held.position:
            raise ViewFenced(self._projection.name, page.after)
        steps = place(self._projection, page.entries)
        need = touched(self._projection, steps)
        stored = {key: held.rows[key] for key in need.keys if key in held.rows}
        stored |= {key: row for key, row in held.rows.items() if key[0] in need.subjects}
        held.rows |= fold(self._projection, stored, steps)
        held.position = page.end

    def purge(self, subject: SubjectId, category: Category | None) -> int:
        return len(self.purge_all([Scope(subject, category)]))

    def purge_all(self, scopes: Sequence[Scope]) -> list[OpenRequest]:
        return [gone for held in self._builds() for gone in self._purge(held, scopes)]

    def probe(self, subject: SubjectId) -> list[OpenRequest]:
        return self.probe_all([subject])

    def probe_all(self, subjects: Sequence[SubjectId]) -> list[OpenRequest]:
        tokens = self._projection.tokens
        rows = [row for held in self._builds() for row in held.rows.values() if row[0] in subjects]
        return [] if tokens is None else [found for row in rows for found in tokens.requests(row)]

    def count(self) -> int:
        return len(self._reached().rows)

    def scan(self, after: Key | None, limit: int) -> list[Row]:
        rows = self._reached().rows
        keys: list[Any] = sorted(rows)
        return [rows[key] for key in keys if after is None or key > after][:limit]

    def shadow(self) -> "MemoryView[Row]":
        held = self._reached()
        held.shadow = held.shadow or Held()
        return MemoryView(self._projection, held.shadow)

    def discard_shadow(self) -> None:
        self._reached().shadow = None

    def swap(self) -> None:
        held = self._reached()
        shadow = held.shadow
        if shadow is None or shadow.position < held.position:
            reached = 0 if shadow is None else shadow.position
            raise ShadowBehind(self._projection.name, reached, held.position)
        held.rows, held.position, held.shadow = shadow.rows, shadow.position, None

    def _purge(self, held: Held, scopes: Sequence[Scope]) -> list[OpenRequest]:
        rows = list(held.rows.values())
        left = purge(self._projection, rows, scopes)
        held.rows = {row[:2]: row for row in left}
        return removed(self._projection, rows, left)

    def _builds(self) -> list[Held]:
        held = self._reached()
        return [held] if held.shadow is None else [held, held.shadow]

    def _reached(self) -> Held:
        if self.held.away:
            message = f"view {self._projection.name} is away"
            raise ViewUnavailable(message)
        return self.held


def memory_views() -> list[MemoryView[Any]]:
    return [MemoryView(projection, Held()) for projection in PROJECTIONS]
