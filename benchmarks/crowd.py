"""A crowd with histories, told partly by files and partly by Kafka, and how its log must look."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from benchmarks.arrivals import CONTROLLER, SOURCE
from consumers.upstream import Envelope
from domain.fact import Entry
from domain.values import SubjectId
from infra.codec.container import sync_marker_of, write_container
from infra.feeds.envelopes import iter_histories
from infra.house import House

_SEED = 3
_PAGE = 5_000
"""Facts of the log read at a time."""

_FINDINGS_MAX = 20
"""Findings told: one is enough to refuse a figure."""

_LINKED = "candidate.source-linked"


@dataclass(frozen=True, slots=True)
class Crowd:
    """``files`` of ``people`` each; of everybody ``told`` facts stand there, ``more`` in Kafka."""

    files: int
    people: int
    told: int
    more: int

    @property
    def size(self) -> int:
        """Count the people."""
        return self.files * self.people

    @property
    def by_file(self) -> int:
        """Count the facts told by files."""
        return self.size * self.told

    @property
    def by_kafka(self) -> int:
        """Count the facts told by Kafka."""
        return self.size * self.more

    @property
    def rows(self) -> int:
        """Count what the log holds in the end: the facts, and one link of each person."""
        return self.by_file + self.by_kafka + self.size

    def write(self, folder: Path) -> list[Path]:
        """Write the files; each holds its people's facts, fact by fact over all of them."""
        paths = []
        for number in range(self.files):
            path = folder / f"crowd-{number:03}.avro"
            first = number * self.people
            people = range(first, first + self.people)
            facts = iter_histories(SOURCE, people, range(self.told), _SEED)
            write_container(path, facts, sync_marker_of(path.name.encode()))
            paths.append(path)
        return paths

    def messages(self) -> Iterator[Envelope]:
        """Yield what Kafka tells: everybody's later facts, fact by fact over all people."""
        later = range(self.told, self.told + self.more)
        return iter_histories(SOURCE, range(self.size), later, _SEED)


@dataclass(slots=True)
class _Order:
    """Walks the log; keeps what is expected next of each person by either way."""

    crowd: Crowd
    ids: dict[UUID, int]
    by_file: list[int] = field(init=False)
    by_kafka: list[int] = field(init=False)
    subjects: list[SubjectId | None] = field(init=False)
    versions: dict[SubjectId, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.by_file = [0] * self.crowd.size
        self.by_kafka = [self.crowd.told] * self.crowd.size
        self.subjects = [None] * self.crowd.size

    def meet(self, entry: Entry) -> Iterator[str]:
        """Take the log's next fact of the source."""
        self.versions[entry.subject] = self.versions.get(entry.subject, 0) + 1
        if entry.version != self.versions[entry.subject]:
            yield f"version {entry.version} follows {self.versions[entry.subject] - 1}"
        if entry.fact.TOPIC == _LINKED:
            return
        code = self.ids.get(entry.stamp.fact_id)
        if code is None:
            yield f"nobody told the fact at {entry.position}"
            return
        person, number = divmod(code, self.crowd.told + self.crowd.more)
        way = self.by_file if number < self.crowd.told else self.by_kafka
        if way[person] != number:
            yield f"person {person}: fact {number} instead of {way[person]}"
        way[person] = number + 1
        if self.subjects[person] not in (None, entry.subject):
            yield f"person {person} was made twice"
        self.subjects[person] = entry.subject

    def end(self) -> Iterator[str]:
        """Say what is missing in the end."""
        ends = ((self.by_file, self.crowd.told), (self.by_kafka, self.crowd.told + self.crowd.more))
        for way, end in ends:
            short = sum(next_one != end for next_one in way)
            if short:
                yield f"{short} people lack facts"
        if len(self.versions) != self.crowd.size:
            yield f"{len(self.versions)} people for {self.crowd.size}"


def order_findings(house: House, crowd: Crowd, after: int) -> Sequence[str]:
    """Hold the log behind ``after`` against what was told.

    Each person's facts must be there once, those by file in their order, those by Kafka in
    theirs, in one stream without a gap. Returns what is wrong, in numbers; nothing when all holds.
    """
    each = crowd.told + crowd.more
    make, controller = house.keyring.fact_id, house.controllers[CONTROLLER]
    order = _Order(
        crowd,
        {
            make(controller, SOURCE, f"h{person}-{number}"): person * each + number
            for person in range(crowd.size)
            for number in range(each)
        },
    )
    found: list[str] = []
    while (page := house.store.entries(after, _PAGE)) and len(found) < _FINDINGS_MAX:
        after = page[-1].position
        for entry in page:
            found += order.meet(entry)
    return [*found, *order.end()][:_FINDINGS_MAX]
