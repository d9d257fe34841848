"""What a member tells of itself: counters for Prometheus, and whether it is well.

Rules: labels are topics, partitions, outcomes and reasons, each from a small known set; never an id
of a person or a source's own. A member is well when it polled within :data:`WELL_SECONDS`, nothing
has been away for that long, and no partition stands at a gap.
"""

import json
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from threading import Thread
from typing import TYPE_CHECKING
from wsgiref.simple_server import WSGIRequestHandler, make_server

from prometheus_client import CollectorRegistry, Counter, Gauge, make_wsgi_app

from consumers.tally import Tally
from infra.kafka.consuming import Observer
from infra.kafka.places import Gap

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

WELL_SECONDS = 60.0
_HEALTH = "/health"


class Metrics:
    """One process's counters. ``monotonic`` times what is away, in seconds."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.registry = CollectorRegistry()
        self._monotonic = monotonic
        self._heard = monotonic()
        self._gaps: set[str] = set()
        self._items = Counter(
            "glemmebok_items",
            "Records taken in, by what became of them.",
            ("outcome", "reason"),
            registry=self.registry,
        )
        self._pages = Counter("glemmebok_pages", "Pages committed.", registry=self.registry)
        self._away = Counter(
            "glemmebok_away", "Times something was away.", ("what",), registry=self.registry
        )
        self._fenced = Counter(
            "glemmebok_fenced",
            "Times another member had moved a place.",
            registry=self.registry,
        )
        self._lag = Gauge(
            "glemmebok_lag",
            "Records of a partition that wait.",
            ("topic", "partition"),
            registry=self.registry,
        )
        self._at_gap = Gauge(
            "glemmebok_gaps",
            "Partitions whose place the broker does not have.",
            registry=self.registry,
        )

    def observer(self) -> Observer:
        """Make the observer that feeds the counters."""
        return Observer(
            polled=self.polled,
            taken=self._taken,
            away=self._was_away,
            fenced=self._was_fenced,
            gapped=self._gapped,
            lag=self._behind,
            given_up=self._given_up,
        )

    def polled(self) -> None:
        """Note that the member is alive."""
        self._heard = self._monotonic()

    def health(self) -> tuple[bool, dict[str, object]]:
        """Say whether the member is well, and why not."""
        silent = self._monotonic() - self._heard
        told = {"silent_seconds": round(silent, 1), "gaps": sorted(self._gaps)}
        return silent < WELL_SECONDS and not self._gaps, told

    def _taken(self, _name: str, tally: Tally) -> None:
        self.polled()
        self._pages.inc()
        for outcome in ("recorded", "duplicate", "unchanged"):
            self._items.labels(outcome, "").inc(getattr(tally, outcome))
        for outcome, counts in (("refused", tally.refused), ("parked", tally.parked)):
            for reason, count in counts.items():
                self._items.labels(outcome, reason).inc(count)

    def _was_away(self, what: str, _attempt: int) -> None:
        self._away.labels(what).inc()

    def _was_fenced(self, _name: str) -> None:
        self._fenced.inc()

    def _gapped(self, gap: Gap) -> None:
        self._gaps.add(gap.name)
        self._at_gap.set(len(self._gaps))

    def _behind(self, name: str, records: int) -> None:
        self._lag.labels(*_labels(name)).set(records)

    def _given_up(self, name: str) -> None:
        """Leave a partition's gap and lag to the member that has it now."""
        self._gaps.discard(name)
        self._at_gap.set(len(self._gaps))
        self._lag.remove(*_labels(name))


def _labels(name: str) -> tuple[str, str]:
    _, _, topic, partition = name.split("/")
    return topic, partition


class _Quiet(WSGIRequestHandler):
    """Logs no request: whoever scrapes asks every few seconds."""

    def log_message(self, *_told: object) -> None:
        """Say nothing."""


@contextmanager
def served(metrics: Metrics, port: int, host: str = "127.0.0.1") -> Iterator[int]:
    """Serve ``/metrics`` and ``/health`` for as long as the block lasts; yields the port.

    Raises:
        OSError: the port is taken.
    """
    scraped: WSGIApplication = make_wsgi_app(metrics.registry)

    def answer(asked: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        if asked["PATH_INFO"] != _HEALTH:
            return scraped(asked, start)
        well, told = metrics.health()
        status = HTTPStatus.OK if well else HTTPStatus.SERVICE_UNAVAILABLE
        start(f"{status.value} {status.phrase}", [("Content-Type", "application/json")])
        return [json.dumps({"well": well, **told}).encode()]

    with make_server(host, port, answer, handler_class=_Quiet) as server:
        thread = Thread(target=server.serve_forever, name="metrics", daemon=True)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()
