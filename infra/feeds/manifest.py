"""The truth about a written feed: what each file holds and what must become of it.

Counts add up: ``items`` is recorded + duplicate + parked, and nothing is refused. ``people`` are
distinct (source, remote id) with at least one valid fact; referees and clients' contacts are among
them. A file's counts hold when the files are read in the order listed; the totals hold in any
order. The manifest names invented people with their addresses, so that a reader has someone to
look for.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field

from domain.keyring import ContactKind
from domain.profile import ProfileSectionCorrected
from domain.values import iso_of
from infra.feeds.life import ARCHIVE_START, WINDOW_END, WINDOW_START, Life
from infra.feeds.stream import Chunk
from infra.feeds.trouble import Item, Outcome

Json = dict[str, object]


@dataclass(slots=True)
class Counts:
    """What must become of a number of items."""

    items: int = 0
    recorded: int = 0
    duplicate: int = 0
    parked: Counter[str] = field(default_factory=Counter)
    people: int = 0
    out_of_order: int = 0
    corrections: int = 0

    def add_chunk(self, chunk: Chunk) -> None:
        """Count a chunk."""
        self.people += sum(1 + life.others for life in chunk.lives)
        self.out_of_order += chunk.late
        for item in chunk.items:
            self.add_item(item)

    def add_item(self, item: Item) -> None:
        """Count one item by its outcome."""
        self.items += 1
        if item.outcome is Outcome.RECORDED:
            self.recorded += 1
            self.corrections += item.topic == ProfileSectionCorrected.TOPIC
        elif item.outcome is Outcome.DUPLICATE:
            self.duplicate += 1
        elif item.reason is not None:
            self.parked[item.reason.value] += 1

    def add(self, other: "Counts") -> None:
        """Take another's counts into this one."""
        self.items += other.items
        self.recorded += other.recorded
        self.duplicate += other.duplicate
        self.parked.update(other.parked)
        self.people += other.people
        self.out_of_order += other.out_of_order
        self.corrections += other.corrections

    def as_json(self) -> Json:
        """Give the documented shape; no feed holds a fact that is refused."""
        return {
            "items": self.items,
            "recorded": self.recorded,
            "duplicate": self.duplicate,
            "refused": {},
            "parked": dict(sorted(self.parked.items())),
            "people": self.people,
            "out_of_order": self.out_of_order,
            "corrections": self.corrections,
        }


@dataclass(frozen=True, slots=True)
class FileTruth:
    """One file: its name, whose it is, its size, and its counts."""

    file: str
    controller: str
    source: str
    size_bytes: int
    counts: Counts

    def as_json(self) -> Json:
        """Give the documented shape."""
        head: Json = {"file": self.file, "controller": self.controller, "source": self.source}
        return head | {"size_bytes": self.size_bytes} | self.counts.as_json()


@dataclass(frozen=True, slots=True)
class Known:
    """A person as one source knows her. An address is None when that source never tells it."""

    controller: str
    source: str
    remote_id: str
    name: str
    email: str | None
    phone: str | None
    facts: int
    applications: tuple[Json, ...]

    def __repr__(self) -> str:
        """Hide the person."""
        return f"<Known {self.source}>"


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """E-mail addresses that more than one subject carries: how many, and some of them."""

    count: int
    emails: tuple[str, ...]

    def __repr__(self) -> str:
        """Hide the addresses."""
        return f"<Ambiguous {self.count}>"


@dataclass(frozen=True, slots=True)
class Manifest:
    """The ground truth of a feed."""

    candidates: int
    seed: int
    files: tuple[FileTruth, ...]
    people: tuple[Known, ...]
    within_controller: Ambiguous
    across_controllers: Ambiguous

    @property
    def total(self) -> Counts:
        """All files together."""
        total = Counts()
        for file in self.files:
            total.add(file.counts)
        return total

    def as_json(self) -> Json:
        """Give the documented shape of ``manifest.json``."""
        return {
            "candidates": self.candidates,
            "seed": self.seed,
            "window": {"start": iso_of(WINDOW_START), "end": iso_of(WINDOW_END)},
            "archive_start": iso_of(ARCHIVE_START),
            "total": self.total.as_json(),
            "files": [file.as_json() for file in self.files],
            "ambiguous_emails": {
                "within_controller": asdict(self.within_controller),
                "across_controllers": asdict(self.across_controllers),
            },
            "people": [asdict(known) for known in self.people],
        }


def known_of(life: Life) -> Known:
    """Describe the person of a life as its source tells of her."""
    one, source = life.voice.person, life.subject.source
    told = {contact.kind for step in life.steps for contact in step.contacts}
    return Known(
        controller=source.partition(".")[0],
        source=source,
        remote_id=life.subject.remote_id,
        name=one.name,
        email=one.email if ContactKind.EMAIL in told else None,
        phone=one.phone if ContactKind.PHONE in told else None,
        facts=sum(step.barrier is None for _, step in life.told()),
        applications=tuple(_applications(life)),
    )


def _applications(life: Life) -> Iterable[Json]:
    for candidacy in life.candidacies:
        yield {
            "remote_id": candidacy.remote_id,
            "assignment": candidacy.assignment,
            "title": candidacy.title,
            "kind": candidacy.kind.value,
            "stage": candidacy.stage.value,
            "status": candidacy.status.value,
        }


def listed(people: int, ambiguous: Sequence[int], limit: int) -> frozenset[int]:
    """Choose whom the manifest names: everyone when few, else an even spread and some ambiguous."""
    if people <= limit:
        return frozenset(range(people))
    return frozenset(range(0, people, -(-people // limit))) | frozenset(ambiguous)
