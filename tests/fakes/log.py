"""The log in memory: the fake that passes the same contract cases as the PostgreSQL one."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from consumers.ports import (
    Appended,
    Batch,
    Head,
    Loaded,
    LogUnavailable,
    Notice,
    OtherHead,
    Parked,
    PositionFenced,
    Recording,
    VersionConflict,
)
from domain.fact import Entry, Fact, Stamp
from domain.keyring import JournalHead
from domain.streams import kind_of
from domain.subject import EMPTY
from domain.values import ControllerId, FactId, SubjectId
from infra.store.batches import check
from infra.store.heads import head_of, others_of, people_of
from infra.store.process import ProcessKey, merge, steps
from infra.store.records import PendingErasure


class MemoryLog:
    """A log that keeps everything in lists; ``away = True`` makes every call unavailable."""

    def __init__(self) -> None:
        self.away = False
        self.log: list[Entry] = []
        self.notices: dict[object, Notice] = {}
        self.parked: dict[object, Parked] = {}
        self._places: dict[tuple[SubjectId, int], Entry] = {}
        self._heads: dict[SubjectId, tuple[ControllerId, Head | OtherHead]] = {}
        self._inbox: set[tuple[ControllerId, FactId]] = set()
        self._positions: dict[str, tuple[int, object]] = {}
        self._erasure_heads: dict[ControllerId, JournalHead] = {}
        self._processes: dict[ProcessKey, PendingErasure] = {}
        self._controllers: dict[str, ControllerId] = {}

    def load(
        self, controller: ControllerId, subjects: Sequence[SubjectId], fact_ids: Sequence[FactId]
    ) -> Loaded:
        self._reach()
        heads = {subject: self._head(controller, subject) for subject in subjects}
        known = frozenset([fact for fact in fact_ids if (controller, fact) in self._inbox])
        nobody = dict.fromkeys(subjects, Head(0, EMPTY))
        return Loaded(nobody | people_of(heads), known, others_of(heads))

    def append(self, batch: Batch) -> Appended:
        check(batch)
        self._reach()
        if self._is_repeated(batch):
            return self._appended(batch, repeated=True)
        self._refuse(batch)
        self._record(batch)
        return self._appended(batch, repeated=False)

    def position(self, name: str) -> int:
        self._reach()
        return self._positions.get(name, (0, None))[0]

    def entries(self, after: int, limit: int, topics: Sequence[str] = ()) -> list[Entry]:
        self._reach()
        wanted = [e for e in self.log[after:] if not topics or e.fact.TOPIC in topics]
        return wanted[:limit]

    def stream(
        self, subject: SubjectId, after_version: int = 0, limit: int = 100_000
    ) -> list[Entry]:
        self._reach()
        found = [e for e in self.log if e.subject == subject and e.version > after_version]
        return found[:limit]

    def last_position(self) -> int:
        self._reach()
        return len(self.log)

    def heads_of(self, subjects: Iterable[SubjectId]) -> dict[SubjectId, Head]:
        self._reach()
        return people_of({s: self._heads[s][1] for s in subjects if s in self._heads})

    def other_heads_of(self, streams: Iterable[SubjectId]) -> dict[SubjectId, OtherHead]:
        self._reach()
        return others_of({s: self._heads[s][1] for s in streams if s in self._heads})

    def heads_after(
        self, controller: ControllerId, after: SubjectId | None, limit: int
    ) -> list[tuple[SubjectId, Head]]:
        self._reach()
        ours = {s: head for s, (owner, head) in self._heads.items() if owner == controller}
        people = sorted(people_of(ours).items())
        return [(s, head) for s, head in people if after is None or s > after][:limit]

    def with_stream(self, subjects: Iterable[SubjectId]) -> frozenset[SubjectId]:
        self._reach()
        return frozenset([subject for subject in subjects if subject in self._heads])

    def erasure_head(self, controller: ControllerId) -> JournalHead | None:
        self._reach()
        return self._erasure_heads.get(controller)

    def pending_erasures(self, controller: ControllerId | None = None) -> list[PendingErasure]:
        self._reach()
        return [
            process
            for process in self._processes.values()
            if process.ended_at is None and controller in (None, process.controller)
        ]

    def controllers(self) -> dict[str, ControllerId]:
        self._reach()
        return dict(self._controllers)

    def add_controller(self, controller: ControllerId, slug: str) -> None:
        self._reach()
        self._controllers.setdefault(slug, controller)

    def _reach(self) -> None:
        if self.away:
            message = "the event database is away"
            raise LogUnavailable(message)

    def _head(self, controller: ControllerId, subject: SubjectId) -> Head | OtherHead:
        owner, head = self._heads.get(subject, (controller, Head(0, EMPTY)))
        return head if owner == controller else Head(0, EMPTY)

    def _is_repeated(self, batch: Batch) -> bool:
        if batch.advance is not None:
            return self._positions.get(batch.advance.name, (0, None))[1] == batch.advance.batch
        ours = [(place, pair) for r in batch.recordings for place, pair in _placed(r)]
        stored = [self._places.get(place) for place, _ in ours]
        return bool(ours) and all(
            entry is not None and (entry.stamp, entry.fact) == pair
            for entry, (_, pair) in zip(stored, ours, strict=True)
        )

    def _refuse(self, batch: Batch) -> None:
        if batch.advance is not None and self.position(batch.advance.name) != batch.advance.start:
            message = f"the position {batch.advance.name} was moved by another reader"
            raise PositionFenced(message)
        for recording in batch.recordings:
            begin = (recording.controller, head_of(0, recording.state))
            owner, head = self._heads.get(recording.subject, begin)
            held = (owner, head.version, kind_of(head.state))
            theirs = (recording.controller, recording.expected_version, kind_of(recording.state))
            if held != theirs:
                message = f"the stream of {recording.subject} moved on"
                raise VersionConflict(message)
        for subject, version in batch.seen:
            if self._heads.get(subject, (None, Head(0, EMPTY)))[1].version != version:
                message = f"the stream of {subject} moved on"
                raise VersionConflict(message)
        if not self._inbox.isdisjoint(batch.inbox):
            message = "a fact of the batch is already in the inbox"
            raise VersionConflict(message)

    def _record(self, batch: Batch) -> None:
        for r in batch.recordings:
            for place, (stamp, fact) in _placed(r):
                self._places[place] = Entry(len(self.log) + 1, *place, stamp, fact)
                self.log.append(self._places[place])
            head = head_of(r.expected_version + len(r.facts), r.state)
            self._heads[r.subject] = (r.controller, head)
        self._inbox.update(batch.inbox)
        for step in steps(batch.recordings):
            key = (step.subject, step.erasure_id)
            standing = self._processes.get(key)
            self._processes[key] = step if standing is None else merge(standing, step)
        self._set_aside(batch)

    def _set_aside(self, batch: Batch) -> None:
        for notice in batch.notices:
            self.notices.setdefault(notice.notice_id, notice)
        for parked in batch.parked:
            held = self.parked.setdefault(parked.parked_id, parked)
            if parked.subject is not None:
                self.parked[parked.parked_id] = replace(
                    held, reason=parked.reason, subject=parked.subject, topic=parked.topic
                )
        if batch.advance is not None:
            self._positions[batch.advance.name] = (batch.advance.end, batch.advance.batch)
        if batch.erasure_head is not None:
            controller, head = batch.erasure_head
            standing = self._erasure_heads.get(controller)
            if standing is None or standing.sequence < head.sequence:
                self._erasure_heads[controller] = head

    def _appended(self, batch: Batch, *, repeated: bool) -> Appended:
        placed = [place for r in batch.recordings for place, _ in _placed(r)]
        positions = [self._places[place].position for place in placed]
        if not positions:
            return Appended(None, None, repeated)
        return Appended(min(positions), max(positions), repeated)


def _placed(recording: Recording) -> list[tuple[tuple[SubjectId, int], tuple[Stamp, Fact]]]:
    first = recording.expected_version + 1
    return [((recording.subject, first + i), pair) for i, pair in enumerate(recording.facts)]
