"""The items of one source, in the order in which they arrive.

People are taken in chunks, in order of their coming, and a chunk's items are sorted by arrival:
memory holds one chunk whatever the feed's size, and the file runs roughly through the window.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from consumers.upstream import Envelope
from infra.feeds.dice import Lane, dice
from infra.feeds.habits import source_slugs
from infra.feeds.life import Life
from infra.feeds.lives import World
from infra.feeds.trouble import Breaker, Item, Outcome, delay, reasons, repeats

CHUNK_PEOPLE = 256
"""People whose items are sorted together: about 3,300 items, a few megabytes."""

_CHUNKS_MAX = 1 << 20
"""Chunks a source may have, so that each (source, chunk) has a number of its own."""

Encode = Callable[[str, Mapping[str, object]], bytes]
"""From a fact's stored name and its values to single-object bytes."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some people's lives and their items, in order of arrival.

    ``late`` counts items that arrive after a later fact of the same person.
    """

    lives: Sequence[Life]
    items: Sequence[Item]
    late: int


@dataclass(frozen=True, slots=True)
class Feed:
    """One source's feed: the same chunks whenever they are asked for."""

    world: World
    source: str
    encode: Encode
    fact_bytes_max: int

    def chunks(self) -> Iterator[Chunk]:
        """Yield the feed, trouble included."""
        subjects = self.world.roster.subjects(self.source)
        number = 0
        while taken := list(islice(subjects, CHUNK_PEOPLE)):
            yield self._chunk([self.world.life(subject) for subject in taken], number)
            number += 1

    def clean(self) -> Iterator[Envelope]:
        """Yield the valid facts alone, each once, none late."""
        subjects = self.world.roster.subjects(self.source)
        while taken := list(islice(subjects, CHUNK_PEOPLE)):
            items = [i for s in taken for i in self._items(self.world.life(s))]
            items.sort(key=_by_arrival)
            yield from [item.envelope for item in items]

    def _chunk(self, lives: Sequence[Life], number: int) -> Chunk:
        mine, kinds = source_slugs().index(self.source), reasons()
        draw = dice(self.world.seed, Lane.TROUBLE, mine * _CHUNKS_MAX + number)
        items: list[Item] = []
        for life in lives:
            told = self._items(life)
            delay(told, draw)
            items += told
        certain = None if number else kinds[mine % len(kinds)]
        broken = Breaker(self.fact_bytes_max, draw).broken(items, certain)
        items += [*repeats(items, draw), *broken]
        items.sort(key=_by_arrival)
        return Chunk(lives, items, _late(items))

    def _items(self, life: Life) -> list[Item]:
        remote_id = life.subject.remote_id
        return [
            Item(
                occurred_at,
                Envelope(
                    source=self.source,
                    remote_event_id=f"{remote_id}-{number}",
                    remote_candidate_id=remote_id,
                    occurred_at=occurred_at,
                    contacts=step.contacts,
                    fact=self.encode(step.topic, step.values),
                ),
                step.topic,
                str(step.values.get("remote_application_id", "")),
            )
            for number, (occurred_at, step) in enumerate(life.told())
        ]


def _by_arrival(item: Item) -> int:
    return item.arrival


def _late(items: Sequence[Item]) -> int:
    """Count items that occurred before a fact of the same person that has arrived already."""
    latest: dict[str, int] = {}
    late = 0
    for item in items:
        if item.outcome is not Outcome.RECORDED:
            continue
        envelope = item.envelope
        seen = latest.get(envelope.remote_candidate_id, 0)
        late += envelope.occurred_at < seen
        latest[envelope.remote_candidate_id] = max(seen, envelope.occurred_at)
    return late
