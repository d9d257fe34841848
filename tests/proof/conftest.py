"""A founded house over fresh databases, without a cluster of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.clock import FixedClock
from infra.embedded.cluster import Cluster
from infra.foundation import found_house
from infra.settings import Settings
from tests.consumers.feed import SUBMITTED, UPLOADED, Feed, email
from tests.proof.houses import SOURCE, Backups, Proof, open_proof, settings_of


@pytest.fixture
def settings(events_dsn: str, keys_dsn: str, tmp_path: Path, clock: FixedClock) -> Settings:
    """Give the settings of a house that was just founded."""
    made = settings_of(events_dsn, keys_dsn, tmp_path)
    found_house(made, clock)
    return made


@pytest.fixture
def settled(settings: Settings, clock: FixedClock) -> Settings:
    """Give a house that :func:`settle` left."""
    settle(settings, clock)
    return settings


@pytest.fixture
def proof(settings: Settings, clock: FixedClock) -> Iterator[Proof]:
    """Give an open house that knows nobody."""
    with open_proof(settings, clock) as opened:
        yield opened


@pytest.fixture
def known(proof: Proof) -> Proof:
    """Give an open house that knows r-1 and r-2, in the log and in the views."""
    proof.take(two_people().items)
    proof.project()
    return proof


def settle(settings: Settings, clock: FixedClock) -> None:
    """Leave a house, closed, in which r-0 is erased and r-1 and r-2 are known."""
    with open_proof(settings, clock) as proof:
        feed = Feed(SOURCE)
        feed.tell("r-0")
        proof.take(feed.items)
        proof.take(two_people().items, "feed/2")
        proof.project()
        proof.erase(proof.person("r-0"))
        proof.anchor_log()


def two_people() -> Feed:
    """Tell of r-1 (ane@example.org: registered, applied, a document) and of r-2."""
    feed = Feed(SOURCE)
    for remote_id, address in (("r-1", "ane@example.org"), ("r-2", "bo@example.org")):
        feed.tell(remote_id, contacts=email(address))
        feed.tell(remote_id, SUBMITTED)
        feed.tell(remote_id, UPLOADED)
    return feed


@pytest.fixture
def backups(cluster: Cluster) -> Iterator[Backups]:
    """Make copies of databases, dropped at the end."""
    made = Backups(cluster, [])
    yield made
    made.drop()
