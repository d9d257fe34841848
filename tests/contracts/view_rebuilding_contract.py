"""A rebuild ends in the live rows while readers keep the old ones."""

from typing import Any

import pytest

from infra.views.rebuild import rebuild
from projections.board import BOARD
from projections.dossier import DOSSIER
from projections.projection import Projection
from projections.timeline import TIMELINE
from projections.view import ShadowBehind
from tests import examples
from tests.contracts.view_feeding import END, LIFE, Make, feed, log_with, rows_of
from tests.projections.every import every_projection, with_tokens
from tests.projections.logs import folded


class RebuildingContract:
    """The cases of shadow and swap."""

    @every_projection
    def test_a_rebuild_ends_in_the_live_rows(self, make: Make, projection: Projection[Any]) -> None:
        view = feed(make(projection), LIFE, END)
        live = rows_of(view)
        rebuild(view, log_with(LIFE, END), lambda _: None)
        assert rows_of(view) == live

    @with_tokens
    def test_a_rebuild_after_a_purge_ends_in_the_purged_rows(
        self, make: Make, projection: Projection[Any]
    ) -> None:
        view = feed(make(projection), LIFE, END[:1])
        view.purge(examples.subject(), None)
        purged = rows_of(feed(view, END[1:]))
        rebuild(view, log_with(LIFE, END), lambda _: None)
        assert rows_of(view) == purged

    @every_projection
    def test_a_rebuild_moves_the_position_to_the_logs_end(
        self, make: Make, projection: Projection[Any]
    ) -> None:
        view = feed(make(projection), LIFE)
        rebuild(view, log_with(LIFE, END), lambda _: None)
        assert view.position() == 6

    def test_a_view_is_folded_on_after_a_rebuild(self, make: Make) -> None:
        view = feed(make(DOSSIER), LIFE)
        rebuild(view, log_with(LIFE), lambda _: None)
        assert rows_of(feed(view, END)) == folded(DOSSIER, LIFE + END)

    def test_a_view_is_rebuilt_twice(self, make: Make) -> None:
        view = feed(make(BOARD), LIFE)
        rebuild(view, log_with(LIFE), lambda _: None)
        rebuild(view, log_with(LIFE, END), lambda _: None)
        assert view.position() == 6

    def test_readers_keep_the_old_rows_during_a_rebuild(self, make: Make) -> None:
        view = feed(make(TIMELINE), LIFE)
        feed(view.shadow(), LIFE[:1])
        assert rows_of(view) == folded(TIMELINE, LIFE)

    def test_a_rebuild_is_taken_up_where_it_stood(self, make: Make) -> None:
        feed(make(TIMELINE).shadow(), LIFE[:2])
        assert make(TIMELINE).shadow().position() == 2

    def test_a_discarded_rebuild_begins_anew(self, make: Make) -> None:
        feed(make(TIMELINE).shadow(), LIFE[:2])
        make(TIMELINE).discard_shadow()
        assert make(TIMELINE).shadow().position() == 0

    def test_a_shadow_behind_the_view_does_not_take_its_place(self, make: Make) -> None:
        view = feed(make(TIMELINE), LIFE)
        feed(view.shadow(), LIFE[:1])
        with pytest.raises(ShadowBehind):
            view.swap()

    def test_without_a_shadow_nothing_is_swapped(self, make: Make) -> None:
        with pytest.raises(ShadowBehind):
            make(TIMELINE).swap()

    def test_a_purge_reaches_a_rebuild_under_way(self, make: Make) -> None:
        view = feed(make(TIMELINE), LIFE)
        feed(view.shadow(), LIFE)
        view.purge(examples.subject(), None)
        assert view.probe(examples.subject()) == []

    def test_a_probe_reaches_a_rebuild_under_way(self, make: Make) -> None:
        view = feed(make(TIMELINE), LIFE)
        feed(view.shadow(), LIFE)
        assert len(view.probe(examples.subject())) == 10
