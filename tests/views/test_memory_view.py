"""The fake views pass the contract cases."""

from collections import defaultdict

import pytest

from projections.board import BOARD
from projections.view import ViewUnavailable
from tests.contracts.view_contract import ViewContract
from tests.contracts.view_feeding import Make
from tests.fakes.views import Held, MemoryView


class TestMemoryView(ViewContract):
    @pytest.fixture
    def make(self) -> Make:
        held: defaultdict[str, Held] = defaultdict(Held)
        return lambda projection: MemoryView(projection, held[projection.name])

    def test_away_is_unavailable(self) -> None:
        with pytest.raises(ViewUnavailable):
            MemoryView(BOARD, Held(away=True)).position()
