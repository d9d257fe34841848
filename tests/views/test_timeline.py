"""What a person's timeline answers, page by page."""

import pytest

from domain.values import SubjectId
from infra.views.queries.answers import ValueState
from infra.views.queries.desk import SubjectUnknown
from infra.views.queries.timeline import timeline
from tests.examples import numbered
from tests.views.house import House


def test_a_timeline_tells_each_fact_with_its_values(house: House, ada: SubjectId) -> None:
    page = timeline(house.desk(), house.asker(), ada, 10)
    named = [[value.name for value in happening.values] for happening in page.happenings]
    assert named == [["given_name", "family_name", "emails"], ["assignment_title", "answers"]]


def test_a_timeline_is_paged_by_version(house: House, ada: SubjectId) -> None:
    first = timeline(house.desk(), house.asker(), ada, 1)
    assert first.after is not None
    second = timeline(house.desk(), house.asker(), ada, 10, first.after)
    assert [h.version for h in (*first.happenings, *second.happenings)] == [1, 2]


def test_an_erased_persons_timeline_keeps_its_facts(house: House, ada: SubjectId) -> None:
    house.erase(ada)
    page = timeline(house.desk(), house.asker(), ada, 10)
    states = [{value.state for value in happening.values} for happening in page.happenings]
    assert states == [{ValueState.SHREDDED}, {ValueState.SHREDDED}, set()]


def test_the_end_of_an_erasure_tells_the_journals_hash_in_hex(house: House, ada: SubjectId) -> None:
    house.erase(ada)
    (*_, end) = timeline(house.desk(), house.asker(), ada, 10).happenings
    assert end.clear["journal_chain"] == bytes(range(32)).hex()


def test_a_timeline_of_nobody_is_unknown(house: House) -> None:
    with pytest.raises(SubjectUnknown):
        timeline(house.desk(), house.asker(), SubjectId(numbered("subject", 99)), 10)


def test_another_controllers_timeline_is_unknown(house: House, ada: SubjectId) -> None:
    other = house.keyring.add_controller("nord")
    with pytest.raises(SubjectUnknown):
        timeline(house.desk(), house.asker(other), ada, 10)
