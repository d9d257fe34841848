"""What rights or a policy refuse for now is parked about its person, and told where data left."""

from collections import Counter
from dataclasses import replace

import pytest

from consumers.ingest import Span
from consumers.ports import ParkReason, VersionConflict
from consumers.promises import recipient_id
from consumers.rights import Rights
from domain.disclosure import CandidatePresentedToClient, Obstacle, TransferBlocked
from domain.fact import HOUSE, Actor
from domain.outreach import ContactEnriched, EnrichmentBarrier, EnrichmentBlocked
from domain.restriction import ProcessingRestricted, RestrictionGround
from tests.consumers.feed import Feed
from tests.consumers.gated import (
    DISCLOSED,
    ENRICHED,
    GIVEN,
    LAWFUL,
    MESSAGE,
    PRESENTED,
    TO_CLIENT,
    TO_PRESENT,
    WITHDRAWN,
    Gated,
    gated,
    rocketreach,
)
from tests.consumers.side import Side, request
from tests.examples import SOURCE, numbered

ASKED = {"remote_recipient_id": "rocketreach", "remote_transfer_id": None}
HANDED = ASKED | {"purpose": "recruitment", "disclosed": ["name"]}


@pytest.fixture
def toptemp() -> Gated:
    return gated("toptemp")


@pytest.fixture
def miles() -> Gated:
    return gated("miles")


@pytest.mark.requirement("A198")
def test_a_presentation_nobody_consented_to_is_parked(toptemp: Gated) -> None:
    toptemp.tell(PRESENTED, TO_CLIENT)
    assert toptemp.waiting == [ParkReason.NO_CONSENT]
    assert PRESENTED not in toptemp.topics


@pytest.mark.requirement("A198")
def test_a_presentation_she_consented_to_is_recorded_with_the_rule_it_was_under(
    toptemp: Gated,
) -> None:
    toptemp.tell(GIVEN, TO_PRESENT)
    toptemp.tell(PRESENTED, TO_CLIENT)
    facts = toptemp.side.facts(toptemp.side.person())
    (told,) = [fact for fact in facts if isinstance(fact, CandidatePresentedToClient)]
    assert told.requires_consent is True


@pytest.mark.requirement("A198")
def test_a_consent_taken_back_parks_the_next_presentation(toptemp: Gated) -> None:
    for topic in (GIVEN, WITHDRAWN):
        toptemp.tell(topic, TO_PRESENT)
    toptemp.tell(PRESENTED, TO_CLIENT)
    assert toptemp.waiting == [ParkReason.NO_CONSENT]


def test_what_is_refused_names_its_person_and_kind_and_keeps_its_payload(toptemp: Gated) -> None:
    item = toptemp.tell(PRESENTED, TO_CLIENT)
    (one,) = toptemp.lot.waiting()
    assert (one.subject, one.topic) == (toptemp.side.person(), PRESENTED)
    assert (one.position_index, item.raw in one.token) == (item.index, False)


def test_what_is_refused_is_counted_once_as_parked(toptemp: Gated) -> None:
    toptemp.tell(GIVEN, TO_PRESENT)
    item = toptemp.feed.tell("r-1", MESSAGE, values={"purpose": "job_alerts"})
    tally = toptemp.side.take([item])
    assert (tally.parked, tally.refused) == (Counter({"no_basis": 1}), Counter())
    assert (tally.read, tally.recorded, tally.unchanged) == (1, 0, 0)


def test_what_is_refused_is_parked_once_however_often_it_is_read(toptemp: Gated) -> None:
    toptemp.tell(PRESENTED, TO_CLIENT)
    first = toptemp.lot.waiting()
    toptemp.side.again(toptemp.feed)
    assert toptemp.lot.waiting() == first


def test_the_same_message_at_two_places_is_parked_at_both(toptemp: Gated) -> None:
    toptemp.tell(PRESENTED, TO_CLIENT)
    for _ in range(2):
        toptemp.feed.tell("r-1", PRESENTED, event="the same", values=TO_CLIENT)
    tally = toptemp.side.take(toptemp.feed.items[2:])
    assert tally.parked == Counter({"no_consent": 2})
    assert len(toptemp.lot.waiting()) == 3


def test_a_refused_item_of_a_person_unread_before_begins_no_stream(toptemp: Gated) -> None:
    toptemp.tell(PRESENTED, TO_CLIENT, "r-1")
    item = toptemp.feed.tell("r-9", MESSAGE, values={"purpose": "job_alerts"})
    assert toptemp.side.take([item]).people == 0
    assert toptemp.topics


@pytest.mark.requirement("A11")
def test_an_enrichment_without_a_mechanism_is_parked_and_told(miles: Gated) -> None:
    miles.tell(ENRICHED, ASKED)
    side = miles.side
    service = recipient_id(side.keyring, side.controller, SOURCE, "rocketreach")
    told = side.log.stream(side.person())[-1]
    assert told.fact == EnrichmentBlocked(service, EnrichmentBarrier.NO_TRANSFER_MECHANISM)
    assert (told.stamp.source, told.stamp.actor) == (HOUSE, Actor.SYSTEM)
    assert miles.waiting == [ParkReason.NO_MECHANISM]


@pytest.mark.requirement("A11", "A19")
def test_an_enrichment_under_a_mechanism_is_recorded(miles: Gated) -> None:
    miles.under(rocketreach(LAWFUL))
    miles.tell(ENRICHED, ASKED)
    assert miles.waiting == []
    assert miles.topics[-1] == ContactEnriched.TOPIC


