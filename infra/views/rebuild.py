"""Rebuilds a view beside the one that is read, then puts it in its place.

Readers keep the old rows until the swap. A rebuild that was interrupted goes on where it stood.
The live view moves on meanwhile: the swap is refused while the new one is behind, and the
difference is folded until it is not.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from infra.views.pages import pages
from projections.view import EntrySource, ShadowBehind, View

SWAPS_MAX = 20
"""Tries to catch up with a live view; each has only the facts of the last one's folding to fold."""


@dataclass(frozen=True, slots=True)
class RebuildProgress:
    """How far a rebuild has come: folded to a position, of the log's end; facts so far."""

    view: str
    position: int
    end: int
    folded: int


def rebuild(
    view: View, source: EntrySource, progress: Callable[[RebuildProgress], None]
) -> RebuildProgress:
    """Fold the whole log into a shadow of the view and swap it in; returns the last progress.

    ``progress`` is told after each page.

    Raises:
        ShadowBehind: the live view kept ahead through every try; the shadow stays to be taken up.
        ViewUnavailable: the database of the views is away; the shadow stays likewise.
        LogUnavailable: the log is away; likewise.
    """
    told = _Told(view.projection.name, source, progress)
    for attempt in range(1, SWAPS_MAX + 1):
        _catch_up(view.shadow(), source, told)
        try:
            view.swap()
        except ShadowBehind:
            if attempt == SWAPS_MAX:
                raise
        else:
            break
    return told.last


class _Told:
    """Keeps the progress and passes it on."""

    def __init__(
        self, view: str, source: EntrySource, progress: Callable[[RebuildProgress], None]
    ) -> None:
        self._progress = progress
        self.last = RebuildProgress(view, 0, source.last_position(), 0)

    def folded(self, position: int, entries: int) -> None:
        """Tell that ``entries`` more are folded, up to ``position``."""
        end, folded = max(self.last.end, position), self.last.folded + entries
        self.last = RebuildProgress(self.last.view, position, end, folded)
        self._progress(self.last)


def _catch_up(shadow: View, source: EntrySource, told: _Told) -> None:
    after = shadow.position()
    with ThreadPoolExecutor(1, thread_name_prefix="read-ahead") as reader:
        for page in pages(source, shadow.projection.topics, after, reader):
            shadow.apply(page)
            told.folded(page.end, len(page.entries))
