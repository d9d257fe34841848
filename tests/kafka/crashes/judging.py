"""What must be true of a topic that was read by dying members; each finding is a sentence.

A check yields what it found wrong, in ids and numbers.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from domain.answers import Present
from domain.fact import Entry
from domain.keyring import OpenRequest, SourceRef
from domain.values import ControllerId, SubjectId
from infra.house import House
from infra.store.heads import fold
from tests.kafka.crashes.ground import Recovered
from tests.proof.houses import SLUG, SOURCE, run_sql

_LINKED = "candidate.source-linked"


@dataclass(frozen=True)
class Case:
    """The house, and what was told and read."""

    house: House
    recovered: Recovered

    @cached_property
    def streams(self) -> Mapping[SubjectId, list[Entry]]:
        """The facts that came into the log, by person."""
        found: dict[SubjectId, list[Entry]] = {}
        for entry in self.house.store.entries(self.recovered.base, 100_000):
            found.setdefault(entry.subject, []).append(entry)
        return found

    @property
    def controller(self) -> ControllerId:
        return self.house.controllers[SLUG]

    @cached_property
    def expected(self) -> Mapping[str, list[UUID]]:
        """The facts told of each person, in order, each once."""
        make = self.house.keyring.fact_id
        return {
            person: [make(self.controller, SOURCE, event) for event in events]
            for person, events in self.recovered.told.events.items()
        }


Check = Callable[[Case], Iterator[str]]


def same_histories(case: Case) -> Iterator[str]:
    """Each person's facts are those told of her, each once and in the order told."""
    strangers = set(case.streams)
    for person, told in case.expected.items():
        subject = case.house.keyring.find_source(case.controller, SourceRef(SOURCE, person))
        assert subject is not None
        strangers.discard(subject)
        stream = case.streams.get(subject, [])
        facts = [entry.stamp.fact_id for entry in stream if entry.fact.TOPIC != _LINKED]
        if facts != told:
            yield f"{person}: {len(facts)} facts for {len(told)}, or in another order"
        if len(stream) != len(facts) + 1:
            yield f"{person} was linked more than once"
    if strangers:
        yield f"{len(strangers)} people were made twice"


def heads_are_folds(case: Case) -> Iterator[str]:
    """Every head is the fold of its stream, whose versions have no gap."""
    heads = case.house.store.heads_of(case.streams)
    for subject, stream in case.streams.items():
        if [entry.version for entry in stream] != list(range(1, len(stream) + 1)):
            yield f"the stream of {subject} has gaps"
        if heads[subject] != fold(stream):
            yield f"the head of {subject} is not its stream's fold"


def chain_verifies(case: Case) -> Iterator[str]:
    """Every fact is a link of the log's chain."""
    end = case.house.store.verify_chain(case.recovered.base).position
    count = sum(len(stream) for stream in case.streams.values())
    if end != case.recovered.base + count:
        yield f"the chain ends at {end}"


def inbox_is_the_facts(case: Case) -> Iterator[str]:
    """Inbox rows are those of the facts that were told, each once."""
    rows = run_sql(_events(case), "SELECT fact_id FROM inbox")
    told = {fact for facts in case.expected.values() for fact in facts}
    ours = {fact for (fact,) in rows} & told
    ((logged,),) = run_sql(
        _events(case),
        "SELECT count(*) FROM fact_log WHERE topic LIKE 'candidate.%%' AND topic <> %s",
        _LINKED,
    )
    if ours != told or len(rows) != logged:
        yield f"{len(told - ours)} facts are not in the inbox, which holds {len(rows)} of {logged}"


def positions_are_the_ends(case: Case) -> Iterator[str]:
    """Every partition's place is its end."""
    for partition, size in enumerate(case.recovered.told.sizes):
        place = case.house.store.position(case.recovered.topic.name_of(partition))
        if place != size:
            yield f"partition {partition} stands at {place} of {size}"


def garbage_is_parked(case: Case) -> Iterator[str]:
    """Garbage is parked, each record once."""
    topic = case.recovered.topic
    rows = run_sql(
        _events(case),
        "SELECT position_name, position_index FROM parked WHERE position_name LIKE %s",
        topic.name_of(0)[:-1] + "%",
    )
    told = [(topic.name_of(where), offset) for where, offset in case.recovered.told.garbage]
    if Counter(rows) != Counter(told):
        yield f"{len(rows)} are parked of {len(told)}"


def keys_have_streams(case: Case) -> Iterator[str]:
    """Nobody without a stream has a key."""
    assert case.house.settings.databases is not None
    keyed = run_sql(case.house.settings.databases.keys, "SELECT DISTINCT subject FROM dek")
    without = {subject for (subject,) in keyed} - case.house.store.with_stream(
        [subject for (subject,) in keyed]
    )
    if without:
        yield f"{len(without)} people have keys and no stream"


def log_opens(case: Case) -> Iterator[str]:
    """Every token that came into the log opens."""
    tokens = [
        OpenRequest(
            entry.subject, entry.stamp.fact_id, p.category, entry.fact.TOPIC, p.sealed.token
        )
        for stream in case.streams.values()
        for entry in stream
        for p in entry.fact.sealed
    ]
    answers = case.house.keyring.open(case.controller, tokens)
    closed = sum(not isinstance(answer, Present) for answer in answers)
    if closed:
        yield f"{closed} of {len(tokens)} tokens do not open"


def _events(case: Case) -> str:
    assert case.house.settings.databases is not None
    return case.house.settings.databases.events


CHECKS: tuple[Check, ...] = (
    same_histories,
    heads_are_folds,
    chain_verifies,
    inbox_is_the_facts,
    positions_are_the_ends,
    garbage_is_parked,
    keys_have_streams,
    log_opens,
)


def findings(checks: Iterable[Check], case: Case) -> list[str]:
    """Make the checks."""
    return [f"{check.__name__}: {found}" for check in checks for found in check(case)]
