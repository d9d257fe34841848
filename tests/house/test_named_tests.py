"""Pages that claim something name the tests that show it; what they name must be there.

A table whose last column is called *shown by* has at least one test in each of its rows.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache

import pytest

from infra.certificates.contents import Remains
from tests.house.tree import ROOT, modules

PAGES = ("threat-model.md", "probes.md")
_COLUMN = "shown by"
_NAMED = re.compile(r"`([\w/]+\.py)::(test_\w+)`")


@cache
def known() -> frozenset[tuple[str, str]]:
    """Name every test by its file under tests/ and its function."""
    return frozenset(
        (name.removeprefix("tests/"), node.name)
        for name, tree in modules("tests")
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
    )


def rows(text: str) -> Iterator[list[str]]:
    """Yield the cells of each row of the tables that must name tests."""
    asked = False
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not line.startswith("|"):
            asked = False
        elif cells[-1] == _COLUMN:
            asked = True
        elif asked and not line.startswith("|---"):
            yield cells


def faults(text: str) -> list[str]:
    """Name what is claimed by no test, and each test that is not there."""
    unshown = [f"{cells[0]}: no test" for cells in rows(text) if not _NAMED.search(cells[-1])]
    missing = [f"{f}::{n}" for f, n in _NAMED.findall(text) if (f, n) not in known()]
    return unshown + missing


@pytest.mark.parametrize("page", PAGES)
def test_every_claim_names_tests_that_are_there(page: str) -> None:
    text = (ROOT / "docs" / page).read_text()
    assert len(list(rows(text))) > 20
    assert faults(text) == []


def test_a_claim_without_a_test_is_seen() -> None:
    table = "| claim | shown by |\n|---|---|\n| it holds | everybody knows |\n"
    assert faults(table) == ["it holds: no test"]


def test_a_test_that_is_not_there_is_seen() -> None:
    assert faults("`keys/test_token.py::test_nothing`") == ["keys/test_token.py::test_nothing"]


def test_whatever_a_certificate_names_as_left_is_explained() -> None:
    text = (ROOT / "docs" / "threat-model.md").read_text()
    assert [left.value for left in Remains if f"\n| `{left.value}` |" not in text] == []
