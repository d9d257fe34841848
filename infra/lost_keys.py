"""What a key database that was put back can no longer open, and who can send it again.

A key made after the backup is gone without a tombstone: its tokens answer ``KeyUnavailable``,
never ``Shredded``. Nobody was erased; availability was breached (GDPR Art. 4(12)), and the sources
have what was lost.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from domain.fact import Entry
from domain.values import ControllerId, SubjectId
from infra.house import House
from infra.keys.restoring import Restorer
from infra.keys.shapes import outlives
from infra.keys.token import key_id_of
from infra.mending import Report

FACTS_PAGE = 5_000
"""Facts whose keys are looked for at once."""


@dataclass(slots=True)
class LostKeys:
    """One controller's: the keys, whose they are, and facts by the source that sent them."""

    keys: set[UUID] = field(default_factory=set)
    people: set[SubjectId] = field(default_factory=set)
    sources: Counter[str] = field(default_factory=Counter)


def lost_keys(house: House, report: Report) -> Mapping[ControllerId, LostKeys]:
    """Walk the log and look for the key of every token; what opens nowhere is counted.

    Raises:
        SealBroken: a token is none.
        KeyUnavailable, LogUnavailable: a database is away.
    """
    restorer = Restorer(house.keyring.vault)
    found: dict[ControllerId, LostKeys] = defaultdict(LostKeys)
    after = 0
    while page := house.store.entries(after, FACTS_PAGE):
        keys = dict(_keys(page))
        gone = restorer.lost_keys(list(keys))
        for key_id in gone:
            for entry in keys[key_id]:
                lost = found[entry.stamp.controller]
                lost.keys.add(key_id)
                lost.people.add(entry.subject)
                lost.sources[entry.stamp.source] += 1
        after = page[-1].position
        report("looked_through", after)
    return dict(found)


def _keys(page: list[Entry]) -> Iterator[tuple[UUID, list[Entry]]]:
    named: dict[UUID, list[Entry]] = defaultdict(list)
    for entry in page:
        for part in entry.fact.sealed:
            if not outlives(part.category):
                key_id = key_id_of(part.sealed.token, entry.stamp.fact_id)
                named[UUID(bytes=key_id)].append(entry)
    yield from named.items()


def people_without_keys(house: House) -> int:
    """Count people of the log whom the key database has never heard of.

    Raises:
        KeyUnavailable, LogUnavailable: a database is away.
    """
    restorer, count = Restorer(house.keyring.vault), 0
    for controller in house.controllers.values():
        after: SubjectId | None = None
        while page := house.store.heads_after(controller, after, FACTS_PAGE):
            alive = [who for who, head in page if head.state.erasure.end is None]
            count += len(restorer.without_rows(controller, alive))
            after = page[-1][0]
    return count
