"""Probes of what forbids an erasure fail when it is not asked."""

import pytest

from domain import permission
from tests.domain import test_legal_holds as holds


@pytest.mark.parametrize("category", [None, "communications"])
def test_a_hold_that_is_overlooked_is_seen(
    monkeypatch: pytest.MonkeyPatch, category: str | None
) -> None:
    monkeypatch.setattr(permission, "held", lambda *_: False)
    with pytest.raises(AssertionError):
        holds.test_a_hold_on_a_person_stops_every_order(category)
