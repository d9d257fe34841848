"""What a restore can undo, case by case: records, fences, facts, keys, guards."""

import pytest

from consumers.erasure_ports import Step
from domain.answers import (
    GateClosed,
    KeyUnavailable,
    Shredded,
)
from domain.erasure import (
    SubjectErased,
)
from domain.keyring import DestroyOrder
from domain.values import ErasureId
from infra.clock import FixedClock
from infra.gate import restore_gate
from infra.keys.record import GENESIS
from infra.settings import Settings
from infra.upkeep import ABANDONED_AFTER, abandon_pending, resume_erasures
from tests.consumers.feed import Feed
from tests.consumers.side import Crash, crash_at
from tests.examples import numbered
from tests.proof.houses import SOURCE, Backups, open_proof, request
from tests.proof.restored import mend, mended, put_back


@pytest.mark.parametrize("what", ["keys", "both"])
def test_lost_records_are_put_back_byte_for_byte(
    settled: Settings, clock: FixedClock, backups: Backups, what: str
) -> None:
    restored = put_back(settled, clock, backups, what)
    with open_proof(settled, clock) as proof:
        records = proof.house.keyring.journal_records(proof.controller, 0)
        done = mend(restored.settings, clock)
        assert (mended(proof, done).put_back, mended(proof, done).lost_records) == (1, 0)
    with open_proof(restored.settings, clock) as proof:
        again = proof.house.keyring.journal_records(proof.controller, 0)
        assert again[:2] == records
        told = again[2].decoded().restoration
        assert told is not None
        assert (told.restored_to, told.present) == (1, told.continues)


def test_without_kept_records_the_log_tells_and_the_gap_is_declared(
    settled: Settings, clock: FixedClock, backups: Backups
) -> None:
    restored = put_back(settled, clock, backups, "keys")
    for copy in settled.anchor.glob("*.journal.jsonl"):
        copy.unlink()
    with open_proof(settled, clock) as proof:
        anchored = proof.house.anchor.journal(proof.controller)
        done = mended(proof, mend(restored.settings, clock))
        assert (done.put_back, done.destroyed_again, done.lost_records) == (0, 1, 1)
    with open_proof(restored.settings, clock) as proof:
        assert proof.answers(restored.hers) == {Shredded()}
        one, declared, again = proof.house.keyring.journal_records(proof.controller, 0)
        assert (one.sequence, declared.sequence, again.sequence) == (1, 3, 4)
        told = declared.decoded().restoration
        assert told is not None
        assert told.continues == anchored
        assert proof.house.keyring.verify_journal(proof.controller).sequence == 4


def test_an_erasure_whose_fence_alone_is_in_the_backup_is_finished(
    settled: Settings, clock: FixedClock, backups: Backups
) -> None:
    with open_proof(settled, clock) as proof:
        person = proof.person("r-1")
        tokens = proof.tokens(person)
        with pytest.raises(Crash):
            proof.house.erasure(crash_at(Step.ORDERED)).erase(proof.controller, [request(person)])
    old = backups.of(settled)
    with open_proof(settled, clock) as proof:
        proof.erase(person)
        proof.anchor_log()
    mend(old, clock)
    with open_proof(old, clock) as proof:
        assert proof.answers(tokens) == {Shredded()}
        assert proof.house.store.pending_erasures() == []


def test_a_category_erased_and_then_the_person_are_erased_in_this_order(
    settled: Settings, clock: FixedClock, backups: Backups
) -> None:
    with open_proof(settled, clock) as proof:
        person = proof.person("r-1")
        tokens = proof.tokens(person)
    old = backups.of(settled)
    with open_proof(settled, clock) as proof:
        proof.erase(person, category="profile")
        proof.erase(person)
        proof.anchor_log()
    mend(old, clock)
    with open_proof(old, clock) as proof:
        assert proof.answers(tokens) == {Shredded()}
        ended = [
            entry.fact.category
            for entry in proof.house.store.stream(person)
            if isinstance(entry.fact, SubjectErased)
        ]
        assert ended == ["profile", None]


def test_an_erasure_under_way_in_the_backup_ends_before_a_later_one_is_fenced(
    settled: Settings, clock: FixedClock, backups: Backups
) -> None:
    with open_proof(settled, clock) as proof:
        person = proof.person("r-1")
        tokens = proof.tokens(person)
        process = proof.house.erasure(crash_at(Step.ORDERED))
        with pytest.raises(Crash):
            process.erase(proof.controller, [request(person, "profile")])
    old = backups.of(settled)
    with open_proof(settled, clock) as proof:
        resume_erasures(proof.house)
        proof.erase(person)
        proof.anchor_log()
    mend(old, clock)
    with open_proof(old, clock) as proof:
        assert proof.answers(tokens) == {Shredded()}
        restore_gate(proof.house)()


