"""The named places of consuming at which a process is killed: before the work there, or after it.

A place is one function of the product or of its client, watched from outside in the process that
dies; the product has no hooks for it. Some lie inside a transaction.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from kafka import KafkaConsumer

import infra.keys.admission
import infra.store.recorder
from infra.kafka.consuming import Consumption
from infra.kafka.places import Places
from infra.kafka.wire import Wire
from infra.keys.keyring import Keyring
from infra.store.recorder import LogRecorder
from infra.store.store import EventStore


class Side(StrEnum):
    """Where in a place the process ends."""

    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Place:
    """A function: ``owner.attribute``, and what happens there, in words.

    ``inside`` says that a transaction is open there: nothing of it is committed on either side.
    """

    name: str
    words: str
    owner: Any
    attribute: str
    inside: bool = False


@dataclass(frozen=True, slots=True)
class Point:
    """One side of a place: where a seed kills."""

    place: str
    side: Side

    def __str__(self) -> str:
        """Name it as a plan and a failure do."""
        return f"{self.side.value} {self.place}"


PLACES = (
    Place("find", "where partitions stand is asked of the event database", Places, "find"),
    Place("take", "a page that was polled is taken in", Consumption, "_take"),
    Place("decode", "a record is decoded", Wire, "incoming"),
    Place("admit", "a page's people and their keys are durable", Keyring, "admit"),
    Place(
        "keys-written",
        "new keys are in the key database's tables",
        infra.keys.admission,
        "insert_new",
        inside=True,
    ),
    Place("seal", "a page's values are sealed", Keyring, "seal"),
    Place("append", "a page is appended, and its answer is known", EventStore, "append"),
    Place(
        "append-written",
        "a page is in the log's tables",
        infra.store.recorder,
        "_outcome",
        inside=True,
    ),
    Place("commit", "a page is committed", LogRecorder, "commit"),
    Place("tell", "Kafka is told the offset", KafkaConsumer, "commit"),
    Place("back-off", "partitions are paused while something is away", KafkaConsumer, "pause"),
)

POINTS = (
    Point("find", Side.AFTER),
    Point("take", Side.BEFORE),
    Point("decode", Side.AFTER),
    Point("keys-written", Side.AFTER),
    Point("admit", Side.AFTER),
    Point("seal", Side.AFTER),
    Point("append", Side.BEFORE),
    Point("append-written", Side.AFTER),
    Point("commit", Side.AFTER),
    Point("append", Side.AFTER),
    Point("tell", Side.AFTER),
    Point("back-off", Side.AFTER),
)
"""Every point at which a seed kills: assigned and not sought yet; polled; decoded; inside the keys'
transaction; keys made; sealed; before the log's lock; inside its transaction; committed and not
answered; answered and Kafka not told; told; partitions paused."""
