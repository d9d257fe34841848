"""What holds of every projection, whatever the log: hypothesis draws it."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.erasure import OUTLIVING, Scope, SubjectErased
from domain.fact import Entry
from projections.board import BOARD
from projections.projection import Projection, count_tokens, fold, place, purge
from tests.projections.every import every_projection
from tests.projections.logs import folded, logs

EXAMPLES = 40
"""Logs drawn for each projection and each rule."""


@every_projection
@settings(max_examples=EXAMPLES)
@given(log=logs, cuts=st.sets(st.integers(1, 40)))
def test_any_split_into_pages_folds_to_the_same_rows(
    projection: Projection[Any], log: list[Entry], cuts: set[int]
) -> None:
    edges = [0, *sorted(cut for cut in cuts if cut < len(log)), len(log)]
    batches = [log[a:b] for a, b in pairwise(edges)]
    assert folded(projection, *batches) == folded(projection, log)


@every_projection
@settings(max_examples=EXAMPLES)
@given(log=logs)
def test_an_erased_person_has_no_token_in_any_view(
    projection: Projection[Any], log: list[Entry]
) -> None:
    gone = {
        entry.subject
        for entry in log
        if isinstance(entry.fact, SubjectErased) and entry.fact.category is None
    }
    rows = [row for row in folded(projection, log).values() if row[0] in gone]
    assert count_tokens(projection, rows) == 0


@every_projection
@settings(max_examples=EXAMPLES)
@given(log=logs)
def test_purging_before_the_end_of_an_erasure_changes_nothing_after_it(
    projection: Projection[Any], log: list[Entry]
) -> None:
    rows = folded(projection, log)
    ends = [entry for entry in log if isinstance(entry.fact, SubjectErased)]
    for end in ends[-1:]:
        assert isinstance(end.fact, SubjectErased)
        before, after = log[: end.position - 1], log[end.position - 1 :]
        left = purge(
            projection, folded(projection, before).values(), [Scope(end.subject, end.fact.category)]
        )
        purged = {row[:2]: row for row in left}
        rows_after = _continued(projection, purged, after)
        assert rows_after == rows


@every_projection
@settings(max_examples=EXAMPLES)
@given(log=logs)
def test_a_row_that_is_not_purgeable_holds_no_token(
    projection: Projection[Any], log: list[Entry]
) -> None:
    if projection.tokens is not None:
        spent = [row for row in folded(projection, log).values() if not row.purgeable]
        assert count_tokens(projection, spent) == 0


@every_projection
@settings(max_examples=EXAMPLES)
@given(log=logs)
def test_no_token_whose_key_outlives_the_person_enters_a_view(
    projection: Projection[Any], log: list[Entry]
) -> None:
    if projection.tokens is not None:
        rows = folded(projection, log).values()
        found = [r.category for row in rows for r in projection.tokens.requests(row)]
        assert not any(category.startswith(OUTLIVING) for category in found)


@pytest.mark.requirement("A54")
@settings(max_examples=EXAMPLES)
@given(log=logs)
def test_counts_by_stage_and_status_are_the_same_without_the_erasures(log: list[Entry]) -> None:
    without = [entry for entry in log if not isinstance(entry.fact, SubjectErased)]
    assert folded(BOARD, log) == folded(BOARD, without)


def _continued(
    projection: Projection[Any], rows: dict[Any, Any], entries: list[Entry]
) -> dict[Any, Any]:
    """Fold entries over rows that were purged."""
    return fold(projection, rows, place(projection, entries))
