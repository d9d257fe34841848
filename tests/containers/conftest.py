"""Tests of this room need a Docker engine and local images; ``make test-containers`` has both."""

from collections.abc import Iterator

import pytest

from tests.engine import KAFKA, POSTGRES, PROGRAM, contained_kafka, contained_postgres, why_not


def _require(*images: str) -> None:
    if reason := why_not(*images):
        pytest.skip(f"{reason}; enable with: make test-containers")


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """Run a PostgreSQL in a container; give its superuser's URL."""
    _require(POSTGRES)
    with contained_postgres() as url:
        yield url


@pytest.fixture(scope="session")
def kafka() -> Iterator[str]:
    """Run a broker in a container; give its address."""
    _require(KAFKA)
    with contained_kafka() as address:
        yield address


@pytest.fixture(scope="session")
def images() -> None:
    """Need every local image."""
    _require(KAFKA, POSTGRES, PROGRAM)
