"""A house in memory, and a feed that tells of one person."""

import pytest

from tests.consumers.feed import SUBMITTED, UPLOADED, Feed
from tests.consumers.side import Side


@pytest.fixture
def side() -> Side:
    return Side()


@pytest.fixture
def feed() -> Feed:
    """Tell of r-1: registered, applied, a document; and of r-2: registered."""
    made = Feed()
    made.tell()
    made.tell(topic=SUBMITTED)
    made.tell(topic=UPLOADED)
    made.tell("r-2")
    return made
