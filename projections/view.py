"""What a stored view is, whatever stores it: fed in pages, purged, probed, rebuilt.

Rules every implementation keeps, as its contract cases prove:

- A page is applied whole, together with the position, or not at all.
- A page is applied only where the view stands: the position is compared and set, so two runners
  cannot apply one fact twice.
- Purging and probing reach a rebuild that is under way too.

::

    ViewError
    ├── ViewFenced        the view does not stand where the page begins; read its position again
    ├── ShadowBehind      the rebuilt view is older than the one it would replace; fold on
    ├── ViewUnavailable   the view's database is away; retry later
    └── ViewBroken        the view's database refused a statement: a defect, not an outage
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from domain.erasure import Scope
from domain.fact import Entry
from domain.keyring import OpenRequest
from domain.values import Category, SubjectId
from projections.projection import Key, Projection


class ViewError(Exception):
    """The root of what a view raises. Messages carry names and numbers, never values."""


class ViewFenced(ViewError):  # noqa: N818 - the outcome of a compare-and-set
    """Another runner moved the view on."""

    def __init__(self, view: str, expected: int) -> None:
        """Name the view and the position the page began at."""
        super().__init__(f"view {view} does not stand at position {expected}")


class ShadowBehind(ViewError):  # noqa: N818 - the outcome of a comparison
    """The live view was folded further than the one rebuilt beside it."""

    def __init__(self, view: str, shadow: int, live: int) -> None:
        """Name the view and the two positions."""
        super().__init__(f"view {view} is rebuilt to position {shadow} and stands at {live}")


class ViewUnavailable(ViewError):  # noqa: N818 - pairs with KeyUnavailable
    """The database of the views is away."""


class ViewBroken(ViewError):  # noqa: N818 - pairs with ViewUnavailable
    """The database of the views refused a statement."""


@dataclass(frozen=True, slots=True)
class Page:
    """Consecutive entries of the log, filtered by a projection's topics.

    ``after`` is the position the view stands at, ``end`` the one it stands at afterwards: every
    entry between them that the projection needs is here.
    """

    after: int
    end: int
    entries: tuple[Entry, ...]


class EntrySource(Protocol):
    """The log, as a runner reads it. Positions are committed in order, so none appears late."""

    def entries(self, after: int, limit: int, topics: Sequence[str] = ()) -> list[Entry]:
        """Return up to ``limit`` entries after a position, oldest first; no topics means all."""
        ...

    def last_position(self) -> int:
        """Return the position of the newest entry, 0 for an empty log."""
        ...


class View(Protocol):
    """A stored view and the position it was folded to.

    All methods raise ViewUnavailable when the database is away.
    """

    @property
    def projection(self) -> Projection[Any]:
        """The fold that feeds the view."""
        ...

    def position(self) -> int:
        """Return the log position the view was folded to; 0 for a new view."""
        ...

    def apply(self, page: Page) -> None:
        """Fold a page and move the position to ``page.end``, in one transaction.

        Raises:
            ViewFenced: the view stands elsewhere.
        """
        ...

    def purge(self, subject: SubjectId, category: Category | None) -> int:
        """Remove the tokens of a scope; rows stay as tombstones. Returns how many were removed."""
        ...

    def purge_all(self, scopes: Sequence[Scope]) -> list[OpenRequest]:
        """Purge many scopes in one transaction; returns the tokens it removed, with context."""
        ...

    def probe(self, subject: SubjectId) -> list[OpenRequest]:
        """Return every token the view holds of a person, with the context it was sealed in."""
        ...

    def probe_all(self, subjects: Sequence[SubjectId]) -> list[OpenRequest]:
        """Probe many people in one query."""
        ...

    def count(self) -> int:
        """Count the view's rows."""
        ...

    def scan(self, after: Key | None, limit: int) -> list[tuple[Any, ...]]:
        """Return up to ``limit`` rows after a key, in key order: how two views are compared."""
        ...

    def shadow(self) -> "View":
        """Begin, or take up again, an empty view of the same fold beside this one."""
        ...

    def discard_shadow(self) -> None:
        """Drop a rebuild that is under way, if there is one."""
        ...

    def swap(self) -> None:
        """Put the shadow in this view's place, in one transaction.

        Raises:
            ShadowBehind: there is none, or it was folded less far than this view.
        """
        ...
