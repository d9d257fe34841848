"""Writes the feeds: one container file a source, one file that broke off, and ``manifest.json``.

The file that broke off is a second delivery of the first source's first items, since the first
source has people in every feed: what can be read of it is repeated at another position, and its
last block is cut. Files are listed in the order in which they are to be read for the per-file
counts to hold: a source's own file before its second delivery. ``manifest.json`` is written last,
so a folder without one is unfinished.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

from consumers.ports import ParkReason
from consumers.upstream import Envelope
from infra.codec.container import sync_marker_of, write_container
from infra.codec.limits import FACT_BYTES_MAX
from infra.codec.upstream import UpstreamCodec
from infra.feeds.habits import source_slugs
from infra.feeds.lives import World
from infra.feeds.manifest import Ambiguous, Counts, FileTruth, Known, Manifest, known_of, listed
from infra.feeds.people import person
from infra.feeds.pools import pools
from infra.feeds.roster import Roster
from infra.feeds.stream import Feed
from infra.feeds.torn import cut_last_block
from infra.feeds.trouble import Item, Outcome

MANIFEST = "manifest.json"
PEOPLE_LISTED_MAX = 500
"""Up to so many candidates the manifest names everyone; beyond, an even spread of 200."""

_SPREAD = 200
_EMAILS_LISTED_MAX = 200
_AMBIGUOUS_LISTED = 20
_REDELIVERED_MAX = 400
"""Items of the second delivery: some blocks' worth, so that most of it can be read."""


Progress = Callable[[str, int], None]
"""Told a file's name and how many items it holds so far, once a chunk."""


def write_feeds(
    candidates: int, seed: int, out: Path, progress: Progress | None = None
) -> Manifest:
    """Write the feeds of ``candidates`` persons into a folder and return what must become of them.

    Memory is flat in ``candidates`` but for one byte each. Existing files of the same names are
    replaced.

    Raises:
        CandidatesOutOfRangeError: ``candidates`` is not between 1 and the roster's limit.
        SeedOutOfRangeError: ``seed`` is not between 0 and 2**32 - 1.
        OSError: the folder cannot be written.
    """
    world = World(Roster(candidates, seed), pools(seed), seed)
    out.mkdir(parents=True, exist_ok=True)
    desk = _Desk(world, out, progress or _silent)
    first, *others = source_slugs()
    desk.write_source(first)
    desk.write_redelivery(first)
    for source in others:
        desk.write_source(source)
    manifest = desk.manifest()
    text = json.dumps(manifest.as_json(), ensure_ascii=False, indent=1) + "\n"
    (out / MANIFEST).write_text(text, encoding="utf-8")
    return manifest


class _Desk:
    """One writing of the feeds: the files so far, and the people to be named."""

    def __init__(self, world: World, out: Path, progress: Progress) -> None:
        self._world = world
        self._out = out
        self._progress = progress
        self._codec = UpstreamCodec()
        self._files: list[FileTruth] = []
        self._known: list[Known] = []
        roster = world.roster
        everyone = range(roster.candidates)
        self._within = [p for p in everyone if roster.shared_within(p)]
        self._across = [p for p in everyone if roster.shared_across(p)]
        limit = PEOPLE_LISTED_MAX if len(everyone) <= PEOPLE_LISTED_MAX else _SPREAD
        shown = self._within[:_AMBIGUOUS_LISTED] + self._across[:_AMBIGUOUS_LISTED]
        self._listed = listed(roster.candidates, shown, limit)

    def write_source(self, source: str) -> None:
        """Write a source's own file."""
        counts = Counts()
        name = f"{source}.avro"
        self._write(name, self._counted(name, self._feed(source), counts))
        self._add(name, source, counts)

    def write_redelivery(self, source: str) -> None:
        """Write a source's first good items again and cut the file's last block."""
        name = f"{source}.redelivered.avro"
        again = list(islice(self._good(source), _REDELIVERED_MAX))
        self._write(name, [item.envelope for item in again])
        counts = Counts()
        for item in again[: cut_last_block(self._out / name)]:
            counts.add_item(replace(item, outcome=Outcome.DUPLICATE))
        counts.items += 1
        counts.parked[ParkReason.TRUNCATED.value] += 1
        self._add(name, source, counts)

    def manifest(self) -> Manifest:
        """Say what was written."""
        return Manifest(
            candidates=self._world.roster.candidates,
            seed=self._world.seed,
            files=tuple(self._files),
            people=tuple(self._known),
            within_controller=self._ambiguous(self._within),
            across_controllers=self._ambiguous(self._across),
        )

    def _feed(self, source: str) -> Feed:
        return Feed(self._world, source, self._codec.encode_fact, FACT_BYTES_MAX)

    def _good(self, source: str) -> Iterator[Item]:
        for chunk in self._feed(source).chunks():
            yield from (item for item in chunk.items if item.outcome is Outcome.RECORDED)

    def _counted(self, name: str, feed: Feed, counts: Counts) -> Iterator[Envelope]:
        for chunk in feed.chunks():
            counts.add_chunk(chunk)
            listed_here = [life for life in chunk.lives if life.subject.person in self._listed]
            self._known += [known_of(life) for life in listed_here]
            self._progress(name, counts.items)
            yield from (item.envelope for item in chunk.items)

    def _write(self, name: str, envelopes: Iterator[Envelope] | list[Envelope]) -> None:
        marker = sync_marker_of(f"{self._world.seed}/{name}".encode())
        write_container(self._out / name, envelopes, marker)

    def _add(self, name: str, source: str, counts: Counts) -> None:
        owner = source.partition(".")[0]
        size = (self._out / name).stat().st_size
        self._files.append(FileTruth(name, owner, source, size, counts))

    def _ambiguous(self, people: list[int]) -> Ambiguous:
        named = people[:_EMAILS_LISTED_MAX]
        emails = [person(self._world.seed, p, self._world.pools).email for p in named]
        return Ambiguous(len(people), tuple(emails))


def _silent(_file: str, _items: int) -> None:
    return None