def test_a_blocked_transfer_is_told_once_however_often_it_is_repeated(miles: Gated) -> None:
    for _ in range(2):
        miles.tell(ENRICHED, ASKED)
    before = miles.topics
    miles.side.again(miles.feed)
    assert miles.topics == before
    assert before.count(EnrichmentBlocked.TOPIC) == 2


@pytest.mark.requirement("A20")
def test_a_disclosure_to_somebody_unknown_is_parked_and_told(toptemp: Gated) -> None:
    toptemp.tell(DISCLOSED, HANDED | {"remote_recipient_id": "nobody"})
    assert toptemp.waiting == [ParkReason.UNKNOWN_RECIPIENT]
    told = toptemp.side.facts(toptemp.side.person())[-1]
    assert isinstance(told, TransferBlocked)
    assert told.obstacle is Obstacle.UNKNOWN_RECIPIENT


def test_a_transfer_about_a_restricted_person_is_told_as_such(miles: Gated) -> None:
    miles.under(rocketreach(LAWFUL))
    miles.tell("candidate.profile-section-stated", {})
    restricted = ProcessingRestricted(numbered("fact", 7), RestrictionGround.ACCURACY_CONTESTED)
    side = miles.side
    rights = Rights(side.log, side.clock.now, side.ingest.new_id, side.waits.append)
    rights.record(side.controller, side.person(), restricted)
    miles.tell(ENRICHED, ASKED)
    assert miles.waiting == [ParkReason.RESTRICTED]
    assert miles.topics[-1] == TransferBlocked.TOPIC


def test_a_blocked_transfer_begins_its_person_with_her_source_linked(miles: Gated) -> None:
    miles.tell("candidate.profile-section-stated", {})
    miles.side.take([miles.feed.tell("r-9", ENRICHED, values=ASKED)])
    topics = miles.side.topics(miles.side.person("r-9"))
    assert topics == ["candidate.source-linked", EnrichmentBlocked.TOPIC]


def test_a_controller_without_a_policy_presents_nobody(side: Side) -> None:
    feed = Feed()
    feed.tell()
    feed.tell(topic=GIVEN, values=TO_PRESENT)
    feed.tell(topic=PRESENTED, values=TO_CLIENT)
    assert side.take(feed.items).parked == Counter({"not_allowed": 1})


def test_one_recipient_is_one_id_whichever_source_names_it() -> None:
    one = gated("toptemp")
    one.tell(DISCLOSED, HANDED)
    other = Feed(f"{SOURCE}.mail")
    side = one.side
    sources = {**side.ingest.reception.sources, other.source: side.controller}
    reception = replace(side.ingest.reception, sources=sources)
    side.ingest = replace(side.ingest, reception=reception)
    other.tell("m-1", DISCLOSED, values=HANDED)
    side.take(other.items, "mail/1", "mail")
    told = [e.fact for e in side.log.log if isinstance(e.fact, TransferBlocked)]
    assert len(told) == 2
    assert len({fact.recipient_id for fact in told}) == 1


def test_her_erasure_discards_what_is_parked_about_her_and_destroys_its_key(
    toptemp: Gated,
) -> None:
    toptemp.tell(PRESENTED, TO_CLIENT)
    side, (item,) = toptemp.side, toptemp.lot.waiting()
    doors = side.doors()
    doors = replace(doors, views=(*doors.views, toptemp.about()))
    side.erasure(doors=doors).erase(side.controller, [request(side.person())])
    assert toptemp.lot.waiting() == []
    assert toptemp.replay().asked == 0
    assert side.loose.destroy([item.parked_id]) == 0


def test_an_erasure_of_a_category_leaves_what_is_parked(toptemp: Gated) -> None:
    toptemp.tell(PRESENTED, TO_CLIENT)
    toptemp.tell("candidate.profile-section-stated", {})
    side, doors = toptemp.side, toptemp.side.doors()
    doors = replace(doors, views=(*doors.views, toptemp.about()))
    side.erasure(doors=doors).erase(side.controller, [request(side.person(), "profile")])
    assert toptemp.waiting == [ParkReason.NO_CONSENT]


def test_nothing_is_parked_about_a_person_who_was_erased_meanwhile(toptemp: Gated) -> None:
    """The page was decided before her erasure and commits after it: it must begin again."""
    toptemp.tell("candidate.profile-section-stated", {})
    side = toptemp.side
    item = toptemp.feed.tell("r-1", PRESENTED, values=TO_CLIENT)
    prepared = side.ingest.prepare([item])
    side.log.before.append(lambda _batch: _erased(side))
    span = Span("feed/1", "feed", side.log.position("feed/1"), item.index + 1)
    tally = side.ingest.commit(prepared, span)
    assert (tally.refused, tally.parked) == (Counter({"late_fact": 1}), Counter())
    assert toptemp.lot.waiting() == []


def _erased(side: Side) -> None:
    side.erase(side.person())


def test_a_batch_that_saw_a_stream_move_is_not_committed(toptemp: Gated) -> None:
    toptemp.tell(PRESENTED, TO_CLIENT)
    side = toptemp.side
    parked = side.log.batches[-1]
    assert parked.seen == ((side.person(), len(toptemp.topics)),)
    toptemp.tell("candidate.profile-section-stated", {})
    stale = replace(parked, advance=None)
    with pytest.raises(VersionConflict):
        side.log.append(stale)
