"""What the register of erasures answers, page by page."""

from domain.values import SubjectId
from infra.views.queries.erasures import erasures
from tests.examples import erasure_id, requested
from tests.views.applicants import other_applicant
from tests.views.house import House


def test_another_controllers_erasures_are_not_in_the_register(house: House, ada: SubjectId) -> None:
    house.tell(ada, requested(1))
    other = house.keyring.add_controller("nord")
    assert erasures(house.desk(), house.asker(other), 10).erasures == ()


def test_the_register_shows_the_latest_erasure_first(house: House, ada: SubjectId) -> None:
    other = other_applicant(house, 2)
    house.tell(ada, requested(1))
    house.tell(other, requested(2))
    page = erasures(house.desk(), house.asker(), 10)
    assert [row.erasure_id for row in page.erasures] == [erasure_id(2), erasure_id(1)]


def test_the_register_is_paged(house: House, ada: SubjectId) -> None:
    other = other_applicant(house, 2)
    house.tell(ada, requested(1))
    house.tell(other, requested(2))
    first = erasures(house.desk(), house.asker(), 1)
    second = erasures(house.desk(), house.asker(), 1, first.before)
    assert [row.erasure_id for row in second.erasures] == [erasure_id(1)]
