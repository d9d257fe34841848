"""Several people in one fact: each value under its own person's key, all of it in one batch."""

from collections.abc import Mapping

import pytest

from consumers.packing import unpack
from consumers.ports import NoticeKind
from domain.answers import Present, Shredded
from domain.fact import Fact
from domain.keyring import Contact, ContactKind, OpenRequest
from domain.mentions import MentionedIn, Role
from domain.profile import SourceLinked
from domain.references import ReferenceGiven
from domain.values import FactId, SubjectId
from tests.consumers.feed import REGISTERED, SUBMITTED, Feed
from tests.consumers.side import Side
from tests.examples import SOURCE, START

GIVEN = ReferenceGiven.TOPIC
REFEREE = "r-9"
HERS: Mapping[str, object] = {
    "remote_referee_person_id": REFEREE,
    "referee_name": "Probe Referansen",
    "referee_emails": ["referee@example.org"],
    "referee_phones": [],
    "referee_employer": None,
    "referee_title": None,
    "statement": "Works well.",
}


def reference(feed: Feed, event: str = "said", **values: object) -> None:
    feed.tell("r-1", GIVEN, event=event, values={**HERS, **values})


def mentions(side: Side, person: str = REFEREE) -> list[MentionedIn]:
    return [fact for fact in side.facts(side.person(person)) if isinstance(fact, MentionedIn)]


def values(side: Side, person: SubjectId, kind: type[Fact]) -> list[object]:
    """Open what a person's facts of a kind hold."""
    entries = [e for e in side.log.stream(person) if isinstance(e.fact, kind)]
    wanted = [
        OpenRequest(person, e.stamp.fact_id, p.category, kind.TOPIC, p.sealed.token)
        for e in entries
        for p in e.fact.sealed
    ]
    answers = side.keyring.open(side.controller, wanted)
    return [unpack(a.plaintext) if isinstance(a, Present) else type(a) for a in answers]


@pytest.fixture
def told(side: Side) -> Side:
    """Take in one candidate and what her referee said."""
    feed = Feed()
    feed.tell()
    reference(feed)
    assert side.take(feed.items).recorded == 2
    return side


@pytest.mark.requirement("A45", "A179")
def test_each_value_is_sealed_under_its_own_persons_key(told: Side) -> None:
    assert values(told, told.person(), ReferenceGiven) == [{"statement": "Works well."}]
    hers = {"name": "Probe Referansen", "emails": ["referee@example.org"]}
    assert values(told, told.person(REFEREE), MentionedIn) == [hers]


def test_the_mention_names_the_fact_that_speaks_of_her(told: Side) -> None:
    (mention,) = mentions(told)
    said = told.keyring.fact_id(told.controller, SOURCE, "said")
    assert (mention.mentioning_fact_id, mention.role) == (said, Role.REFEREE)


def test_both_facts_are_in_one_batch(told: Side) -> None:
    (batch,) = told.log.batches
    written = {type(fact) for r in batch.recordings for _, fact in r.facts}
    assert {ReferenceGiven, MentionedIn} <= written


def test_the_other_person_is_linked_to_the_source_that_told_of_her(told: Side) -> None:
    assert [type(f) for f in told.facts(told.person(REFEREE))] == [SourceLinked, MentionedIn]


def test_the_other_person_is_found_by_her_address(told: Side) -> None:
    address = Contact(ContactKind.EMAIL, "Referee@example.org")
    assert told.keyring.find_contact(told.controller, address) == [told.person(REFEREE)]


def test_a_fact_told_again_mentions_nobody_again(told: Side) -> None:
    feed = Feed()
    feed.tell()
    reference(feed)
    assert told.again(feed).duplicate == 2
    assert len(mentions(told)) == 1


def test_erasing_the_referee_leaves_the_candidate_readable(told: Side) -> None:
    told.erase(told.person(REFEREE))
    assert values(told, told.person(), ReferenceGiven) == [{"statement": "Works well."}]


def test_erasing_the_candidate_leaves_the_referee_readable(told: Side) -> None:
    candidate, referee = told.person(), told.person(REFEREE)
    told.erase(candidate)
    assert values(told, candidate, ReferenceGiven) == [Shredded]
    assert values(told, referee, MentionedIn) != [Shredded]


def erased_referee(told: Side) -> Feed:
    """Erase the referee, and let the source tell of her once more."""
    told.erase(told.person(REFEREE))
    feed = Feed()
    feed.tell()
    reference(feed, "said again")
    return feed


def test_an_erased_referee_stays_erased_and_the_reference_is_recorded(told: Side) -> None:
    before = len(told.log.log)
    assert told.again(erased_referee(told)).recorded == 1
    assert [type(e.fact) for e in told.log.log[before:]][-1] is ReferenceGiven
    assert len(told.log.stream(told.person())) == 4


def test_the_source_is_told_that_the_referee_was_erased(told: Side) -> None:
    told.again(erased_referee(told))
    kinds = [notice.kind for notice in told.log.notices.values()]
    assert kinds.count(NoticeKind.LATE_FACT) == 1


def test_who_is_spoken_of_in_a_refused_fact_is_not_mentioned(told: Side) -> None:
    told.erase(told.person())
    feed = Feed()
    reference(feed, "too late", remote_referee_person_id="r-10")
    assert told.again(feed).refused == {"late_fact": 1}
    assert told.facts(told.person("r-10")) == []


def test_values_of_a_person_without_an_id_are_parked(told: Side) -> None:
    feed = Feed()
    reference(feed, "nameless", remote_referee_person_id=None)
    reference(feed, "blank", remote_referee_person_id=" ")
    assert told.again(feed).parked == {"missing_id": 2}


def test_a_reference_that_names_no_person_mentions_nobody(told: Side) -> None:
    feed = Feed()
    nobody = dict.fromkeys(HERS, None) | {"referee_emails": [], "referee_phones": []}
    reference(feed, "unnamed", **nobody)
    before = len(told.log.log)
    assert told.again(feed).recorded == 1
    assert len(told.log.log) == before + 1


def test_each_of_several_interviewers_is_mentioned_once(side: Side) -> None:
    feed = Feed()
    feed.tell()
    ids = ["i-1", "i-2", "i-1"]
    feed.tell(topic="candidate.interview-scheduled", values={"remote_interviewer_ids": ids})
    side.take(feed.items)
    roles = [[m.role for m in mentions(side, person)] for person in ("i-1", "i-2")]
    assert roles == [[Role.INTERVIEWER]] * 2


def test_who_interviews_herself_is_no_other_person(side: Side) -> None:
    feed = Feed()
    feed.tell()
    hers = {"remote_interviewer_ids": ["r-1"]}
    feed.tell(topic="candidate.interview-scheduled", values=hers)
    side.take(feed.items)
    assert mentions(side, "r-1") == []


def test_a_referee_may_apply_herself(told: Side) -> None:
    feed = Feed()
    feed.tell(REFEREE, REGISTERED, event="comes", at=START)
    feed.tell(REFEREE, SUBMITTED, event="applies")
    told.take(feed.items, "feed/2")
    assert told.topics(told.person(REFEREE))[-2:] == [REGISTERED, SUBMITTED]


def test_a_mention_is_named_alike_whatever_reads_it(told: Side) -> None:
    other = Side()
    other.keyring = told.keyring
    ids = [FactId(e.stamp.fact_id) for e in told.log.log if isinstance(e.fact, MentionedIn)]
    said = told.keyring.fact_id(told.controller, SOURCE, "said")
    key = f"{said}/referee/{REFEREE}"
    assert ids == [told.keyring.keyed_id(told.controller, "mention", SOURCE, key)]
