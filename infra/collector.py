"""How seldom Python looks for cyclic garbage while facts stream through a house.

A page is tens of thousands of small objects, in no cycle, that live until it is committed. With
the default thresholds the collector walks them again and again: a third of the cost of reading the
log. What a page leaves behind is freed by reference counts as ever, so memory stays flat.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_THRESHOLDS = (400_000, 5, 5)
"""Objects more than were freed before a look at the youngest, and looks before the older ones.

Above what two pages of a view hold at once, so that none is walked: a tenth of reading the log."""


@contextmanager
def seldom_collecting() -> Iterator[None]:
    """Put what is loaded out of the collector's sight, and let it look seldom."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(*_THRESHOLDS)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
