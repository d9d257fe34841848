"""Statistics: counts by month and column, small cells untold, the same after an erasure."""

from dataclasses import replace

import pytest

from infra.views.queries.funnel import SMALLEST_CELL, funnel
from tests.examples import rejected, submitted
from tests.views.applicants import other_applicant
from tests.views.house import House


def counts(house: House) -> list[dict[str, int | None]]:
    return [dict(one.counts) for one in funnel(house.desk(), house.asker(), 12)]


@pytest.mark.requirement("A54")
def test_a_cell_is_told_from_five_on(house: House) -> None:
    for n in range(1, SMALLEST_CELL):
        other_applicant(house, n)
    assert counts(house) == [{"new": None}]
    other_applicant(house, SMALLEST_CELL)
    assert counts(house) == [{"new": SMALLEST_CELL}]


@pytest.mark.requirement("A54")
def test_an_erasure_changes_no_count(house: House) -> None:
    people = [other_applicant(house, n) for n in range(1, SMALLEST_CELL + 1)]
    before = counts(house)
    house.erase(people[0])
    assert counts(house) == before


@pytest.mark.requirement("A54")
def test_counting_uses_no_key(house: House) -> None:
    other_applicant(house, 1)
    counts(house)
    assert house.audit.looks == []


def test_where_an_application_went_is_where_it_is_counted(house: House) -> None:
    for n in range(1, SMALLEST_CELL + 1):
        person = other_applicant(house, n)
        house.tell(person, replace(rejected(), application_id=submitted(n).application_id))
    assert counts(house) == [{"rejected": SMALLEST_CELL}]


def test_another_controllers_applications_are_not_counted(house: House) -> None:
    other_applicant(house, 1)
    other = house.keyring.add_controller("nord")
    assert funnel(house.desk(), house.asker(other), 12) == ()


@pytest.mark.parametrize("months", [0, 121])
def test_a_number_of_months_out_of_bounds_is_refused(house: House, months: int) -> None:
    with pytest.raises(ValueError, match="months are"):
        funnel(house.desk(), house.asker(), months)
