"""What every implementation of the log must do: the cases, run on memory and on PostgreSQL."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Protocol
from uuid import UUID

import pytest

from consumers.ports import (
    Advance,
    Batch,
    Head,
    Log,
    Notice,
    NoticeKind,
    Parked,
    ParkReason,
    PositionFenced,
    Recording,
    VersionConflict,
)
from domain import streams
from domain.fact import Entry, Fact, Stamp
from domain.keyring import JournalHead
from domain.streams import StreamState
from domain.subject import EMPTY
from domain.values import ControllerId, FactId, SubjectId
from infra.store.heads import head_of
from infra.store.records import BadBatch, PendingErasure
from tests import examples

FEED = "feed/1"


class ReadableLog(Log, Protocol):
    """The log with what is read from it."""

    def entries(self, after: int, limit: int, topics: Sequence[str] = ()) -> list[Entry]: ...

    def stream(
        self, subject: SubjectId, after_version: int = 0, limit: int = 100
    ) -> list[Entry]: ...

    def last_position(self) -> int: ...

    def heads_of(self, subjects: Iterable[SubjectId]) -> dict[SubjectId, Head]: ...

    def with_stream(self, subjects: Iterable[SubjectId]) -> frozenset[SubjectId]: ...

    def erasure_head(self, controller: ControllerId) -> JournalHead | None: ...

    def pending_erasures(self, controller: ControllerId | None = None) -> list[PendingErasure]: ...

    def controllers(self) -> dict[str, ControllerId]: ...

    def add_controller(self, controller: ControllerId, slug: str) -> None: ...


def stamped(*facts: Fact, first: int = 1) -> tuple[tuple[Stamp, Fact], ...]:
    """Stamp facts with ids from ``first`` on."""
    return tuple([(examples.stamp(first + i), fact) for i, fact in enumerate(facts)])


def recording(
    *facts: Fact, person: int = 1, after: Sequence[tuple[Stamp, Fact]] = (), first: int = 1
) -> Recording:
    """Record facts of one person behind those she has."""
    pairs = stamped(*facts, first=first)
    state: StreamState = EMPTY
    for stamp, fact in (*after, *pairs):
        state = streams.evolve(state, stamp, fact)
    return Recording(examples.controller(), examples.subject(person), len(after), pairs, state)


def advance(start: int, end: int, batch: int) -> Advance:
    """Advance the feed's position."""
    return Advance(FEED, start, end, UUID(int=batch))


def inboxed(*numbers: int) -> tuple[tuple[ControllerId, FactId], ...]:
    """Return inbox rows of the numbered facts."""
    return tuple([(examples.controller(), examples.fact_id(n)) for n in numbers])


def notice(n: int = 1) -> Notice:
    """Return a notice."""
    return Notice(
        notice_id=examples.numbered("notice", n),
        controller=examples.controller(),
        kind=NoticeKind.ERASED,
        recipient=examples.SOURCE,
        subject=examples.subject(),
        erasure_id=examples.erasure_id(),
        token=b"sealed",
        created_at=examples.START + n,
    )


def parked(n: int = 1, reason: ParkReason = ParkReason.MALFORMED) -> Parked:
    """Return a parked item."""
    return Parked(
        parked_id=examples.numbered("document", n),
        controller=examples.controller(),
        position_name=FEED,
        position_index=n,
        reason=reason,
        token=b"sealed",
        parked_at=examples.START + n,
    )


BEGUN = stamped(examples.registered())


