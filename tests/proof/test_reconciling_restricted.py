"""Who was restricted stays withheld, whichever database is put back."""

import pytest

from domain.answers import (
    GateClosed,
    Withheld,
)
from domain.legal_holds import HoldGround, LegalHoldPlaced
from domain.restriction import ProcessingRestricted, RestrictionGround
from infra.clock import FixedClock
from infra.rights import restricting, settle_restrictions
from infra.settings import Settings
from infra.upkeep import ABANDONED_AFTER, abandon_pending
from tests.consumers.feed import Feed
from tests.examples import numbered
from tests.proof.houses import SOURCE, Backups, open_proof
from tests.proof.restored import Restored, mend, mended, put_back


def test_a_restriction_since_the_key_backup_holds_before_anything_opens(
    settled: Settings, clock: FixedClock, backups: Backups
) -> None:
    restored = _restricted_since(settled, clock, backups, "keys")
    mend(restored.settings, clock)
    with open_proof(restored.settings, clock) as proof:
        assert proof.answers(restored.others) == {Withheld()}


def _restricted_since(
    settled: Settings, clock: FixedClock, backups: Backups, what: str
) -> Restored:
    """Back up, restrict r-2, erase r-1, put back the keys or the events."""
    old = backups.of(settled, events=what == "events", keys=what == "keys")
    with open_proof(settled, clock) as proof:
        erased, other = proof.person("r-1"), proof.person("r-2")
        tokens = proof.tokens(other)
        process = restricting(proof.house)
        process.restrict(proof.controller, [other], RestrictionGround.ACCURACY_CONTESTED, None)
        assert proof.answers(tokens) == {Withheld()}
        proof.erase(erased)
        proof.anchor_log()
    return Restored(old, erased, other, [], tokens)


@pytest.mark.requirement("A33")
def test_a_restriction_the_log_has_lost_is_not_lifted_by_a_reconciliation(
    settled: Settings, clock: FixedClock, backups: Backups
) -> None:
    """Guard: suspended keys of a log that lost its end are not resumed; upkeep agrees after it."""
    restored = _restricted_since(settled, clock, backups, "events")
    done = mend(restored.settings, clock)
    with open_proof(restored.settings, clock) as proof:
        assert mended(proof, done).restricted_again == 1
        assert proof.answers(restored.others) == {Withheld()}
        assert settle_restrictions(proof.house) == 0
        last = proof.house.store.stream(restored.other)[-1].fact
        assert isinstance(last, ProcessingRestricted)
        assert proof.answers(restored.others) == {Withheld()}


def test_restricted_people_whose_stream_is_lost_are_kept_and_withheld(
    settled: Settings, clock: FixedClock, backups: Backups
) -> None:
    """Guard: the restriction is recorded; it begins her stream, which nobody gives up."""
    old = backups.of(settled, keys=False)
    feed = Feed(SOURCE)
    feed.tell("r-9", event="nine")
    with open_proof(settled, clock) as proof:
        proof.take(feed.items, "feed/9")
        person = proof.person("r-9")
        tokens = proof.tokens(person)
        ground = RestrictionGround.UNLAWFUL
        restricting(proof.house).restrict(proof.controller, [person], ground, None)
        proof.anchor_log()
    mend(old, clock)
    clock.instant += ABANDONED_AFTER + 1
    with open_proof(old, clock) as proof:
        abandon_pending(proof.house)
        assert proof.person("r-9") == person
        assert proof.answers(tokens) == {Withheld()}
        proof.project()
        feed.tell("r-9", event="ten")
        proof.take(feed.items, "feed/10")
        assert proof.answers(tokens) == {Withheld()}


def test_nobody_is_resumed_before_it_is_reconciled(
    settled: Settings, clock: FixedClock, backups: Backups
) -> None:
    """Guard: settling asks the gate; by a log that was put back nobody is restricted."""
    restored = _restricted_since(settled, clock, backups, "events")
    with open_proof(restored.settings, clock) as proof:
        with pytest.raises(GateClosed):
            settle_restrictions(proof.house)
        with pytest.raises(GateClosed):
            restricting(proof.house).lift(proof.controller, [restored.other])
        assert proof.house.keyring.suspended(proof.controller) == [restored.other]


def test_what_needs_no_sealing_is_not_recorded_before_it_is_reconciled(
    settled: Settings, clock: FixedClock, backups: Backups
) -> None:
    """Guard: the log's own append asks the gate; nothing of this claim is sealed."""
    restored = put_back(settled, clock, backups, "keys")
    claim = LegalHoldPlaced(numbered("key", 1), None, HoldGround.OTHER, None)
    with open_proof(restored.settings, clock) as proof:
        before = proof.house.store.last_position()
        with pytest.raises(GateClosed):
            proof.house.rights().record(proof.controller, restored.other, claim)
        assert proof.house.store.last_position() == before
