"""The scene: two marked people, one of them erased and finalised, and everything kept."""

from collections.abc import Iterator

import pytest

from domain.values import instant_of
from infra.clock import FixedClock
from infra.embedded.cluster import open_cluster, remove_cluster
from infra.foundation import found_house
from infra.settings import Language, Settings
from tests.conftest import NOON
from tests.consumers.feed import Feed
from tests.forensics.evidence import ERASED, FINAL, KNOWN, MOMENTS, Evidence, Rows
from tests.forensics.replaying import replayed
from tests.keys.attacker import Attacker, Copy, copy_of
from tests.proof.canaries import HER, OTHER, marks, spoil, tell
from tests.proof.houses import SOURCE


@pytest.fixture(scope="session")
def evidence(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Evidence]:
    """Keep a house before an erasure, after it, and after its finalisation."""
    folder = tmp_path_factory.mktemp("forensics")
    home = folder / "home"
    settings = Settings(
        home=home,
        databases=None,
        root_key=home / "root.key",
        anchor=folder / "anchor",
        language=Language.ENGLISH,
    )
    with open_cluster(home) as cluster:
        made = Evidence(settings, cluster, FixedClock(instant_of(NOON)), folder / "kept")
        made.keep_log()
        found_house(settings, made.clock)
        live(made)
        yield made
    remove_cluster(home)


def live(made: Evidence) -> None:
    feed = Feed(SOURCE)
    for mark in (HER, OTHER):
        tell(feed, mark)
        spoil(feed, mark)
    with made.house() as proof:
        proof.take(feed.items)
        proof.project()
        her, other = (proof.person(marks(mark)["remote"]) for mark in (HER, OTHER))
        made.her, made.other = her, other
        made.tokens = {person: proof.tokens(person) for person in (her, other)}
    made.keep(KNOWN)
    with made.house() as proof:
        proof.erase(her)
        proof.project()
    made.keep(ERASED)
    made.finalise()
    made.keep(FINAL)
    made.keep_wal()
    made.unpack()


@pytest.fixture(scope="session")
def replays(evidence: Evidence) -> dict[str, Copy]:
    """Give the key rows of the oldest base backup, brought by the log alone to each moment."""
    base, log = evidence.kept / KNOWN / "base", evidence.kept / "wal"
    found = {}
    for moment in MOMENTS:
        with replayed(evidence.settings.home, base, log, moment) as cluster:
            found[moment] = copy_of(Rows(cluster.keys_dsn))
    return found


@pytest.fixture(scope="session")
def keys(evidence: Evidence) -> frozenset[bytes]:
    """Give every key there ever was, unwrapped, the roots among them."""
    roots = {root for held in evidence.roots.values() for root in held}
    one = Attacker(list(evidence.copies.values()), list(roots)).attack()
    branches = {*one.controller_keys, *one.cohort_keys, *one.bucket_keys, *one.peppers}
    return frozenset({*roots, *branches, *one.deks.values(), *one.loose.values()})
