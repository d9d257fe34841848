"""Every session of a database ends at every point of consuming: nothing is lost or doubled."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import wraps
from typing import Any
from unittest.mock import patch

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from domain.answers import KeyUnavailable
from infra.codec.envelopes import EnvelopeCodec
from infra.settings import DatabaseUrls, Settings
from tests.kafka.crashes.ground import Recovered
from tests.kafka.crashes.judging import CHECKS, Case, findings
from tests.kafka.crashes.places import PLACES, Place, Point, Side
from tests.kafka.crashes.plans import Plan
from tests.kafka.crashes.telling import Teller
from tests.kafka.members import running
from tests.kafka.test_outages import impatient as impatient  # noqa: PLC0414 - a fixture
from tests.kafka.topics import Topic
from tests.proof.houses import Proof, run_sql
from tests.servers import Server

pytestmark = pytest.mark.usefixtures("broker")

EVERY = [Point(place.name, side) for place in PLACES for side in Side]
ROUNDS_MAX = 4 * len(EVERY)
_END = (
    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
    " WHERE datname = %s AND usename <> current_user"
)
"""Every session but the test's own, which is the superuser's."""


class Cuts:
    """Ends a database's sessions at the next point that was not cut yet, whichever comes first."""

    def __init__(self, cluster: Server, dsn: str) -> None:
        self.left = list(EVERY)
        self._superuser = cluster.superuser_dsn()
        self._name = conninfo_to_dict(dsn)["dbname"]

    def passed(self, point: Point) -> None:
        if point in self.left:
            self.left.remove(point)
            with psycopg.connect(self._superuser, autocommit=True) as connection:
                connection.execute(_END, [self._name])

    def door(self) -> None:
        """Have a page wait as long as only the points of waiting are left."""
        if self.left and {point.place for point in self.left} == {"back-off"}:
            message = "away"
            raise KeyUnavailable(message)

    @contextmanager
    def over_all(self) -> Iterator[None]:
        with ExitStack() as stack:
            for place in PLACES:
                inner = getattr(place.owner, place.attribute)
                watched = self._watching(place, inner)
                stack.enter_context(patch.object(place.owner, place.attribute, watched))
            yield

    def _watching(self, place: Place, inner: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(inner)
        def watching(*given: Any, **named: Any) -> Any:  # noqa: ANN401 - any function
            self.passed(Point(place.name, Side.BEFORE))
            answer = inner(*given, **named)
            self.passed(Point(place.name, Side.AFTER))
            return answer

        return watching


@pytest.fixture(autouse=True)
def brisk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infra.kafka.consuming.POLL_MS", 60)
    monkeypatch.setattr("infra.kafka.consuming.BACKOFF_SECONDS", (0.02,))


@pytest.mark.requirement("A50")
@pytest.mark.parametrize("which", ["events", "keys"])
def test_sessions_that_end_at_every_point_lose_nothing(
    topic: Topic, proof: Proof, settings: Settings, cluster: Server, which: str
) -> None:
    assert isinstance(settings.databases, DatabaseUrls)
    cuts = Cuts(cluster, getattr(settings.databases, which))
    told = Teller(Plan(2_000, topic.partitions, 0, 6, (), 0), EnvelopeCodec())
    base = proof.house.store.last_position()
    watching = cluster.superuser_dsn(str(conninfo_to_dict(settings.databases.events)["dbname"]))
    with cuts.over_all(), running(topic, proof, preparing=cuts.door) as member:
        for _ in range(ROUNDS_MAX):
            topic.send(told.tell(6, strangers=True))
            member.until(lambda: _places(topic, watching) == told.sizes)
            if not cuts.left:
                break
    assert cuts.left == []
    assert findings(CHECKS, Case(proof.house, Recovered(topic, told, base, ()))) == []


def _places(topic: Topic, dsn: str) -> list[int]:
    rows = dict(run_sql(dsn, "SELECT name, pos FROM position"))
    return [rows.get(topic.name_of(n), 0) for n in range(topic.partitions)]
