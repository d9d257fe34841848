"""What the append promises when something goes wrong in the middle, and beside itself."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

import psycopg
import pytest
from eventsourcing.persistence import OperationalError
from eventsourcing.postgres import PostgresDatastore
from psycopg.rows import TupleRow

from consumers.ports import Batch, LogUnavailable, PositionFenced, VersionConflict
from domain.subject import STATE_VERSION
from infra.codec.facts import FactCodec
from infra.store.heads import fold
from infra.store.recorder import LogRecorder, Unmet
from infra.store.statement import Statement
from infra.store.statements import appending
from infra.store.store import EventStore
from tests import examples
from tests.contracts.log_contract import (
    BEGUN,
    advance,
    inboxed,
    notice,
    parked,
    recording,
    stamped,
)
from tests.store.sessions import end_other_sessions

TABLES = ("fact_log", "log_chain", "subject_head", "inbox", "position", "notice", "parked")
FULL = Batch(
    recordings=(recording(examples.registered(), examples.submitted()),),
    inbox=inboxed(1, 2),
    notices=(notice(),),
    parked=(parked(),),
    advance=advance(0, 2, 1),
)


class LosesAcknowledgements(LogRecorder):
    """A recorder whose first commits are committed, and not acknowledged."""

    def __init__(self, datastore: PostgresDatastore, losses: int) -> None:
        super().__init__(datastore)
        self.losses = losses

    def commit(self, statements: Sequence[Statement]) -> list[TupleRow]:
        rows = super().commit(statements)
        if self.losses:
            self.losses -= 1
            raise OperationalError
        return rows


def rows_in(dsn: str, tables: Sequence[str] = TABLES) -> dict[str, int]:
    with psycopg.connect(dsn) as connection:
        counts = {}
        for table in tables:
            row = connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608 - our names
            assert row is not None
            counts[table] = row[0]
    return counts


def statements_of(store: EventStore, batch: Batch) -> list[Statement]:
    return appending(batch, store._stored(batch), store._heads)  # noqa: SLF001 - the probe's seam


@pytest.mark.parametrize("place", range(8))
def test_a_client_side_error_in_the_append_commits_nothing(
    store: EventStore, events_dsn: str, place: int
) -> None:
    statements = statements_of(store, FULL)
    assert len(statements) == 7
    statements.insert(place, Statement("SELECT %b", (object(),)))
    with pytest.raises(Exception, match="cannot adapt"):
        store.database.recorder.commit(statements)
    assert set(rows_in(events_dsn).values()) == {0}


def test_a_count_that_is_not_met_commits_nothing(store: EventStore, events_dsn: str) -> None:
    statements = statements_of(store, FULL)
    statements.append(Statement("SELECT 1", (), expected=2))
    with pytest.raises(Unmet):
        store.database.recorder.commit(statements)
    assert set(rows_in(events_dsn).values()) == {0}


def test_a_full_batch_is_committed_whole(store: EventStore, events_dsn: str) -> None:
    store.append(FULL)
    assert rows_in(events_dsn) == dict(zip(TABLES, (2, 1, 1, 2, 1, 1, 1), strict=True))


def test_a_zombie_with_the_same_facts_is_fenced(store: EventStore) -> None:
    store.append(FULL)
    with pytest.raises(PositionFenced):
        store.append(replace(FULL, advance=advance(0, 2, 2)))


@pytest.mark.parametrize(
    "batch",
    [FULL, replace(FULL, advance=None), replace(FULL, advance=None, inbox=(), notices=())],
    ids=["with a position", "by its facts", "facts alone"],
)
def test_a_lost_acknowledgement_is_success(store: EventStore, batch: Batch) -> None:
    store.database.recorder = LosesAcknowledgements(store.database.recorder.datastore, 1)
    appended = store.append(batch)
    assert (appended.first_position, appended.last_position, appended.repeated) == (1, 2, True)
    assert store.last_position() == 2


def test_a_lost_acknowledgement_of_the_last_try_is_unavailable_and_then_success(
    store: EventStore,
) -> None:
    recorder = store.database.recorder
    batch = Batch(notices=(notice(),))
    store.database.recorder = LosesAcknowledgements(recorder.datastore, 3)
    with pytest.raises(LogUnavailable) as raised:
        store.append(batch)
    assert str(raised.value) == "the event database is away"
    assert store.append(batch).first_position is None


def test_a_conflict_after_a_lost_acknowledgement_is_still_a_conflict(store: EventStore) -> None:
    store.append(Batch((recording(examples.sourced(), first=7),)))
    store.database.recorder = LosesAcknowledgements(store.database.recorder.datastore, 1)
    with pytest.raises(VersionConflict):
        store.append(FULL)


def test_connections_that_died_are_replaced(store: EventStore, events_dsn: str) -> None:
    store.append(FULL)
    end_other_sessions(events_dsn)
    assert store.append(Batch((recording(examples.sourced(), person=2),))).first_position == 3


def test_a_database_that_is_not_there_is_unavailable(codec: FactCodec) -> None:
    with pytest.raises(LogUnavailable):
        EventStore("host=/nonexistent user=nobody dbname=none connect_timeout=1", codec)


def test_positions_have_no_gaps_after_a_conflict(store: EventStore) -> None:
    store.append(Batch((recording(examples.registered()),)))
    with pytest.raises(VersionConflict):
        store.append(Batch((recording(examples.sourced(), first=2),)))
    assert store.append(Batch((recording(examples.sourced(), person=2),))).first_position == 2


def test_a_head_equals_the_fold_of_its_stream(store: EventStore) -> None:
    facts = [fact for fact in examples.every_fact() if fact.TOPIC.startswith("candidate.")]
    store.append(Batch((recording(*facts),)))
    loaded = store.load(examples.controller(), [examples.subject()], [])
    assert loaded.heads[examples.subject()] == fold(store.stream(examples.subject()))


@pytest.mark.parametrize("stored", [STATE_VERSION - 1, STATE_VERSION + 1])
def test_a_head_of_another_state_version_is_folded_again(
    store: EventStore, events_dsn: str, stored: int
) -> None:
    made = recording(examples.registered(), examples.submitted())
    store.append(Batch((made,)))
    with psycopg.connect(events_dsn) as connection:
        connection.execute("UPDATE subject_head SET state_version = %s, state = ''", (stored,))
    loaded = store.load(examples.controller(), [examples.subject()], [])
    assert loaded.heads[examples.subject()].state == made.state
    moved = recording(examples.sourced(), after=made.facts, first=3)
    store.append(Batch((moved,)))
    assert store.heads_of([examples.subject()])[examples.subject()].state == moved.state


def test_a_stream_written_without_its_head_is_a_conflict(store: EventStore) -> None:
    batch = Batch((recording(examples.registered()),))
    store.database.recorder.insert_events(store._stored(batch))  # noqa: SLF001 - the seam
    with pytest.raises(VersionConflict):
        store.append(Batch((recording(examples.sourced(), first=2),)))


def test_an_erasure_is_known_to_its_controller_also_when_it_ended(store: EventStore) -> None:
    facts = (examples.registered(), examples.ordered(), examples.erased())
    store.append(Batch((recording(*facts),)))
    wanted = [examples.erasure_id(1), examples.erasure_id(2)]
    (known,) = store.erasures(examples.controller(), wanted)
    assert (known.erasure_id, known.ended_at) == (wanted[0], examples.stamp(3).recorded_at)
    assert store.erasures(examples.controller(2), wanted) == []


def test_the_log_and_the_inbox_are_append_only(store: EventStore, events_dsn: str) -> None:
    store.append(FULL)
    for table in ("fact_log", "log_chain", "inbox"):
        with (
            psycopg.connect(events_dsn) as connection,
            pytest.raises(psycopg.errors.RaiseException),
        ):
            connection.execute(f"DELETE FROM {table}")  # noqa: S608 - our names


def test_facts_of_the_stored_stream_carry_their_stored_names(store: EventStore) -> None:
    store.append(Batch((recording(*[fact for _, fact in BEGUN]),)))
    (notification,) = store.notifications(0, 10)
    assert notification.topic == "candidate.registered"
    assert notification.originator_id == UUID(int=examples.subject().int)
    assert stamped(examples.registered()) == ((store.entries(0, 1)[0].stamp, BEGUN[0][1]),)
