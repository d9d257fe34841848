"""The controllers whose candidates the house keeps, and the upstream systems each one names.

One data file a controller, ``schemas/controllers/<slug>.toml``. A source's slug begins with its
controller's, so a source belongs to exactly one controller. A source that no file names is
unknown, and what it sends is parked.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from schemas.located import ControllerFileError, Table, read_file

__all__ = [
    "SLUG",
    "Controller",
    "ControllerFileError",
    "ControllerKind",
    "Source",
    "controller_of_source",
    "controllers",
    "read_controller",
    "read_controllers",
]

SLUG = re.compile(r"[a-z][a-z0-9-]{1,39}")
"""How everything is named that a controller's file names."""

_SUFFIX = ".toml"


class ControllerKind(StrEnum):
    """An agency presents people to clients; an employer hires for itself."""

    AGENCY = "agency"
    EMPLOYER = "employer"


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
    root = read_file(file)
    slug = root.text("slug")
    if SLUG.fullmatch(slug) is None or slug + _SUFFIX != file.name:
        root.refuse("slug", "must be the file's name in a-z, 0-9 and -")
    name, kind = root.text("name"), root.word("kind", ControllerKind)
    return Controller(slug, name, kind, tuple(_sources(root, slug)))


@cache
def _owners() -> Mapping[str, str]:
    return {source.slug: owner.slug for owner in controllers() for source in owner.sources}


def _sources(root: Table, owner: str) -> Iterator[Source]:
    seen: set[str] = set()
    for row in root.tables("sources"):
        source = Source(row.text("slug"), row.text("title"))
        _check_source(row, source.slug, owner, seen)
        seen.add(source.slug)
        yield source


def _check_source(row: Table, slug: str, owner: str, seen: set[str]) -> None:
    head, dot, tail = slug.partition(".")
    if head != owner or not dot or SLUG.fullmatch(tail) is None:
        row.refuse("slug", f"must be {owner}. and a name in a-z, 0-9 and -")
    if slug in seen:
        row.refuse("slug", "names a source twice")
