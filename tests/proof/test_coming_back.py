"""What may come after an erasure: late facts, pages in flight, and the person herself, unlinked."""

from threading import Event

import pytest

from consumers.ingest import Span
from consumers.ports import PositionFenced
from domain.answers import Present, Shredded
from domain.keyring import Contact, ContactKind, SourceRef
from domain.values import SubjectId
from infra.clock import FixedClock
from infra.upkeep import abandon_pending
from tests.consumers.feed import REGISTERED, STATED, Feed, email
from tests.examples import MINUTE
from tests.proof.conftest import two_people
from tests.proof.houses import SOURCE, Proof

ADDRESS = "ane@example.org"
DAY = 24 * 60 * MINUTE


def feed_of(topic: str, event: str, at: int) -> Feed:
    feed = Feed(SOURCE)
    feed.tell("r-1", topic, event=event, at=at, contacts=email(ADDRESS))
    return feed


def source_of(proof: Proof, remote_id: str) -> SubjectId | None:
    return proof.house.keyring.find_source(proof.controller, SourceRef(SOURCE, remote_id))


def live_keys(proof: Proof, person: SubjectId) -> list[str]:
    return [c for (c,) in proof.keys("SELECT category FROM dek WHERE subject = %s", person)]


def test_a_late_fact_does_not_make_her_again(known: Proof, clock: FixedClock) -> None:
    """Guard: the late-fact guard; without it her own history, read again, would recreate her."""
    person = known.person("r-1")
    known.erase(person)
    clock.instant += MINUTE
    tally = known.take(feed_of(REGISTERED, "late", clock.instant - 2 * MINUTE).items, "late/1")
    assert tally.refused == {"late_fact": 1}
    assert source_of(known, "r-1") is None
    assert known.found(ADDRESS) == []


def test_her_whole_feed_read_again_does_not_make_her_again(known: Proof) -> None:
    known.erase(known.person("r-1"))
    subjects = len(known.keys("SELECT subject FROM subject"))
    assert known.take(two_people().items, "feed/2").recorded == 0
    assert len(known.keys("SELECT subject FROM subject")) == subjects


def test_a_page_in_flight_during_her_erasure_records_nothing_of_her(
    known: Proof, clock: FixedClock
) -> None:
    """Guard: her stream has ended, which the decision sees; the keys were opened before."""
    person = known.person("r-1")
    feed = feed_of(STATED, "in flight", clock.instant)
    ingest = known.house.ingest()
    page = ingest.prepare(feed.items)
    known.erase(person)
    tally = ingest.commit(page, Span("flight/1", "flight", 0, 1))
    assert tally.refused == {"erased": 1}
    assert known.house.store.stream(person)[-1].fact.TOPIC == "subject.erased"
    assert known.answers(known.tokens(person)) == {Shredded()}


def test_an_application_in_flight_becomes_a_new_persons(known: Proof, clock: FixedClock) -> None:
    """Guard: a claim that begins people opens its keys again; refused, it would be lost."""
    person = known.person("r-1")
    feed = feed_of(REGISTERED, "in flight", clock.instant + MINUTE)
    ingest = known.house.ingest()
    page = ingest.prepare(feed.items)
    known.erase(person)
    tally = ingest.commit(page, Span("flight/1", "flight", 0, 1))
    assert (tally.recorded, tally.people) == (1, 1)
    assert known.person("r-1") != person


def test_a_page_in_flight_leaves_no_live_key_of_hers(known: Proof, clock: FixedClock) -> None:
    """Guard: destruction takes every key of hers, also one a page in flight just made."""
    person = known.person("r-1")
    feed = Feed(SOURCE)
    values = {"pay_expectation": {"amount": 1, "currency": "NOK", "period": None}}
    feed.tell("r-1", STATED, event="new category", at=clock.instant, values=values)
    ingest = known.house.ingest()
    live_epochs = known.house.keyring.live_epochs

    def made_after_the_fence(*asked: object) -> object:
        epochs = live_epochs(*asked)  # type: ignore[arg-type]  # as Shredder.live_epochs
        ingest.prepare(feed.items)
        return epochs

    before = live_keys(known, person)
    known.house.keyring.live_epochs = made_after_the_fence  # type: ignore[method-assign,assignment]  # a page comes in between
    (receipt,) = known.erase(person)
    assert receipt.keys_destroyed == len(before) + 1
    assert [c for c in live_keys(known, person) if not c.startswith("notice/")] == []


