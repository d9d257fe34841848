"""Inside the process that dies: a member of a group over the house of a case."""

import faulthandler
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from kafka import KafkaConsumer

import infra.kafka.consuming
import infra.keys.database
from infra.clock import FixedClock
from infra.house import open_house
from infra.kafka.consumer import mover
from infra.kafka.consuming import Consumption, Observer, Way
from infra.kafka.places import Places
from infra.kafka.schemas import NoSchemas
from infra.kafka.wire import Wire
from infra.settings import Settings
from tests.kafka.crashes.dying import Last, Watch
from tests.kafka.crashes.outages import answer_lost, away
from tests.kafka.topics import CLUSTER

THROUGH = "went through"

_POLL_MS = 60
"""A poll that finds nothing waits so long: the time in which a member knows that it is done."""

_BACKOFF_SECONDS = 0.01
_TRANSACTION_SECONDS = 5

_HANGS_SECONDS = 50.0
"""When a process is done for: it says where it hangs, and ends."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a process is told: the house, the topic, the group, and its last passing if it has one.

    ``instance`` names a static member: the next of that name takes its place at once. ``note`` is
    where it leaves word of its end; ``errors`` is where an exception goes.
    """

    settings: Settings
    now: int
    address: str
    topic: str
    group: str
    instance: str | None
    page: int
    last: Last | None
    note: Path
    errors: Path
    door: str | None = None
    loses: int | None = None
    session_ms: int = 6_000


def work(order: Order) -> None:
    """Read a topic to its end, or die of it; at its end nothing is closed, only left."""
    sys.stderr = order.errors.open("w")
    faulthandler.dump_traceback_later(_HANGS_SECONDS, exit=True, file=sys.stderr)
    watch = Watch(order.last, order.note)
    with ExitStack() as stack:
        stack.enter_context(_in_pages(order.page))
        house = stack.enter_context(open_house(order.settings, FixedClock(order.now)))
        places = Places(CLUSTER, house.store.position, mover(house))
        fenced: list[str] = []
        way = Way(house.ingest(), Wire(NoSchemas()), places, Observer(fenced=fenced.append))
        member = Consumption(
            _client(order), [order.topic], way, lambda: False, lambda _seconds: None
        )
        stack.enter_context(away(order.door, order.last.passing if order.last else 0))
        stack.enter_context(answer_lost(order.loses))
        stack.enter_context(watch.over_all())
        member.run(until_idle=True)
        order.note.write_text(f"went through, fenced {len(fenced)} times" if fenced else THROUGH)
        os._exit(0)


@contextmanager
def _in_pages(page: int) -> Iterator[None]:
    with (
        patch.object(infra.kafka.consuming, "PAGE", page),
        patch.object(infra.kafka.consuming, "POLL_MS", _POLL_MS),
        patch.object(infra.kafka.consuming, "BACKOFF_SECONDS", (_BACKOFF_SECONDS,)),
        patch.object(infra.keys.database, "TRANSACTION_SECONDS", _TRANSACTION_SECONDS),
    ):
        yield


def _client(order: Order) -> KafkaConsumer:
    return KafkaConsumer(
        bootstrap_servers=order.address,
        group_id=order.group,
        group_instance_id=order.instance,
        enable_auto_commit=False,
        auto_offset_reset="none",
        isolation_level="read_committed",
        session_timeout_ms=order.session_ms,
        heartbeat_interval_ms=250,
        fetch_max_wait_ms=20,
        retry_backoff_ms=10,
    )
