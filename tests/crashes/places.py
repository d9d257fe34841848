"""The named places at which a process is killed: before the work there, and after it.

A place is one function of the product, watched from outside in the process that dies; the product
has no hooks for it. Some lie inside a transaction. ``docs/reliability.md`` is made from this.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import consumers.sweep
import infra.keys.admission
import infra.keys.anchor
import infra.keys.journal
import infra.keys.shredding
import infra.store.recorder
import infra.views.positions
from consumers.erasure import ErasureProcess
from consumers.intake import Reception
from consumers.ports import Batch
from domain.erasure import ErasureOrdered
from infra.keys.anchor import FileAnchor
from infra.keys.keyring import Keyring
from infra.keys.loose import LooseKeys
from infra.keys.record_file import RecordFile
from infra.store.store import EventStore
from infra.views.postgres import PostgresView
from infra.views.stored import Stored


class Work(StrEnum):
    """What is interrupted."""

    INGEST = "ingest"
    PROJECTION = "projection"
    ERASURE = "erasure"
    SWEEP = "sweep"


class Side(StrEnum):
    """Where in a place the process ends."""

    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Place:
    """A function of the product: ``owner.attribute``, and what happens there, in words.

    ``inside`` says that a transaction is open there: nothing of it is committed on either side.
    ``only`` narrows the place to some calls, by their arguments.
    """

    name: str
    words: str
    owner: Any
    attribute: str
    inside: bool = False
    only: Callable[..., bool] = lambda *_args, **_named: True


@dataclass(frozen=True, slots=True)
class Point:
    """One side of a place: where a seed kills."""

    place: str
    side: Side

    def __str__(self) -> str:
        """Name it as a plan and a failure do."""
        return f"{self.side.value} {self.place}"


def _ends_a_file(_log: EventStore, batch: Batch) -> bool:
    return batch.advance is not None and batch.advance.name.endswith("/passes")


def _holds_a_page(log: EventStore, batch: Batch) -> bool:
    return batch.advance is not None and not _ends_a_file(log, batch)


def _fences(_log: EventStore, batch: Batch) -> bool:
    facts = [fact for recording in batch.recordings for _, fact in recording.facts]
    return any(isinstance(fact, ErasureOrdered) for fact in facts)


def _announces(log: EventStore, batch: Batch) -> bool:
    return not (batch.advance or _fences(log, batch) or _ends_erasures(log, batch))


def _ends_erasures(_log: EventStore, batch: Batch) -> bool:
    return batch.erasure_head is not None


_ANCHORED = Place(
    "anchor-log", "the log's end is anchored outside both databases", FileAnchor, "write_log"
)
_WRITTEN = Place(
    "append-written",
    "a batch is in the log's tables",
    infra.store.recorder,
    "_outcome",
    inside=True,
)
_ROWS = Place("rows", "a view's rows are written", Stored, "put", inside=True)
_FENCE = Place("fence", "the erasures are ordered in the log", EventStore, "append", only=_fences)
_DESTROY = Place("destroy", "the keys are destroyed", Keyring, "destroy")
_ANCHOR = Place(
    "anchor", "the journal's records are copied, and its head anchored", FileAnchor, "advance"
)
_KEPT = Place(
    "anchor-records", "the journal's records are copied beside the anchor", RecordFile, "append"
)
_PURGE = Place("purge", "a view's tokens are purged", PostgresView, "purge_all")
_ERASED = Place(
    "erased", "the erasures are recorded as ended", EventStore, "append", only=_ends_erasures
)

PLACES: dict[Work, tuple[Place, ...]] = {
    Work.INGEST: (
        Place("take-in", "a page is decoded and translated", Reception, "take_in"),
        Place("admit", "its people and their keys are durable", Keyring, "admit"),
        Place(
            "keys-written",
            "new keys are in the key database's tables",
            infra.keys.admission,
            "insert_new",
            inside=True,
        ),
        Place("seal", "its values are sealed", Keyring, "seal"),
        Place("park", "what cannot be read is sealed to be set aside", LooseKeys, "seal"),
        Place("load", "the people's heads are read", EventStore, "load"),
        Place("append", "the page is in the log", EventStore, "append", only=_holds_a_page),
        _WRITTEN,
        Place(
            "file-end", "a file counts as read to its end", EventStore, "append", only=_ends_a_file
        ),
        _ANCHORED,
    ),
    Work.PROJECTION: (
        Place("fold", "a page is in a view", PostgresView, "apply"),
        Place(
            "position",
            "a view's position is moved",
            infra.views.positions,
            "move",
            inside=True,
        ),
        _ROWS,
        Place("shadow", "a rebuild is begun beside the view", PostgresView, "shadow"),
        Place(
            "promote",
            "a rebuilt view's position becomes the old one's",
            infra.views.positions,
            "promote",
            inside=True,
        ),
        Place("swap", "a rebuilt view stands in the old one's place", PostgresView, "swap"),
    ),
    Work.ERASURE: (
        Place("footprint", "the keys to destroy are named", Keyring, "live_epochs"),
        Place("outlive", "what must outlive the keys is sealed", Keyring, "seal"),
        _FENCE,
        _DESTROY,
        Place(
            "bury", "keys are deleted, tombstones stand", infra.keys.shredding, "bury", inside=True
        ),
        Place(
            "look-ups",
            "look-ups are cleared, late-fact guards stand",
            infra.keys.shredding,
            "clear_lookups",
            inside=True,
        ),
        Place("journal", "the journal has its records", infra.keys.journal, "append", inside=True),
        _KEPT,
        Place(
            "anchor-file", "a file of the anchor is on disk, its records or its end", os, "fsync"
        ),
        _ANCHOR,
        _PURGE,
        _ROWS,
        Place("verify", "tokens were tried, and none opened", Keyring, "open"),
        _ERASED,
        _WRITTEN,
        _ANCHORED,
    ),
    Work.SWEEP: (
        Place("walk", "a page of people is read", EventStore, "heads_after"),
        Place(
            "decide",
            "it is decided who is warned and whose time ran out",
            consumers.sweep,
            "decide_page",
        ),
        Place("record", "warnings and ends are recorded", EventStore, "append", only=_announces),
        Place("erase", "those whose time ran out are erased", ErasureProcess, "erase"),
        _FENCE,
        _DESTROY,
        _ANCHOR,
        _PURGE,
        _ERASED,
    ),
}


def points(work: Work) -> list[Point]:
    """Return every point of a work, in order."""
    return [Point(place.name, side) for place in PLACES[work] for side in Side]
