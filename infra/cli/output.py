"""What a command prints: one JSON document for machines, or tables for people; progress beside it.

Results go to standard output, progress and errors to standard error, so a pipe sees results alone.
Progress is drawn only on a terminal. Nothing is wider than 100 columns.
"""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from types import NoneType
from typing import Protocol
from uuid import UUID

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group, JustifyMethod
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from infra.cli.exits import Failure

Document = Mapping[str, object]

WIDTH_MAX = 100
"""Columns used at most: longer lines are hard to read."""

_LABEL_WIDTH = 18
_UUID_WIDTH = 36
_WHEN_WIDTH = 16
_INDENT = (0, 0, 0, 2)
_UNBROKEN = frozenset({int, UUID, date, NoneType})


class Bar(Protocol):
    """A progress bar somebody moves."""

    def __call__(self, done: int, detail: str = "") -> None:
        """Show how far the work has come."""
        ...


class Output:
    """The terminal of one command."""

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json
        self.console = Console(highlight=False)
        self._notes = Console(stderr=True, highlight=False)

    def result(self, document: Document) -> None:
        """Print the machine's answer."""
        sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2, default=_plain) + "\n")

    def line(self, text: str) -> None:
        """Print a line for people; brackets in data are not markup."""
        self.console.print(text, markup=False, soft_wrap=True)

    def raw(self, text: str) -> None:
        """Print a document as it is."""
        sys.stdout.write(text)

    def told(self, text: str) -> None:
        """Print a sentence, wrapped under its beginning."""
        lead = len(text) - len(text.lstrip(" 0123456789."))
        grid = Table.grid()
        grid.add_column(width=lead)
        grid.add_column()
        grid.add_row(text[:lead], Text(text[lead:]))
        self._print(grid if lead else Text(text))

    def heading(self, text: str) -> None:
        """Print a line that begins something."""
        self.console.print(Text(text, style="bold"), soft_wrap=True)

    def note(self, text: str) -> None:
        """Say something beside the result."""
        self._notes.print(text, markup=False, soft_wrap=True)

    def table(
        self, columns: Sequence[str], rows: Sequence[Sequence[object]], title: str = ""
    ) -> None:
        """Print rows under their headings; numbers, ids and days are never broken; None is -."""
        table = Table(
            title=title or None,
            title_justify="left",
            title_style="bold",
            header_style="bold",
            box=SIMPLE_HEAD,
            show_edge=False,
            pad_edge=False,
        )
        for index, column in enumerate(columns):
            kinds = {type(row[index]) for row in rows}
            whole = bool(kinds) and kinds <= _UNBROKEN
            justify: JustifyMethod = "right" if kinds == {int} else "left"
            table.add_column(column, no_wrap=whole, overflow="fold", justify=justify)
        for row in rows:
            table.add_row(*[Text("-" if cell is None else str(cell)) for cell in row])
        self._print(table)

    def entry(self, title: str, rows: Sequence[tuple[str, str]]) -> None:
        """Print a heading, and under it names with their values."""
        self.heading(title)
        grid = Table.grid(padding=(0, 2))
        grid.add_column(width=_LABEL_WIDTH, overflow="fold")
        grid.add_column(overflow="fold")
        for name, value in rows:
            grid.add_row(Text(name), Text(value))
        self._print(Padding(grid, _INDENT, expand=False))

    def story(self, title: str, rows: Sequence[tuple[str, str, Sequence[tuple[str, str]]]]) -> None:
        """Print a heading, and under it when and what, with names and values below."""
        self.heading(title)
        grid = Table.grid(padding=(0, 2))
        grid.add_column(width=_WHEN_WIDTH, no_wrap=True)
        grid.add_column(overflow="fold")
        for when, what, values in rows:
            told = Table.grid(padding=(0, 2))
            told.add_column(width=_LABEL_WIDTH, overflow="fold")
            told.add_column(overflow="fold")
            for name, value in values:
                told.add_row(Text(name), Text(value))
            grid.add_row(Text(when), Group(Text(what), *([told] if values else [])))
        self._print(grid)

    def cards(self, rows: Sequence[tuple[str, str, str]]) -> None:
        """Print two texts and an id a row, in columns that stand alike under every heading."""
        grid = Table.grid(padding=(0, 2), expand=True)
        grid.add_column(ratio=3, overflow="fold")
        grid.add_column(ratio=4, overflow="fold")
        grid.add_column(width=_UUID_WIDTH, no_wrap=True)
        for row in rows:
            grid.add_row(*[Text(cell) for cell in row])
        self._print(Padding(grid, _INDENT))

    def _print(self, shown: Table | Padding | Text) -> None:
        self.console.print(shown, width=min(self.console.width, WIDTH_MAX))

    def failure(self, failure: Failure) -> None:
        """Print how the command ended badly."""
        if self.as_json:
            error = {"code": failure.code.name.lower(), "message": failure.message}
            sys.stderr.write(json.dumps({"error": error | _hint(failure)}) + "\n")
            return
        self.note(f"glemmebok: {failure.message}")
        if failure.hint:
            self.note(f"  {failure.hint}")

    @contextmanager
    def progress(self, what: str, total: int | None) -> Iterator[Bar]:
        """Draw a bar on standard error while the block runs; silent without a terminal."""
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        shown = Progress(
            *columns,
            TimeElapsedColumn(),
            TextColumn("{task.fields[detail]}"),
            console=self._notes,
            disable=self.as_json or not self._notes.is_terminal,
            transient=True,
        )
        with shown:
            task = shown.add_task(what, total=total, detail="")

            def move(done: int, detail: str = "") -> None:
                shown.update(task, completed=done, detail=detail)

            yield move


def _hint(failure: Failure) -> dict[str, str]:
    return {"hint": failure.hint} if failure.hint else {}


def _plain(value: object) -> str:
    """Write what JSON has no word for.

    Raises:
        TypeError: a value nobody meant to print.
    """
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, bytes):
        return value.hex()
    message = f"{type(value).__name__} is not printable"
    raise TypeError(message)
