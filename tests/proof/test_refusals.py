"""Through real databases: refused for now is parked, replayed when it may be, gone with her."""

from pathlib import Path

import pytest

from consumers.ingest import PARKED_PERIOD
from consumers.parking import PARKED, Replayed
from consumers.promises import recipient_id
from domain.answers import Shredded
from infra.clock import FixedClock
from infra.footprint import footprint_of
from infra.upkeep import upkeep
from projections.disclosures import DisclosureKind
from tests.consumers.feed import Feed
from tests.consumers.gated import ENRICHED, GIVEN, PRESENTED, TO_CLIENT, TO_PRESENT, WITHDRAWN
from tests.proof.houses import SOURCE, Proof
from tests.proof.told import Told

LINKEDIN = "miles.linkedin"


@pytest.fixture
def toptemp(proof: Proof, tmp_path: Path) -> Told:
    return Told(proof, tmp_path, Feed(SOURCE)).registered()


def consents(told: Told) -> None:
    """Let her have consented before the last thing told of her."""
    last = told.feed.items[-1].envelope
    assert last is not None
    item = told.feed.tell("r-1", GIVEN, at=last.occurred_at - 1, values=TO_PRESENT)
    told.proof.take([item], "consent/1")


@pytest.mark.requirement("A198")
def test_a_presentation_without_consent_is_parked_about_her(toptemp: Told) -> None:
    assert toptemp.tell(PRESENTED, TO_CLIENT).parked == {"no_consent": 1}
    (parked,) = toptemp.proof.house.parking.waiting(10)
    assert (parked.subject, parked.topic) == (toptemp.subject, PRESENTED)
    assert toptemp.recipients() == []


@pytest.mark.requirement("A106", "A198")
def test_once_she_consents_a_replay_records_it(toptemp: Told) -> None:
    toptemp.tell(PRESENTED, TO_CLIENT)
    consents(toptemp)
    assert toptemp.replay() == Replayed(asked=1, recorded=1)
    (row,) = toptemp.recipients()
    assert (row.kind, row.disclosed) == (DisclosureKind.PRESENTED, ("name", "skills"))
    assert row.needed_consent is True
    assert toptemp.proof.house.parking.waiting(10) == []


@pytest.mark.requirement("A198")
def test_a_consent_taken_back_blocks_the_next_presentation(toptemp: Told) -> None:
    toptemp.tell(GIVEN, TO_PRESENT)
    assert toptemp.tell(PRESENTED, TO_CLIENT).recorded == 1
    assert toptemp.tell(WITHDRAWN, TO_PRESENT).recorded == 1
    assert toptemp.tell(PRESENTED, TO_CLIENT).parked == {"no_consent": 1}


@pytest.mark.requirement("A106")
def test_her_erasure_discards_what_waits_and_leaves_the_neutral_list(toptemp: Told) -> None:
    toptemp.tell(GIVEN, TO_PRESENT)
    toptemp.tell(PRESENTED, TO_CLIENT)
    toptemp.tell(WITHDRAWN, TO_PRESENT)
    toptemp.tell(PRESENTED, TO_CLIENT)
    proof, before = toptemp.proof, toptemp.recipients()
    (parked,) = proof.house.parking.waiting(10)
    footprint = footprint_of(proof.house, proof.controller, toptemp.subject, None)
    assert footprint.parked == 1

    proof.erase(toptemp.subject)
    assert proof.house.parking.waiting(10) == []
    assert toptemp.recipients() == before
    (key,) = proof.keys("SELECT wrapped FROM loose_key WHERE item = %s", parked.parked_id)
    assert key == (None,)


@pytest.mark.requirement("T18", "A11")
def test_an_employer_presents_nobody_and_sends_nothing_out_of_the_eea(
    proof: Proof, tmp_path: Path
) -> None:
    miles = Told(proof, tmp_path, Feed(LINKEDIN)).registered()
    miles.tell(GIVEN, TO_PRESENT)
    assert miles.tell(PRESENTED, TO_CLIENT).parked == {"not_allowed": 1}
    asked = {"remote_recipient_id": "rocketreach", "remote_transfer_id": None}
    assert miles.tell(ENRICHED, asked).parked == {"no_mechanism": 1}
    (row,) = miles.recipients()
    owner = proof.house.controllers["miles"]
    service = recipient_id(proof.house.keyring, owner, "miles", "rocketreach")
    assert (row.kind, row.recipient) == (DisclosureKind.ENRICHMENT_BLOCKED, service)


def test_who_asks_for_the_recipients_is_in_the_access_audit(toptemp: Told) -> None:
    toptemp.recipients()
    (seen,) = toptemp.proof.house.audit.of(toptemp.subject)
    assert (seen.view, seen.purpose, seen.opened) == ("disclosures", "privacy_request", 0)


def test_what_waited_for_its_period_lapses_with_its_key(toptemp: Told, clock: FixedClock) -> None:
    toptemp.tell(PRESENTED, TO_CLIENT)
    house = toptemp.proof.house
    (parked,) = house.parking.waiting(10)
    clock.instant += PARKED_PERIOD
    upkeep(house)
    assert house.parking.waiting(10) == []
    assert house.loose.open(PARKED, [(parked.parked_id, parked.token)]) == [Shredded()]
