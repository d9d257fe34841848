"""What the board answers: columns, cards, counts that add up, and pages."""

import pytest

from domain.values import SubjectId
from infra.views.queries.answers import Value, ValueState
from infra.views.queries.board import COLUMNS, board, column
from infra.views.queries.cards import Card
from tests.examples import numbered, rejected, submitted
from tests.views.applicants import SHREDDED_NAME, WELDER, other_applicant
from tests.views.house import House


def cards(house: House) -> list[Card]:
    columns = board(house.desk(), house.asker(), 50).columns
    return [card for column in columns for card in column.cards]


def test_a_card_carries_name_and_title(house: House, ada: SubjectId) -> None:
    (card,) = cards(house)
    assert (card.subject, card.name.value, card.title.value) == (ada, "Ada Berg", "Welder")


def test_an_erased_persons_card_is_a_tombstone(house: House, ada: SubjectId) -> None:
    house.erase(ada)
    (card,) = cards(house)
    assert (card.name, card.title) == (SHREDDED_NAME, Value("title", ValueState.SHREDDED))


@pytest.mark.requirement("A54")
def test_counts_add_up_after_an_erasure(house: House, ada: SubjectId) -> None:
    for n in range(2, 6):
        other_applicant(house, n)
    house.erase(ada)
    shown = board(house.desk(), house.asker(), 2)
    assert (shown.total, shown.columns[0].count) == (5, 5)


def test_a_board_has_every_column(house: House) -> None:
    shown = board(house.desk(), house.asker(), 2)
    assert tuple(column.name for column in shown.columns) == COLUMNS


def test_a_rejected_application_leaves_its_stage(house: House, ada: SubjectId) -> None:
    house.tell(ada, rejected())
    counts = {c.name: c.count for c in board(house.desk(), house.asker(), 2).columns}
    assert (counts["new"], counts["rejected"]) == (0, 1)


def test_cards_are_paged_without_loss(house: House) -> None:
    people = {other_applicant(house, n) for n in range(1, 8)}
    desk, seen, after = house.desk(), list[SubjectId](), None
    while True:
        page = column(desk, house.asker(), "new", 3, after)
        seen += [card.subject for card in page.cards]
        if page.after is None:
            break
        after = page.after
    assert (len(seen), set(seen)) == (7, people)


def test_a_page_of_cards_is_one_look(house: House) -> None:
    for n in range(1, 4):
        other_applicant(house, n)
    board(house.desk(), house.asker(), 50)
    assert [len(look.subjects) for look in house.audit.looks] == [3]


def test_a_board_of_one_assignment_has_its_applications_alone(house: House, ada: SubjectId) -> None:
    house.tell(ada, submitted(8, assignment=2), WELDER)
    shown = board(house.desk(), house.asker(), 9, assignment=numbered("assignment", 2))
    assert shown.total == 1


@pytest.mark.usefixtures("ada")
def test_another_controllers_board_is_empty(house: House) -> None:
    other = house.keyring.add_controller("nord")
    assert board(house.desk(), house.asker(other), 9).total == 0


@pytest.mark.parametrize("limit", [0, 201])
def test_a_page_size_out_of_bounds_is_refused(house: House, limit: int) -> None:
    with pytest.raises(ValueError, match="1 to 200"):
        board(house.desk(), house.asker(), limit)


def test_an_unknown_column_is_refused(house: House) -> None:
    with pytest.raises(ValueError, match="columns"):
        column(house.desk(), house.asker(), "lost", 3, None)
