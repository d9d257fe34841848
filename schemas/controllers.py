"""The controllers whose candidates the house keeps, and the upstream systems each one names.

One data file a controller, ``schemas/controllers/<slug>.toml``. A source's slug begins with its
controller's, so a source belongs to exactly one controller. A source that no file names is
unknown, and what it sends is parked.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

_SLUG = re.compile(r"[a-z][a-z0-9-]{1,39}")
_SUFFIX = ".toml"


class ControllerKind(StrEnum):
    """An agency presents people to clients; an employer hires for itself."""

    AGENCY = "agency"
    EMPLOYER = "employer"


class ControllerFileError(ValueError):
    """A controller's file is wrong; the message names the file and the field, not the value."""

    def __init__(self, file: str, field: str, wrong: str) -> None:
        super().__init__(f"{file}: {field}: {wrong}")
        self.file = file
        self.field = field


@dataclass(frozen=True, slots=True)
class Source:
    """An upstream system of one controller; ``slug`` is what its envelopes say."""

    slug: str
    title: str


@dataclass(frozen=True, slots=True)
class Controller:
    """Who decides why and how candidates' data are processed (GDPR Art. 4(7))."""

    slug: str
    name: str
    kind: ControllerKind
    sources: tuple[Source, ...]


@cache
def controllers() -> tuple[Controller, ...]:
    """Read every controller's file once, in order of slug.

    Raises:
        ControllerFileError: a file lacks a field, or a field does not hold what it must.
    """
    return read_controllers(files("schemas") / "controllers")


def controller_of_source(source: str) -> str | None:
    """Return the slug of the controller a source belongs to, or None for an unknown source."""
    return _owners().get(source)


def read_controllers(folder: Traversable) -> tuple[Controller, ...]:
    """Read the ``.toml`` files of a folder, in order of slug.

    Raises:
        ControllerFileError: a file lacks a field, or a field does not hold what it must.
    """
    found = [read_controller(f) for f in folder.iterdir() if f.name.endswith(_SUFFIX)]
    return tuple(sorted(found, key=lambda controller: controller.slug))


def read_controller(file: Traversable) -> Controller:
    """Read one controller's file.

    Raises:
        ControllerFileError: the file lacks a field, or a field does not hold what it must.
    """
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise ControllerFileError(file.name, "file", "is not TOML in UTF-8") from None
    slug = _text(table, "slug", file.name)
    if _SLUG.fullmatch(slug) is None or slug + _SUFFIX != file.name:
        raise ControllerFileError(file.name, "slug", "must be the file's name in a-z, 0-9 and -")
    name, kind = _text(table, "name", file.name), _kind(table, file.name)
    return Controller(slug, name, kind, tuple(_sources(table, slug, file.name)))


@cache
def _owners() -> Mapping[str, str]:
    return {source.slug: owner.slug for owner in controllers() for source in owner.sources}


def _text(table: Mapping[str, object], field: str, file: str, path: str = "") -> str:
    value = table.get(field)
    if not isinstance(value, str) or not value.strip():
        raise ControllerFileError(file, path + field, "must be a text that is not empty")
    return value


def _kind(table: Mapping[str, object], file: str) -> ControllerKind:
    try:
        return ControllerKind(_text(table, "kind", file))
    except ValueError as error:
        if isinstance(error, ControllerFileError):
            raise
        raise ControllerFileError(file, "kind", "must be agency or employer") from None


def _sources(table: Mapping[str, object], owner: str, file: str) -> Iterator[Source]:
    rows = table.get("sources")
    if not isinstance(rows, list) or not rows:
        raise ControllerFileError(file, "sources", "must be a list of tables that is not empty")
    seen: set[str] = set()
    for number, row in enumerate(rows):
        path = f"sources[{number}]."
        if not isinstance(row, dict):
            raise ControllerFileError(file, path[:-1], "must be a table")
        source = Source(_text(row, "slug", file, path), _text(row, "title", file, path))
        _check_source(source.slug, owner, seen, file, path)
        seen.add(source.slug)
        yield source


def _check_source(slug: str, owner: str, seen: set[str], file: str, path: str) -> None:
    head, dot, tail = slug.partition(".")
    if head != owner or not dot or _SLUG.fullmatch(tail) is None:
        wrong = f"must be {owner}. and a name in a-z, 0-9 and -"
        raise ControllerFileError(file, f"{path}slug", wrong)
    if slug in seen:
        raise ControllerFileError(file, f"{path}slug", "names a source twice")
