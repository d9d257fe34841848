"""The reliability page lists what the crash tests do, and nothing else."""

import ast

import pytest

from tests.house.consumption_page import holes, named_tests
from tests.house.reliability_page import PAGE, page
from tests.house.tree import ROOT
from tests.kafka.crashes import matrix
from tests.kafka.crashes.matrix import Cell, Fault


def test_the_page_is_what_the_crash_tests_do() -> None:
    assert PAGE.read_text() == page(), "run: make reliability"


def test_no_fault_at_a_step_is_left_without_a_test_or_a_reason() -> None:
    assert holes() == []


@pytest.mark.parametrize("hole", [None, Cell()], ids=["forgotten", "empty"])
def test_a_hole_is_found(monkeypatch: pytest.MonkeyPatch, hole: Cell | None) -> None:
    monkeypatch.setitem(dict_of(matrix.CELLS), ("seal", Fault.AWAY), hole)
    assert holes() == [f"seal: {Fault.AWAY.value}"]


def test_a_side_nobody_tries_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(dict_of(matrix._SAME_AS), "before seal")  # noqa: SLF001 - to make a hole
    assert holes() == ["nobody is killed before seal"]


def test_every_test_that_the_page_names_is_there() -> None:
    assert sorted(named_tests() - {t for name in modules_named() for t in defined_in(name)}) == []


def dict_of(mapping: object) -> dict[object, object]:
    assert isinstance(mapping, dict)
    return mapping


def modules_named() -> set[str]:
    return {test.partition("::")[0] for test in named_tests()}


def defined_in(name: str) -> set[str]:
    tree = ast.parse((ROOT / name).read_text())
    defined = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    return {f"{name}::{one}" for one in defined if one.startswith("test_")}
