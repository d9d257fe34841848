"""The requirement table: what five controllers promise, row by row, and which tests show it.

The rows stand in ``docs/requirements/<controller>.toml``, the contradictions among them in
``traps.toml``, and what a planned row may wait for in ``parts.toml``. A test shows a row by
``@pytest.mark.requirement("A208")``. The tests are parsed and not imported, so that the page can be
written also while one of them is broken.
"""

import ast
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from tests.house.tree import ROOT, dotted, modules

FOLDER = ROOT / "docs" / "requirements"
CONTROLLERS = ("miles", "backerskeie", "aktiv-bemanning", "express", "toptemp")
"""In the order of their rows."""

_MARKER = "pytest.mark.requirement"
_TEXTS = {"promise", "trap", "answer", "so_far", "reason"}
_LISTS = {"controllers", "waits_for", "place"}


class State(StrEnum):
    """How far a row has come."""

    KEPT = "kept"
    OFFERED = "offered"
    ORGANISATIONAL = "organisational"
    PLANNED = "planned"


class BadRow(ValueError):  # noqa: N818 - names what was read
    """A row lacks a field, has a field too many, or holds something else than it must."""


@dataclass(frozen=True, slots=True)
class Row:
    """A promise (``A1`` ...), or a trap (``T1`` ...) and what the house does about it.

    ``waits_for`` names parts; ``place`` paths below the root; ``so_far`` what is already there of
    a planned row; ``reason`` why an organisational one is not the software's.
    """

    number: str
    controllers: tuple[str, ...]
    state: State
    promise: str = ""
    trap: str = ""
    answer: str = ""
    waits_for: tuple[str, ...] = ()
    place: tuple[str, ...] = ()
    so_far: str = ""
    reason: str = ""

    @property
    def texts(self) -> tuple[str, ...]:
        """Everything that is written in sentences."""
        return (self.promise, self.trap, self.answer, self.so_far, self.reason)


@dataclass(frozen=True, slots=True)
class Mark:
    """A test that shows a row; ``owner`` is the class it stands in, if any."""

    number: str
    path: str
    test: str
    owner: str


@dataclass(frozen=True, slots=True)
class Table:
    """All rows in order, the traps, the parts by name, and the marks of the tests."""

    rows: tuple[Row, ...]
    traps: tuple[Row, ...]
    parts: Mapping[str, str]
    marks: tuple[Mark, ...]

    @property
    def entries(self) -> tuple[Row, ...]:
        """Rows and traps."""
        return self.rows + self.traps

    def shown_by(self, row: Row) -> list[Mark]:
        """Return the tests that carry a row's number, by file and name."""
        found = {mark for mark in self.marks if mark.number == row.number}
        return sorted(found, key=lambda mark: (mark.path, mark.test))

    def in_state(self, state: State) -> list[Row]:
        """Return the rows, without the traps, that are in a state."""
        return [row for row in self.rows if row.state is state]

    def begun(self) -> list[Row]:
        """Return the planned rows, without the traps, of which a test shows a part."""
        return [row for row in self.in_state(State.PLANNED) if self.shown_by(row)]


def read_table() -> Table:
    """Read the files and the tests of this repository.

    Raises:
        BadRow: a file does not hold what it must.
    """
    rows = [row for slug in CONTROLLERS for row in _rows(FOLDER / f"{slug}.toml", "rows")]
    traps = _rows(FOLDER / "traps.toml", "traps")
    parts = tomllib.loads((FOLDER / "parts.toml").read_text())["parts"]
    return Table(tuple(rows), tuple(traps), parts, tuple(read_marks()))


def read_row(fields: Mapping[str, object]) -> Row:
    """Read one table of a file.

    Raises:
        BadRow: it does not hold what it must; the message names the row and the field.
    """
    number = str(fields.get("number"))
    read: dict[str, object] = {}
    for name, value in fields.items():
        if name in _LISTS and isinstance(value, list) and all(isinstance(v, str) for v in value):
            read[name] = tuple(value)
        elif name in _TEXTS | {"number", "state"} and isinstance(value, str) and value.strip():
            read[name] = value
        else:
            message = f"{number}: {name}"
            raise BadRow(message)
    try:
        state = State(str(read.pop("state", "")))
        return Row(state=state, **read)  # type: ignore[arg-type]  # by name, checked above
    except (TypeError, ValueError) as error:
        message = f"{number}: a field is missing, or its state is none"
        raise BadRow(message) from error


def _rows(file: Path, kind: str) -> list[Row]:
    return [read_row(fields) for fields in tomllib.loads(file.read_text())[kind]]


def read_marks() -> Iterator[Mark]:
    """Find the marked tests, by parsing."""
    for path, tree in modules("tests"):
        for owner, function in _functions(tree):
            for number in _numbers(function):
                yield Mark(number, path, function.name, owner)


def inherited_classes() -> set[str]:
    """Name the classes whose tests run because a class in a ``test_*.py`` inherits from them."""
    parents: dict[str, set[str]] = {}
    waiting: list[str] = []
    for path, tree in modules("tests"):
        for node in tree.body:
            if isinstance(node, ast.ClassDef):
                bases = {dotted(base).rpartition(".")[2] for base in node.bases} - {""}
                parents.setdefault(node.name, set()).update(bases)
                waiting += bases if Path(path).name.startswith("test_") else ()
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += parents.get(name, ())
    return found


def _functions(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef]]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield "", node
        elif isinstance(node, ast.ClassDef):
            yield from ((node.name, inner) for inner in node.body if type(inner) is ast.FunctionDef)


def _numbers(function: ast.FunctionDef) -> Iterator[str]:
    for decorator in function.decorator_list:
        if isinstance(decorator, ast.Call) and dotted(decorator.func) == _MARKER:
            for argument in decorator.args:
                yield str(ast.literal_eval(argument))