def test_somebody_who_came_and_went_after_the_backup_is_fenced_in_an_empty_stream(
    settled: Settings, clock: FixedClock, backups: Backups
) -> None:
    old = backups.of(settled, keys=False)
    feed = Feed(SOURCE)
    feed.tell("r-9", event="nine")
    with open_proof(settled, clock) as proof:
        proof.take(feed.items, "feed/9")
        person = proof.person("r-9")
        proof.erase(person)
        proof.anchor_log()
    mend(old, clock)
    with open_proof(old, clock) as proof:
        assert len(proof.house.store.stream(person)) == 4
        assert proof.take(feed.items, "feed/9").people == 0


def test_lost_facts_are_counted_and_dated(
    settled: Settings, clock: FixedClock, backups: Backups
) -> None:
    old = backups.of(settled, keys=False)
    feed = Feed(SOURCE)
    feed.tell("r-9", event="nine")
    with open_proof(settled, clock) as proof:
        before = proof.house.store.last_position()
        proof.take(feed.items, "feed/9")
        proof.anchor_log()
        lost = proof.house.store.last_position() - before
        done = mend(old, clock)
        assert (done.found.log_lost, done.last_fact) == (lost, clock.now())
        assert mended(proof, done).pending_again == 1


def test_a_lost_stream_is_given_up_after_a_day_unless_its_source_sends_it_again(
    settled: Settings, clock: FixedClock, backups: Backups
) -> None:
    old = backups.of(settled, keys=False)
    feed = Feed(SOURCE)
    feed.tell("r-8", event="eight")
    feed.tell("r-9", event="nine")
    with open_proof(settled, clock) as proof:
        proof.take(feed.items, "feed/9")
        eight, nine = proof.person("r-8"), proof.person("r-9")
        proof.house.keyring.confirm(proof.controller, [eight, nine])
        proof.anchor_log()
    mend(old, clock)
    again = Feed(SOURCE)
    again.tell("r-9", event="nine")
    with open_proof(old, clock) as proof:
        proof.take(again.items, "feed/9")
        assert proof.person("r-9") == nine
        assert abandon_pending(proof.house) == 0
        clock.instant += ABANDONED_AFTER + 1
        assert abandon_pending(proof.house) == 1
        assert proof.house.keyring.live_epochs(proof.controller, [eight], None) == [()]
        assert proof.house.keyring.live_epochs(proof.controller, [nine], None) != [()]


def test_people_registered_after_a_key_backup_are_unavailable_and_never_shredded(
    settled: Settings, clock: FixedClock, backups: Backups
) -> None:
    old = backups.of(settled, events=False)
    feed = Feed(SOURCE)
    feed.tell("r-9", event="nine")
    with open_proof(settled, clock) as proof:
        proof.take(feed.items, "feed/9")
        person = proof.person("r-9")
        tokens = proof.tokens(person)
        proof.erase(proof.person("r-1"))
        proof.anchor_log()
    done = mend(old, clock)
    with open_proof(old, clock) as proof:
        lost = done.lost_keys[proof.controller]
        assert (lost.people, set(lost.sources)) == ({person}, {SOURCE})
        with pytest.raises(KeyUnavailable):
            proof.answers(tokens)


def test_a_guard_put_back_keeps_its_time_so_a_later_application_is_somebody_new(
    settled: Settings, clock: FixedClock, backups: Backups
) -> None:
    old = backups.of(settled, events=False)
    with open_proof(settled, clock) as proof:
        proof.erase(proof.person("r-1"))
        proof.anchor_log()
    clock.instant += 3_600_000_000
    afterwards = Feed(SOURCE)
    afterwards.tell("r-1", event="anew", at=clock.now() - 60_000_000)
    mend(old, clock)
    with open_proof(old, clock) as proof:
        assert proof.take(afterwards.items, "later/1").people == 1


def test_nothing_is_destroyed_before_it_is_reconciled(
    settled: Settings, clock: FixedClock, backups: Backups
) -> None:
    """Guard: a journal that was put back is not forked by an erasure that opens nothing."""
    restored = put_back(settled, clock, backups, "keys")
    with open_proof(restored.settings, clock) as proof:
        before = proof.house.keyring.journal_head(proof.controller)
        order = DestroyOrder(restored.other, ErasureId(numbered("erasure", 9)), None, ())
        with pytest.raises(GateClosed):
            proof.house.keyring.destroy(proof.controller, [order])
        assert proof.house.keyring.journal_head(proof.controller) == before
    mend(restored.settings, clock)


def test_nobody_is_given_up_before_it_is_reconciled(
    settled: Settings, clock: FixedClock, backups: Backups
) -> None:
    old = backups.of(settled, keys=False)
    feed = Feed(SOURCE)
    feed.tell("r-9", event="nine")
    with open_proof(settled, clock) as proof:
        proof.take(feed.items, "feed/9")
        proof.anchor_log()
    clock.instant += ABANDONED_AFTER + 1
    with open_proof(old, clock) as proof:
        before = proof.house.store.last_position()
        with pytest.raises(GateClosed):
            abandon_pending(proof.house)
        assert proof.house.store.last_position() == before


def test_a_journal_without_erasures_is_left_at_its_beginning(
    settings: Settings, clock: FixedClock
) -> None:
    assert mend(settings, clock).mended == {}
    with open_proof(settings, clock) as proof:
        assert proof.house.keyring.journal_head(proof.controller) == GENESIS
