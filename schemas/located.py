"""TOML whose fields know their lines, so that an error can name file, line and field.

The standard library's reader tells no lines. A TOML document is a row of statements (a header, or
a key with its value), and each of them is a TOML document of its own: the lines from a
statement's first on are added one by one until they can be read, and what was read names the field.
An error names the field and what it must be, never the value.
"""

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from importlib.resources.abc import Traversable
from typing import NoReturn, TypeVar

FILE_MAX = 256 * 1024
"""Bytes of a file: a controller's is some 10 KiB, and a longer one was not written by hand."""

_AT_LINE = re.compile(r"at line (\d+)")

E = TypeVar("E", bound=StrEnum)


class ControllerFileError(ValueError):
    """A controller's file is wrong; the message names file, line and field, not the value."""

    def __init__(self, file: str, line: int, field: str, wrong: str) -> None:
        super().__init__(f"{file}:{line}: {field}: {wrong}")
        self.file = file
        self.line = line
        self.field = field


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a file. Every reader below raises :class:`ControllerFileError`.

    ``path`` is the table's own field, ``policy[0].rules[2]``; empty for the file's root.
    """

    file: str
    path: str
    values: Mapping[str, object]
    lines: Mapping[str, int]

    def refuse(self, field: str, must: str) -> NoReturn:
        """Say what a field of this table must be."""
        path = self.at(field)
        raise ControllerFileError(self.file, self._line(path), path, must)

    def at(self, field: str) -> str:
        """Name a field of this table from the file's root on."""
        return f"{self.path}.{field}" if self.path else field

    def only(self, known: Collection[str]) -> None:
        """Refuse a field that has no meaning: a misspelt one must not be a silent default."""
        for field in self.values:
            if field not in known:
                self.refuse(field, "is not a field of this table")

    def has(self, field: str) -> bool:
        """Say whether a field is given."""
        return field in self.values

    def text(self, field: str) -> str:
        """Read a text that is not empty."""
        value = self.values.get(field)
        if not isinstance(value, str) or not value.strip():
            self.refuse(field, "must be a text that is not empty")
        return value

    def flag(self, field: str) -> bool:
        """Read true or false."""
        value = self.values.get(field)
        if not isinstance(value, bool):
            self.refuse(field, "must be true or false")
        return value

    def number(self, field: str, least: int, most: int) -> int:
        """Read a whole number within its bounds."""
        value = self.values.get(field)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            self.refuse(field, f"must be a whole number from {least} to {most}")
        return value

    def day(self, field: str) -> date:
        """Read a date without a time."""
        value = self.values.get(field)
        if not isinstance(value, date) or isinstance(value, datetime):
            self.refuse(field, "must be a date, year-month-day")
        return value

    def word(self, field: str, words: type[E]) -> E:
        """Read one of a set of words."""
        return self._word(field, self.values.get(field), words)

    def words(self, field: str, words: type[E]) -> tuple[E, ...]:
        """Read a list of some of a set of words."""
        return tuple([self._word(field, text, words) for text in self.texts(field)])

    def texts(self, field: str) -> tuple[str, ...]:
        """Read a list of texts, each once, that is not empty."""
        value = self.values.get(field)
        plain = isinstance(value, list) and all(isinstance(one, str) and one for one in value)
        if not isinstance(value, list) or not plain or not value or len(set(value)) < len(value):
            self.refuse(field, "must be a list of texts, each once, that is not empty")
        return tuple(value)

    def table(self, field: str) -> "Table":
        """Read a table."""
        value = self.values.get(field)
        if not isinstance(value, dict):
            self.refuse(field, "must be a table")
        return Table(self.file, self.at(field), value, self.lines)

    def tables(self, field: str) -> tuple["Table", ...]:
        """Read a list of tables that is not empty."""
        value = self.values.get(field)
        if not isinstance(value, list) or not value:
            self.refuse(field, "must be a list of tables that is not empty")
        paths = [f"{field}[{number}]" for number in range(len(value))]
        for path, row in zip(paths, value, strict=True):
            if not isinstance(row, dict):
                self.refuse(path, "must be a table")
        rows = zip(paths, value, strict=True)
        return tuple([Table(self.file, self.at(path), row, self.lines) for path, row in rows])

    def _word(self, field: str, value: object, words: type[E]) -> E:
        if not isinstance(value, str) or value not in list(words):
            *most, last = list(words)
            self.refuse(field, f"must be {', '.join(most)} or {last}")
        return words(value)

    def _line(self, path: str) -> int:
        """Return the line of a field, or of the nearest table or list around it."""
        while path not in self.lines and path:
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return self.lines.get(path, 1)


def read_file(file: Traversable) -> Table:
    """Read a file's root table.

    Raises:
        ControllerFileError: it is too long, or not TOML in UTF-8.
    """
    with file.open("rb") as opened:
        content = opened.read(FILE_MAX + 1)
    if len(content) > FILE_MAX:
        raise ControllerFileError(file.name, 1, "file", f"is longer than {FILE_MAX} bytes")
    text, values = _parsed(content, file.name)
    return Table(file.name, "", values, lines_of(text))


def _parsed(content: bytes, name: str) -> tuple[str, dict[str, object]]:
    try:
        text = content.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise ControllerFileError(name, 1, "file", "is not UTF-8") from None
    try:
        return text, tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        said = _AT_LINE.search(str(error))
        line = int(said[1]) if said else text.count("\n") + 1
        raise ControllerFileError(name, line, "file", "is not TOML") from None


def lines_of(text: str) -> dict[str, int]:
    """Return the line of every field of a TOML document that can be read, by its path."""
    found: dict[str, int] = {}
    last: dict[str, int] = {}
    here = ""
    for line, header, keys in _statements(text.split("\n")):
        if header:
            opened = _header(keys, last, is_list=header == "[[")
            for path in opened:
                found.setdefault(path, line)
            here = opened[-1]
            continue
        path = here
        for key in keys:
            path = f"{path}.{key}" if path else key
            found.setdefault(path, line)
    return found


def _header(keys: list[str], last: dict[str, int], *, is_list: bool) -> list[str]:
    """Return the paths a header opens, the innermost last.

    ``last`` holds each list's last place and is moved on.
    """
    opened = [""]
    for depth, key in enumerate(keys, 1):
        path = f"{opened[-1]}.{key}" if opened[-1] else key
        opened.append(path)
        if is_list and depth == len(keys):
            last[path] = last.get(path, -1) + 1
        if path in last:
            opened.append(f"{path}[{last[path]}]")
    return opened[1:]


def _statements(lines: list[str]) -> Iterator[tuple[int, str, list[str]]]:
    """Yield each statement's first line, what opens it if it is a header, and its keys."""
    start = 0
    while start < len(lines):
        end = start + 1
        while (read := _read(lines[start:end])) is None and end < len(lines):
            end += 1
        keys = list(_keys(read))
        if keys:
            opening = lines[start].lstrip()
            header = "[[" if opening.startswith("[[") else "[" if opening.startswith("[") else ""
            yield start + 1, header, keys
        start = end


def _read(lines: list[str]) -> dict[str, object] | None:
    try:
        return tomllib.loads("\n".join(lines))
    except tomllib.TOMLDecodeError:
        return None


def _keys(read: object) -> Iterator[str]:
    while isinstance(read, dict) and len(read) == 1:
        ((key, read),) = read.items()
        yield key
