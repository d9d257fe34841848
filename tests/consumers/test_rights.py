"""Recording one decided fact: retried, once, together or not at all."""

import pytest

from consumers.ports import Batch, Notice, NoticeKind, VersionConflict
from consumers.rights import CONFLICTS, PAGE, Act, Rights, Sealing
from domain.decisions import RefusalReason, Refused
from domain.erasure import ErasureReason, ErasureRequested
from domain.fact import Actor, Fact
from domain.legal_holds import HoldGround, LegalHoldPlaced
from domain.objection import ObjectionRaised, ObjectionRejected
from domain.purposes import Purpose
from domain.subject import SubjectState
from domain.values import ErasureId, FactId, SubjectId
from infra.random_ids import random_id
from tests.consumers.feed import STATED, Feed
from tests.consumers.side import Side


@pytest.fixture
def taken(side: Side, feed: Feed) -> Side:
    side.take(feed.items)
    return side


@pytest.fixture
def rights(taken: Side) -> Rights:
    return Rights(taken.log, taken.clock.now, random_id, taken.waits.append)


def hold() -> LegalHoldPlaced:
    return LegalHoldPlaced(random_id(), None, HoldGround.CLAIM, None)


def notice(side: Side, person: SubjectId) -> Notice:
    kind, now = NoticeKind.RESTRICTED, side.clock.now()
    return Notice(random_id(), side.controller, kind, "ats", person, None, b"token", now)


def test_a_fact_is_recorded_with_who_brought_it_about(taken: Side, rights: Rights) -> None:
    claim = hold()
    assert rights.record(taken.controller, taken.person(), claim, Actor.SUBJECT) == (claim,)
    last = taken.log.stream(taken.person())[-1]
    assert (last.fact, last.stamp.actor, last.stamp.source) == (claim, Actor.SUBJECT, "glemmebok")


def test_a_fact_id_once_recorded_decides_nothing_again(taken: Side, rights: Rights) -> None:
    fact_id = FactId(random_id())
    rights.record(taken.controller, taken.person(), hold(), fact_id=fact_id)
    assert rights.record(taken.controller, taken.person(), hold(), fact_id=fact_id) == ()


def test_a_claim_is_made_anew_when_the_stream_moved(taken: Side, rights: Rights) -> None:
    more, seen = Feed(), []
    more.tell(topic=STATED, event="meanwhile")
    taken.log.before = [lambda _batch: _quietly(taken.take(more.items, "more/1"))]

    def claim(state: SubjectState) -> Fact:
        seen.append(state.facts)
        return hold()

    rights.record(taken.controller, taken.person(), claim)
    assert len(seen) == 2
    assert seen[1] == seen[0] + 1


def test_a_stream_that_never_stands_still_is_told(taken: Side, rights: Rights) -> None:
    def conflict(_batch: Batch) -> None:
        message = "moving"
        raise VersionConflict(message)

    taken.log.before = [conflict] * CONFLICTS
    with pytest.raises(VersionConflict):
        rights.record(taken.controller, taken.person(), hold())


def test_of_many_acts_the_refused_alone_are_left_out(taken: Side, rights: Rights) -> None:
    first, second = taken.person(), taken.person("r-2")
    acts = [Act(first, hold()), Act(second, refused_claim(rights, taken, second))]
    kept, refused = rights.record_all(taken.controller, acts)
    assert isinstance(kept, tuple)
    assert refused == Refused(RefusalReason.NOT_WEIGHED)


def test_together_is_all_or_nothing(taken: Side, rights: Rights) -> None:
    first, second = taken.person(), taken.person("r-2")
    acts = [
        Act(first, hold(), notices=(notice(taken, first),)),
        Act(second, refused_claim(rights, taken, second)),
    ]
    before = list(taken.log.log)
    refused = rights.record_together(taken.controller, acts)
    assert refused == Refused(RefusalReason.NOT_WEIGHED)
    assert (taken.log.log, dict(taken.log.notices)) == (before, {})


def test_two_acts_upon_one_person_are_decided_upon_each_other(taken: Side, rights: Rights) -> None:
    person, erasure_id = taken.person(), ErasureId(random_id())
    request = ErasureRequested(erasure_id, None, ErasureReason.REQUEST)
    recorded = rights.record_together(
        taken.controller, [Act(person, request), Act(person, request)]
    )
    assert recorded == [(person, request)]


def test_what_stands_already_tells_nobody(taken: Side, rights: Rights) -> None:
    person = taken.person()
    request = ErasureRequested(ErasureId(random_id()), None, ErasureReason.REQUEST)
    rights.record(taken.controller, person, request)
    told = Act(person, request, notices=(notice(taken, person),))
    assert rights.record_together(taken.controller, [told]) == []
    assert dict(taken.log.notices) == {}


def test_more_than_a_page_is_recorded_in_pages_and_not_together(
    taken: Side, rights: Rights
) -> None:
    acts = [Act(taken.person(), hold()) for _ in range(PAGE + 1)]
    assert all(rights.record_all(taken.controller, acts))
    with pytest.raises(ValueError, match="together"):
        rights.record_together(taken.controller, acts)


def test_nothing_given_seals_nothing(taken: Side) -> None:
    sealing = Sealing(taken.keyring, taken.controller)
    fact_id = FactId(random_id())
    assert sealing.part(taken.person(), fact_id, "a.topic", "profile", {"reason": None}) == ()


def refused_claim(rights: Rights, side: Side, person: SubjectId) -> Fact:
    """Raise an objection to advertising, which may not be rejected."""
    objection = ObjectionRaised(random_id(), Purpose.MARKETING)
    rights.record(side.controller, person, objection)
    return ObjectionRejected(objection.objection_id)


def _quietly(_done: object) -> None:
    return None
