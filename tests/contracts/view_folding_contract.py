"""A page moves rows and position together, once."""

from typing import Any

import pytest

from projections.dossier import DOSSIER
from projections.projection import Projection
from projections.timeline import TIMELINE
from projections.view import Page, ViewFenced
from tests.contracts.view_feeding import (
    ALL_ROWS,
    END,
    LIFE,
    Make,
    UnfoldableError,
    breaking,
    feed,
    relevant,
    rows_of,
)
from tests.examples import every_fact
from tests.projections.every import every_projection
from tests.projections.logs import folded, log_of, page_of


class FoldingContract:
    """The cases of applying, counting and scanning."""

    @every_projection
    def test_a_new_view_stands_at_zero(self, make: Make, projection: Projection[Any]) -> None:
        assert make(projection).position() == 0

    @every_projection
    def test_a_page_moves_the_position(self, make: Make, projection: Projection[Any]) -> None:
        assert feed(make(projection), LIFE).position() == 4

    @every_projection
    def test_a_page_of_nothing_moves_the_position(
        self, make: Make, projection: Projection[Any]
    ) -> None:
        view = make(projection)
        view.apply(Page(0, 9, ()))
        assert view.position() == 9

    @every_projection
    def test_every_fact_folds_into_the_stored_rows(
        self, make: Make, projection: Projection[Any]
    ) -> None:
        log = log_of(*every_fact())
        assert rows_of(feed(make(projection), log)) == folded(projection, log)

    @every_projection
    def test_pages_fold_to_the_rows_of_one_page(
        self, make: Make, projection: Projection[Any]
    ) -> None:
        view = feed(make(projection), LIFE[:1], LIFE[1:3], LIFE[3:], END[:1], END[1:])
        assert rows_of(view) == folded(projection, LIFE + END)

    @every_projection
    def test_a_page_from_elsewhere_is_fenced(self, make: Make, projection: Projection[Any]) -> None:
        view = make(projection)
        with pytest.raises(ViewFenced):
            view.apply(Page(3, 4, ()))

    @every_projection
    def test_a_page_applied_twice_is_fenced(self, make: Make, projection: Projection[Any]) -> None:
        view = feed(make(projection), LIFE)
        with pytest.raises(ViewFenced):
            feed(view, LIFE)

    @every_projection
    def test_a_fenced_page_changes_no_row(self, make: Make, projection: Projection[Any]) -> None:
        view = feed(make(projection), LIFE)
        before = rows_of(view)
        with pytest.raises(ViewFenced):
            view.apply(relevant(projection, page_of(END, after=0)))
        assert rows_of(view) == before

    def test_a_fold_that_fails_changes_no_row(self, make: Make) -> None:
        feed(make(TIMELINE), LIFE[:1])
        with pytest.raises(UnfoldableError):
            feed(make(breaking(TIMELINE, at=4)), LIFE[1:])
        assert rows_of(make(TIMELINE)) == folded(TIMELINE, LIFE[:1])

    def test_a_fold_that_fails_leaves_the_position(self, make: Make) -> None:
        feed(make(TIMELINE), LIFE[:1])
        with pytest.raises(UnfoldableError):
            feed(make(breaking(TIMELINE, at=4)), LIFE[1:])
        assert make(TIMELINE).position() == 1

    @every_projection
    def test_rows_are_counted(self, make: Make, projection: Projection[Any]) -> None:
        view = feed(make(projection), LIFE + END)
        assert view.count() == len(folded(projection, LIFE + END))

    def test_rows_are_scanned_page_by_page(self, make: Make) -> None:
        view = feed(make(DOSSIER), LIFE)
        first = view.scan(None, 3)
        rest = view.scan(first[-1][:2], ALL_ROWS)
        assert {row[:2]: row for row in first + rest} == folded(DOSSIER, LIFE)