def test_someone_who_registers_again_is_new_and_unlinked(known: Proof, clock: FixedClock) -> None:
    """Guard: nothing is derived from identity; ids, keys and look-ups share nothing."""
    before = known.person("r-1")
    old_tokens = {token.token for token in known.tokens(before)}
    known.erase(before)
    clock.instant += MINUTE
    assert known.take(feed_of(REGISTERED, "anew", clock.instant).items, "anew/1").recorded == 1
    now = known.person("r-1")
    assert now != before
    assert not old_tokens & {token.token for token in known.tokens(now)}
    streams = str(known.house.store.stream(now)) + str(live_keys(known, now))
    assert str(before) not in streams
    assert known.found(ADDRESS) == [now]
    assert known.answers(known.tokens(before)) == {Shredded()}
    assert all(isinstance(a, Present) for a in known.answers(known.tokens(now)))


def test_two_controllers_with_one_address_cannot_be_joined(known: Proof) -> None:
    """Guard: each controller's own secrets; a shared one would join two agencies' people."""
    other = Feed("miles.mail")
    other.tell("r-1", event="E-0", contacts=email(ADDRESS))
    known.take(other.items, "miles/1")
    keys = known.house.keyring
    ours, theirs = known.controller, known.house.controllers["miles"]
    assert keys.fact_id(ours, SOURCE, "E-0") != keys.fact_id(theirs, SOURCE, "E-0")
    rows = known.keys("SELECT controller, token FROM lookup")
    tokens = {c: {bytes(token) for owner, token in rows if owner == c} for c in (ours, theirs)}
    assert tokens[ours]
    assert tokens[theirs]
    assert not tokens[ours] & tokens[theirs]
    (here,) = known.found(ADDRESS)
    (there,) = known.found(ADDRESS, "miles")
    assert here != there


def test_erasing_at_one_controller_spares_the_other(known: Proof) -> None:
    other = Feed("miles.mail")
    other.tell("r-1", contacts=email(ADDRESS))
    known.take(other.items, "miles/1")
    known.erase(known.person("r-1"))
    assert known.found(ADDRESS) == []
    assert len(known.found(ADDRESS, "miles")) == 1


def test_a_zombie_reader_is_fenced(known: Proof, clock: FixedClock) -> None:
    """Guard: the position's compare-and-set, in the transaction of the facts."""
    feed = feed_of(STATED, "once", clock.instant)
    zombie = known.house.ingest()
    page = zombie.prepare(feed.items)
    with known.again() as other:
        other.take(feed.items, "shared/1")
    end = known.house.store.last_position()
    with pytest.raises(PositionFenced):
        zombie.commit(page, Span("shared/1", "shared", 0, 1))
    assert known.house.store.last_position() == end


def test_a_cached_key_does_not_open_after_destruction_elsewhere(known: Proof) -> None:
    """Guard: eviction by notice, and the journal's sequence with every fetch."""
    person = known.person("r-1")
    tokens = known.tokens(person)
    with known.again() as other:
        assert all(isinstance(answer, Present) for answer in other.answers(tokens))
        known.erase(person)
        _until_heard(other, person)
        assert other.answers(tokens) == {Shredded()}


def _until_heard(proof: Proof, person: SubjectId) -> None:
    """Wait, at most a lease, until the other process has heard of the destruction."""
    waiting = Event()
    cache = proof.house.keyring._vault.cache  # noqa: SLF001 - what the probe is about
    for _ in range(3000):
        if person.int in cache._evicted:  # noqa: SLF001 - likewise
            return
        waiting.wait(0.01)
    raise AssertionError


def test_someone_abandoned_may_still_come(proof: Proof, clock: FixedClock) -> None:
    """Guard: abandoning leaves no late-fact guard; a crash and a day would lose her facts."""
    feed = two_people()
    proof.house.ingest().prepare(feed.items)
    first = proof.person("r-1")
    clock.instant += DAY + MINUTE
    assert abandon_pending(proof.house) == 2
    assert live_keys(proof, first) == []
    tally = proof.take(feed.items)
    assert (tally.recorded, tally.refused.total(), tally.people) == (6, 0, 2)
    assert proof.person("r-1") != first


def test_someone_with_a_stream_is_confirmed_and_kept(known: Proof, clock: FixedClock) -> None:
    clock.instant += DAY + MINUTE
    assert abandon_pending(known.house) == 0
    assert live_keys(known, known.person("r-1")) != []
    assert known.house.keyring.abandoned(clock.instant) == []


def test_an_address_finds_the_living_alone(known: Proof) -> None:
    known.erase(known.person("r-1"))
    contact = Contact(ContactKind.EMAIL, "bo@example.org")
    assert known.house.keyring.find_contact(known.controller, contact) == [known.person("r-2")]
