"""How seldom garbage is looked for is the house's own affair, and ends with it."""

import gc

from infra.collector import seldom_collecting


def test_the_collector_is_as_before_when_the_house_closes() -> None:
    before = gc.get_threshold(), gc.get_freeze_count()
    with seldom_collecting():
        assert gc.get_threshold() != before[0]
    assert (gc.get_threshold(), gc.get_freeze_count()) == before


def test_what_was_loaded_before_is_not_looked_at_again() -> None:
    with seldom_collecting():
        assert gc.get_freeze_count() > 0
