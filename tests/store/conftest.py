"""A fresh event store, with the published schemas."""

from collections.abc import Iterator

import pytest

from infra.codec.facts import FactCodec
from infra.store.schema import create_schema
from infra.store.store import EventStore


@pytest.fixture(scope="session")
def codec() -> FactCodec:
    """Give the codec of the published schemas."""
    return FactCodec()


@pytest.fixture
def store(events_dsn: str, codec: FactCodec) -> Iterator[EventStore]:
    """Give an event store on an empty log."""
    create_schema(events_dsn)
    with EventStore(events_dsn, codec) as opened:
        yield opened
