"""A changed purpose needs new consent from everybody who consented in older words."""

import pytest

from consumers.controller_stream import ControllerStream, read_controller
from consumers.outdating import Outdating
from consumers.ports import Batch, Recording
from consumers.rights import Rights
from domain import subject as subjects
from domain.consent import ConsentGiven, ConsentOutdated, ConsentStatus
from domain.controller import NoticePublished
from domain.fact import Actor, Fact
from domain.purposes import Purpose
from domain.subject import SubjectState
from domain.values import Instant
from infra.random_ids import random_id
from tests import examples
from tests.consumers.side import Side
from tests.examples import MINUTE, stamp, subject
from tests.life_examples import example

CHANGED = Purpose.RECRUITMENT


def given(side: Side, person: int, *facts: Fact) -> None:
    """Record facts of a person, the n-th a minute after the n-1st, all before now."""
    state: SubjectState = subjects.EMPTY
    made = []
    for n, fact in enumerate((examples.registered(), *facts)):
        at = side.clock.instant - (60 - n) * MINUTE
        stamped = stamp(person * 10 + n, occurred_at=at)
        state = subjects.evolve(state, stamped, fact)
        made.append((stamped, fact))
    side.log.append(Batch((Recording(side.controller, subject(person), 0, tuple(made), state),)))


def consent(version: int = 1, purpose: Purpose = CHANGED, **changed: object) -> Fact:
    narrowed: dict[str, object] = {"client_id": None, "assignment_id": None}
    told = narrowed | {"purpose": purpose, "notice_version": version} | changed
    return example(ConsentGiven, 1, **told)


def publish(side: Side, version: int = 2, at: Instant | None = None) -> None:
    """Publish a notice that changes a purpose; it binds now unless told."""
    stream = ControllerStream(side.log, side.controller, side.clock.now, random_id)
    binds = side.clock.instant if at is None else at
    assert stream.record(NoticePublished(version, binds, 0, (CHANGED,), None), Actor.USER)


def outdate(side: Side) -> int:
    rights = Rights(side.log, side.clock.now, random_id, side.waits.append)
    state = read_controller(side.log, side.controller)[1]
    outdating = Outdating(side.log, rights, side.keyring)
    return outdating.outdate(side.controller, state, side.clock.now())


def statuses(side: Side, person: int) -> dict[str, ConsentStatus]:
    life = side.log.heads_of([subject(person)])[subject(person)].state.life
    assert life is not None
    return {scope: one.status for scope, one in (life.consent or {}).items()}


@pytest.mark.requirement("A82")
def test_a_consent_in_older_words_is_outdated(side: Side) -> None:
    given(side, 1, consent())
    publish(side)
    assert outdate(side) == 1
    assert statuses(side, 1) == {"recruitment": ConsentStatus.OUTDATED}
    fact = side.log.log[-1].fact
    assert isinstance(fact, ConsentOutdated)
    assert (fact.notice_version, fact.consent_id) == (2, getattr(consent(), "consent_id", None))


def test_every_other_consent_stands(side: Side) -> None:
    given(side, 1, consent(2), consent(1, Purpose.MARKETING))
    publish(side)
    assert outdate(side) == 0
    assert set(statuses(side, 1).values()) == {ConsentStatus.GIVEN}


def test_a_consent_for_one_client_is_outdated_as_such(side: Side) -> None:
    client = examples.numbered("application", 1)
    given(side, 1, consent(client_id=client))
    publish(side)
    outdate(side)
    assert statuses(side, 1) == {f"recruitment/{client.hex}": ConsentStatus.OUTDATED}


def test_nothing_is_outdated_before_the_notice_binds(side: Side) -> None:
    given(side, 1, consent())
    publish(side, at=side.clock.instant + MINUTE)
    assert outdate(side) == 0
    side.clock.instant += MINUTE
    assert outdate(side) == 1


def test_a_consent_given_later_in_older_words_is_outdated_too(side: Side) -> None:
    given(side, 1, consent())
    publish(side, at=side.clock.instant - 120 * MINUTE)
    assert (outdate(side), outdate(side)) == (1, 0)
    assert statuses(side, 1) == {"recruitment": ConsentStatus.OUTDATED}


def test_outdating_twice_outdates_once(side: Side) -> None:
    given(side, 1, consent())
    publish(side)
    assert (outdate(side), outdate(side)) == (1, 0)


@pytest.mark.requirement("A82")
def test_who_consents_anew_is_not_asked_again(side: Side) -> None:
    given(side, 1, consent())
    publish(side)
    outdate(side)
    rights = Rights(side.log, side.clock.now, random_id, side.waits.append)
    side.clock.instant += MINUTE
    anew = consent(2)
    assert rights.record(side.controller, subject(1), anew, Actor.SUBJECT) == (anew,)
    assert outdate(side) == 0
    assert statuses(side, 1) == {"recruitment": ConsentStatus.GIVEN}


def test_everybody_is_reached_page_by_page(side: Side, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("consumers.outdating.PAGE", 2)
    for person in range(1, 6):
        given(side, person, consent())
    publish(side)
    assert outdate(side) == 5
