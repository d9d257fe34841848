"""The requirement table tells the truth: whole, shown by tests that run, and in our own words."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.house.requirement_rules import ROWS, TRAPS, faults, find, quotes
from tests.house.requirements import (
    BadRow,
    Mark,
    Row,
    State,
    Table,
    inherited_classes,
    read_row,
    read_table,
)
from tests.house.requirements_page import PAGE, page

RIGHT: dict[str, object] = {
    "number": "A1",
    "controllers": ["miles"],
    "promise": "We shall.",
    "state": "kept",
}


@pytest.fixture(scope="module")
def table() -> Table:
    return read_table()


def changed(table: Table, number: str, **fields: object) -> Table:
    """Change one row or trap."""
    spoilt: Row = replace(find(table, number), **fields)  # type: ignore[arg-type]  # a field each
    rows = [spoilt if row.number == number else row for row in table.rows]
    traps = [spoilt if row.number == number else row for row in table.traps]
    return replace(table, rows=tuple(rows), traps=tuple(traps))


def marked(table: Table, number: str, path: str, test: str = "test_of_it") -> Table:
    return replace(table, marks=(*table.marks, Mark(number, path, test, "")))


def unmarked(table: Table, number: str) -> Table:
    return replace(table, marks=tuple(mark for mark in table.marks if mark.number != number))


def test_the_page_is_what_the_table_says(table: Table) -> None:
    assert PAGE.read_text() == page(table), "run: make requirements"


def test_the_table_has_no_fault(table: Table) -> None:
    assert faults(table) == []


def test_there_are_219_promises_and_18_traps() -> None:
    assert (len(ROWS), len(TRAPS)) == (219, 18)


def test_the_tests_of_a_contract_count_as_run(table: Table) -> None:
    marked_ones = {mark.owner for mark in table.marks if mark.path.startswith("tests/contracts/")}
    assert marked_ones
    assert marked_ones <= inherited_classes()


def test_a_class_nobody_inherits_from_is_not_run() -> None:
    assert "Table" not in inherited_classes()


SPOILT: dict[str, tuple[Callable[[Table], Table], str]] = {
    "a row left out": (lambda t: replace(t, rows=t.rows[1:]), "not there once each"),
    "a row twice": (lambda t: replace(t, rows=(*t.rows, t.rows[-1])), "not there once each"),
    "a trap left out": (lambda t: replace(t, traps=t.traps[:-1]), "not there once each"),
    "no controller": (lambda t: changed(t, "A1", controllers=()), "no known controller"),
    "an unknown controller": (lambda t: changed(t, "A1", controllers=("x",)), "no known"),
    "a promise left out": (lambda t: changed(t, "A1", promise=""), "is a promise"),
    "a trap without an answer": (lambda t: changed(t, "T1", answer=""), "is a trap"),
    "kept without a test": (lambda t: unmarked(t, "A208"), "kept and no test shows it"),
    "offered without a test": (lambda t: unmarked(t, "A211"), "offered and no test shows it"),
    "kept nowhere": (lambda t: changed(t, "A208", place=()), "names no place"),
    "kept elsewhere": (lambda t: changed(t, "A208", place=("domain/x.py",)), "is not there"),
    "kept and waiting": (lambda t: changed(t, "A208", waits_for=("web",)), "only what is planned"),
    "kept so far": (lambda t: changed(t, "A208", so_far="Half."), "what is there so far"),
    "kept with a reason": (lambda t: changed(t, "A208", reason="Why."), "has a reason"),
    "planned for nothing": (lambda t: changed(t, "A1", waits_for=()), "only what is planned"),
    "an unknown part": (lambda t: changed(t, "A1", waits_for=("luck",)), "luck is no part"),
    "a part of no use": (lambda t: replace(t, parts={**t.parts, "x": "y"}), "nothing waits for x"),
    "begun nowhere": (lambda t: changed(t, "A37", place=()), "begun and names no place"),
    "begun untold": (lambda t: changed(t, "A37", so_far=""), "does not tell what is there"),
    "no reason": (lambda t: changed(t, "A173", reason=""), "has a reason"),
    "a test of what is organisational": (
        lambda t: marked(t, "A173", "tests/test_x.py"),
        "is organisational and a test",
    ),
    "a mark of no row": (lambda t: marked(t, "A220", "tests/test_x.py"), "which is no row"),
    "a mark on no test": (lambda t: marked(t, "A1", "tests/test_x.py", "made"), "and no test"),
    "a mark on a test not run": (lambda t: marked(t, "A1", "tests/fakes/x.py"), "never run"),
    "a mark twice": (lambda t: replace(t, marks=t.marks + t.marks[:1]), "twice"),
    "a quotation": (lambda t: changed(t, "A1", promise="They say «we shall»."), "A1 quotes"),
    "a file of a source": (lambda t: changed(t, "T1", answer="See 003_x."), "T1 quotes"),
}


@pytest.mark.parametrize("spoilt", SPOILT)
def test_a_fault_is_named(table: Table, spoilt: str) -> None:
    spoil, told = SPOILT[spoilt]
    assert [fault for fault in faults(spoil(table)) if told in fault] != []


def test_more_than_25_organisational_rows_are_too_many(table: Table) -> None:
    def excused(count: int) -> list[str]:
        rows = [
            replace(row, state=State.ORGANISATIONAL, reason="Theirs.", waits_for=())
            for row in table.rows[:count]
        ]
        others = [r for r in table.rows[count:] if r.state is not State.ORGANISATIONAL]
        found = faults(replace(table, rows=(*rows, *others)))
        return [fault for fault in found if "rows are organisational" in fault]

    assert (excused(25), len(excused(26))) == ([], 1)


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("Vi tar vare på det som blir sagt til oss.", True),
        ("The notice says: vi sletter alt som du har sendt til oss.", True),
        ("Its page is min side, and its button Søk med jobreg.", False),
        ("Her name and her address are sealed, and nobody may open them.", False),
        ("An import from LinkedIn, telephone, letter, portal, website.", False),
    ],
)
def test_norwegian_on_end_is_a_quotation_and_a_name_is_not(text: str, quoted: bool) -> None:  # noqa: FBT001 - a column of the table
    assert quotes(text) is quoted


@pytest.mark.parametrize(
    "wrong",
    [
        {"promise": ""},
        {"promise": 3},
        {"state": "done"},
        {"controllers": "miles"},
        {"controllers": [1]},
        {"remarks": "no such field"},
    ],
    ids=str,
)
def test_a_row_that_is_not_as_it_must_be_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(BadRow, match="A1"):
        read_row({**RIGHT, **wrong})


def test_a_row_without_a_state_is_refused() -> None:
    with pytest.raises(BadRow, match="A1"):
        read_row({name: value for name, value in RIGHT.items() if name != "state"})