class LogContract:
    """The cases. A subclass gives the fixture ``log``: an empty log."""

    def test_a_new_person_has_version_0_and_the_empty_state(self, log: ReadableLog) -> None:
        loaded = log.load(examples.controller(), [examples.subject()], [examples.fact_id()])
        assert loaded.heads == {examples.subject(): Head(0, EMPTY)}
        assert loaded.known == frozenset()

    def test_appended_facts_are_read_in_their_places(self, log: ReadableLog) -> None:
        first = recording(examples.registered(), examples.submitted())
        second = recording(examples.sourced(), person=2, first=3)
        appended = log.append(Batch((first, second)))
        assert (appended.first_position, appended.last_position) == (1, 3)
        assert [(e.position, e.subject, e.version) for e in log.entries(0, 10)] == [
            (1, examples.subject(1), 1),
            (2, examples.subject(1), 2),
            (3, examples.subject(2), 1),
        ]
        assert [(e.stamp, e.fact) for e in log.entries(0, 10)] == [*first.facts, *second.facts]

    def test_an_appended_head_is_loaded(self, log: ReadableLog) -> None:
        made = recording(examples.registered(), examples.submitted(), examples.uploaded())
        log.append(Batch((made,)))
        loaded = log.load(examples.controller(), [examples.subject()], [])
        assert loaded.heads[examples.subject()] == head_of(3, made.state)
        assert log.heads_of([examples.subject(), examples.subject(2)]) == dict(loaded.heads)

    def test_another_controller_does_not_see_a_head(self, log: ReadableLog) -> None:
        log.append(Batch((recording(examples.registered()),)))
        loaded = log.load(examples.controller(2), [examples.subject()], [])
        assert loaded.heads[examples.subject()].version == 0

    def test_another_controller_cannot_append_to_a_stream(self, log: ReadableLog) -> None:
        log.append(Batch((recording(examples.registered()),)))
        next_one = recording(examples.submitted(), after=BEGUN, first=2)
        with pytest.raises(VersionConflict):
            log.append(Batch((replace(next_one, controller=examples.controller(2)),)))

    def test_entries_are_limited_and_chosen_by_stored_name(self, log: ReadableLog) -> None:
        log.append(Batch((recording(examples.registered(), examples.submitted()),)))
        log.append(Batch((recording(examples.registered(), person=2, first=3),)))
        assert [e.position for e in log.entries(0, 2)] == [1, 2]
        assert [e.position for e in log.entries(1, 10)] == [2, 3]
        topic = examples.registered().TOPIC
        assert [e.position for e in log.entries(0, 10, (topic,))] == [1, 3]

    def test_a_stream_is_read_after_a_version(self, log: ReadableLog) -> None:
        log.append(Batch((recording(examples.registered(), examples.submitted()),)))
        assert [e.version for e in log.stream(examples.subject())] == [1, 2]
        assert [e.version for e in log.stream(examples.subject(), 1)] == [2]
        assert log.stream(examples.subject(2)) == []

    def test_a_moved_stream_is_a_conflict_and_nothing_is_kept(self, log: ReadableLog) -> None:
        log.append(Batch((recording(examples.registered()),)))
        stale = recording(examples.sourced(), first=2)
        with pytest.raises(VersionConflict):
            log.append(Batch((stale, recording(examples.sourced(), person=2)), inboxed(2)))
        assert log.last_position() == 1
        assert log.load(examples.controller(), [], [examples.fact_id(2)]).known == frozenset()

    def test_a_version_ahead_of_the_stream_is_a_conflict(self, log: ReadableLog) -> None:
        with pytest.raises(VersionConflict):
            log.append(Batch((recording(examples.submitted(), after=BEGUN),)))
        assert log.last_position() == 0

    def test_a_version_that_would_leave_a_gap_is_a_conflict(self, log: ReadableLog) -> None:
        log.append(Batch((recording(*[fact for _, fact in BEGUN]),)))
        ahead = recording(examples.submitted(), after=stamped(*[BEGUN[0][1]] * 2), first=3)
        with pytest.raises(VersionConflict):
            log.append(Batch((ahead,)))
        assert log.last_position() == 1

    def test_a_fact_in_the_inbox_is_known_to_its_controller_alone(self, log: ReadableLog) -> None:
        log.append(Batch((recording(examples.registered()),), inboxed(1)))
        wanted = [examples.fact_id(1), examples.fact_id(2)]
        assert log.load(examples.controller(), [], wanted).known == {examples.fact_id(1)}
        assert log.load(examples.controller(2), [], wanted).known == frozenset()

    def test_a_fact_already_in_the_inbox_is_a_conflict(self, log: ReadableLog) -> None:
        log.append(Batch((recording(examples.registered()),), inboxed(1)))
        again = Batch((recording(examples.registered(), person=2),), inboxed(1))
        with pytest.raises(VersionConflict):
            log.append(again)
        assert log.stream(examples.subject(2)) == []

    def test_a_new_position_is_0_and_moves_with_its_batch(self, log: ReadableLog) -> None:
        assert log.position(FEED) == 0
        log.append(Batch((recording(examples.registered()),), advance=advance(0, 500, 1)))
        assert log.position(FEED) == 500

    def test_a_position_moves_without_facts(self, log: ReadableLog) -> None:
        appended = log.append(Batch(advance=advance(0, 500, 1)))
        assert appended.first_position is None
        assert log.position(FEED) == 500

    def test_two_readers_of_one_position_are_fenced(self, log: ReadableLog) -> None:
        log.append(Batch(advance=advance(0, 500, 1)))
        zombie = Batch((recording(examples.registered()),), advance=advance(0, 400, 2))
        with pytest.raises(PositionFenced):
            log.append(zombie)
        assert (log.position(FEED), log.last_position()) == (500, 0)

    def test_a_start_that_was_never_reached_is_fenced(self, log: ReadableLog) -> None:
        with pytest.raises(PositionFenced):
            log.append(Batch(advance=advance(500, 1000, 1)))
        assert log.position(FEED) == 0

    def test_the_same_batch_again_is_success(self, log: ReadableLog) -> None:
        batch = Batch((recording(examples.registered()),), inboxed(1), advance=advance(0, 5, 1))
        first = log.append(batch)
        assert log.append(batch) == replace(first, repeated=True)
        assert log.last_position() == 1

    def test_the_same_facts_again_without_a_position_are_success(self, log: ReadableLog) -> None:
        log.append(Batch((recording(examples.sourced(), person=3, first=9),)))
        batch = Batch((recording(examples.registered(), examples.requested()),))
        first = log.append(batch)
        assert log.append(batch) == replace(first, repeated=True)
        assert log.last_position() == 3

    def test_other_facts_at_the_same_versions_are_a_conflict(self, log: ReadableLog) -> None:
        log.append(Batch((recording(examples.registered()),)))
        with pytest.raises(VersionConflict):
            log.append(Batch((recording(examples.registered(), first=2),)))

    def test_a_conflict_with_a_position_that_stands_is_a_conflict(self, log: ReadableLog) -> None:
        log.append(Batch((recording(examples.registered()),)))
        stale = Batch((recording(examples.sourced(), first=2),), advance=advance(0, 5, 1))
        with pytest.raises(VersionConflict):
            log.append(stale)
        assert log.position(FEED) == 0

    def test_notices_and_parked_items_may_be_repeated(self, log: ReadableLog) -> None:
        batch = Batch(notices=(notice(),), parked=(parked(),))
        log.append(batch)
        assert log.append(batch).first_position is None

    def test_the_erasure_head_only_moves_forward(self, log: ReadableLog) -> None:
        assert log.erasure_head(examples.controller()) is None
        for sequence in (2, 1):
            head = JournalHead(sequence, bytes([sequence]) * 32)
            log.append(Batch(erasure_head=(examples.controller(), head)))
        assert log.erasure_head(examples.controller()) == JournalHead(2, b"\x02" * 32)

    def test_an_erasure_is_pending_from_its_order_to_its_end(self, log: ReadableLog) -> None:
        started = stamped(examples.registered(), examples.requested(), examples.ordered())
        log.append(Batch((recording(*[fact for _, fact in started]),)))
        (pending,) = log.pending_erasures(examples.controller())
        assert (pending.subject, pending.erasure_id) == (examples.subject(), examples.erasure_id())
        assert pending.category is None
        assert log.pending_erasures(examples.controller(2)) == []
        log.append(Batch((recording(examples.erased(), after=started, first=4),)))
        assert log.pending_erasures() == []

    def test_an_erasure_ordered_and_ended_at_once_is_not_pending(self, log: ReadableLog) -> None:
        facts = (examples.registered(), examples.ordered(), examples.erased())
        log.append(Batch((recording(*facts),)))
        assert log.pending_erasures() == []

    def test_an_abandoned_person_has_a_stream_and_nothing_pending(self, log: ReadableLog) -> None:
        log.append(Batch((recording(examples.abandoned()),)))
        assert log.pending_erasures() == []
        people = [examples.subject(1), examples.subject(2)]
        assert log.with_stream(people) == {examples.subject(1)}

    def test_a_controller_is_entered_once(self, log: ReadableLog) -> None:
        log.add_controller(examples.controller(), "miles")
        log.add_controller(examples.controller(), "miles")
        assert log.controllers() == {"miles": examples.controller()}

    @pytest.mark.parametrize(
        "batch",
        [
            Batch((recording(examples.registered()), recording(examples.sourced(), first=2))),
            Batch((replace(recording(examples.registered()), facts=()),)),
            Batch(inbox=inboxed(1, 1)),
            Batch(notices=(notice(), notice())),
            Batch(parked=(parked(), parked())),
            Batch(advance=advance(5, 5, 1)),
        ],
        ids=["stream twice", "no facts", "inbox twice", "notice twice", "parked twice", "no move"],
    )
    def test_a_batch_nobody_could_commit_is_refused(self, log: ReadableLog, batch: Batch) -> None:
        with pytest.raises(BadBatch):
            log.append(batch)
