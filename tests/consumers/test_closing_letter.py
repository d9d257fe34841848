"""The address of the closing letter outlives the person's keys, under a key of its own."""

from dataclasses import replace

import pytest

from domain.answers import Present, Shredded
from domain.erasure import ErasureOrdered
from domain.keyring import OpenRequest
from infra.keys.shapes import NOTICE_PERIOD
from tests.consumers.feed import Feed
from tests.consumers.side import Side, later, request
from tests.examples import subject

ADDRESS = "kari.eksempel@example.com"


@pytest.fixture
def erased(side: Side, feed: Feed) -> Side:
    """Know r-1, erased at her own request with an address to answer to."""
    side.take(feed.items)
    side.project()
    asked = replace(request(side.person()), letter_to=ADDRESS)
    side.erasure().erase(side.controller, [asked])
    return side


def letter(side: Side) -> OpenRequest:
    (order,) = [e for e in side.log.log if isinstance(e.fact, ErasureOrdered)]
    (part,) = [p for p in order.fact.sealed if p.category.startswith("request/")]
    fact_id = order.stamp.fact_id
    return OpenRequest(
        order.subject, fact_id, part.category, ErasureOrdered.TOPIC, part.sealed.token
    )


def test_the_address_opens_after_the_erasure(erased: Side) -> None:
    answers = erased.keyring.open(erased.controller, [letter(erased)])
    assert answers == [Present(ADDRESS.encode())]


def test_the_address_is_no_notice(erased: Side) -> None:
    assert [n.token for n in erased.log.notices.values()] != [letter(erased).token]
    assert len(erased.log.notices) == 1


def test_the_address_dies_after_30_days(erased: Side) -> None:
    later(erased, NOTICE_PERIOD + 1)
    erased.keyring.expire_notices(erased.clock.now())
    assert erased.keyring.open(erased.controller, [letter(erased)]) == [Shredded()]


def test_the_request_does_not_print_the_address() -> None:
    assert ADDRESS not in repr(replace(request(subject(1)), letter_to=ADDRESS))
