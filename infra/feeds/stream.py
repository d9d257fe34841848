"""The items of one source, in the order in which they arrive.

People are taken in chunks, in order of their coming, and a chunk's items are sorted by arrival:
memory holds one chunk whatever the feed's size, and the file runs roughly through the window.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from consumers.upstream import Envelope
from domain.keyring import ContactKind
from domain.mentions import MentionedIn, Role
from domain.values import Instant
from infra.feeds.dice import Lane, dice
from infra.feeds.habits import source_slugs
from infra.feeds.life import Life, Mention, Step, expiry
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
            told = [i for s in taken for i in self._items(self.world.life(s))]
            items = [item for item in told if item.outcome is Outcome.RECORDED]
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
        good = [item for item in items if item.outcome is Outcome.RECORDED]
        broken = Breaker(self.fact_bytes_max, draw).broken(good, certain)
        items += [*repeats(good, draw), *broken]
        items.sort(key=_by_arrival)
        return Chunk(lives, items, _late(items))

    def _items(self, life: Life) -> list[Item]:
        """Return the items of a life in order, and behind them those about others in it."""
        remote_id = life.subject.remote_id
        told = life.told()
        places = {id(step): number for number, (_, step) in enumerate(told)}
        return [
            self._item(remote_id, number, occurred_at, step)
            for number, (occurred_at, step) in enumerate(told)
        ] + [self._about_another(m, told[places[id(m.step)]][0], places) for m in life.mentions]

    def _item(self, remote_id: str, number: int, occurred_at: Instant, step: Step) -> Item:
        values, expires_at = step.values, expiry(occurred_at, step)
        if expires_at is not None:
            values = {**values, "expires_at": expires_at}
        envelope = Envelope(
            source=self.source,
            remote_event_id=f"{remote_id}-{number}",
            remote_candidate_id=remote_id,
            occurred_at=occurred_at,
            contacts=step.contacts,
            fact=self.encode(step.topic, values),
        )
        about = str(step.values.get("remote_application_id", ""))
        outcome = Outcome.PARKED if step.barrier else Outcome.RECORDED
        return Item(occurred_at, envelope, step.topic, about, outcome, step.barrier)

    def _about_another(
        self, mention: Mention, occurred_at: Instant, places: Mapping[int, int]
    ) -> Item:
        """Tell of somebody else in a fact of hers: in a stream of her own, about that fact."""
        one, candidate = mention.person, mention.remote_id.rpartition("-")[0]
        values = {
            "remote_event_id": f"{candidate}-{places[id(mention.step)]}",
            "role": Role.CLIENT_CONTACT.value,
            "name": one.name,
            "emails": [one.email],
            "phones": [],
            "title": mention.title,
        }
        envelope = Envelope(
            source=self.source,
            remote_event_id=f"{mention.remote_id}-0",
            remote_candidate_id=mention.remote_id,
            occurred_at=occurred_at,
            contacts=one.contacts(ContactKind.EMAIL),
            fact=self.encode(MentionedIn.TOPIC, values),
        )
        return Item(occurred_at, envelope, MentionedIn.TOPIC)


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
