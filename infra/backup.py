"""Backups: one folder with a dump of each database and a manifest that says what is in it.

::

    folder/
      manifest.json    versions, when, positions, journal heads, SHA-256 of each file
      events.dump      pg_dump's own format
      keys.dump

Rules. The event database is dumped first, the key database second: whatever the first holds has
its keys in the second. Each dump is one snapshot, and the manifest's positions are read in it. The
folder appears whole, by a rename, or not at all. Two things are never in it: the anchor, which
would witness nothing if it were restored with what it watches, and the root key, beside which the
folder would open everybody, and in which finalisation could not destroy it.
"""

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path
from typing import Any

import msgspec
import psycopg

from domain.values import iso_of
from infra.clock import Clock
from infra.embedded.account import server_account
from infra.embedded.place import sync_directory
from infra.embedded.programs import program_directory
from infra.house import open_databases
from infra.postgres_programs import ProgramFailed, run_program
from infra.settings import DatabaseUrls, Settings

FORMAT = 1
MANIFEST = "manifest.json"
_PRIVATE = 0o700
_READ_BYTES = 1 << 20

Moved = Callable[[str, int, int], None]
"""Told a part's name, bytes done, and bytes expected (0: not known)."""


class Part(StrEnum):
    """A database, as a backup names it."""

    EVENTS = "events"
    KEYS = "keys"

    @property
    def file(self) -> str:
        """The name of its dump."""
        return f"{self.value}.dump"

    def url(self, urls: DatabaseUrls) -> str:
        """Return where it is."""
        return urls.events if self is Part.EVENTS else urls.keys


BOTH = (Part.EVENTS, Part.KEYS)


class BackupRefused(Exception):  # noqa: N818 - what the caller asked for
    """A folder cannot be written to, or a backup cannot be used; the message names the file."""


@dataclass(frozen=True, slots=True)
class Dumped:
    """One dump: its file, size and hash, and where its chains end.

    ``heads`` are ``log`` for the event database, and a controller's id for its journal.
    """

    file: str
    size: int
    sha256: str
    database_bytes: int
    heads: dict[str, "Head"]


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a chain: its last position or sequence, and the hash there in hexadecimal."""

    position: int
    chain: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a folder holds. ``controllers`` are random ids: they tell one house from another."""

    format: int
    glemmebok: str
    postgresql: str
    made_at: str
    controllers: dict[str, str]
    parts: dict[Part, Dumped]


def back_up(
    settings: Settings, clock: Clock, folder: Path, parts: Sequence[Part], moved: Moved
) -> Manifest:
    """Write a backup into a folder that is not there yet. A half-made one is made anew.

    Raises:
        BackupRefused: the folder is there already, or lies inside the home.
        ProgramFailed: pg_dump could not do it.
        EmbeddedUnavailable, OSError: a part is away.
    """
    folder = folder.resolve()
    _require_room(settings, folder)
    unfinished = folder.with_name(folder.name + ".unfinished")
    shutil.rmtree(unfinished, ignore_errors=not unfinished.exists())
    unfinished.mkdir(mode=_PRIVATE, parents=True)
    with open_databases(settings) as urls:
        programs = program_directory(server_account())
        made = {part: _dump(programs, part, urls, unfinished, moved) for part in parts}
        manifest = Manifest(
            format=FORMAT,
            glemmebok=version("glemmebok"),
            postgresql=_server_version(urls),
            made_at=iso_of(clock.now()),
            controllers=controllers_at(urls.keys),
            parts=made,
        )
    _write(unfinished / MANIFEST, msgspec.json.format(msgspec.json.encode(manifest)))
    sync_directory(unfinished)
    unfinished.rename(folder)
    sync_directory(folder.parent)
    return manifest


def _require_room(settings: Settings, folder: Path) -> None:
    if folder.exists():
        message = f"{folder} is there already; a backup gets a folder of its own"
        raise BackupRefused(message)
    for place, what in ((settings.home, "home"), (settings.anchor, "anchor")):
        if folder.is_relative_to(place):
            message = f"{folder} lies inside the {what}; a backup must outlive it"
            raise BackupRefused(message)


def _dump(programs: Path, part: Part, urls: DatabaseUrls, folder: Path, moved: Moved) -> Dumped:
    url, path = part.url(urls), folder / part.file
    with _snapshot(url) as (connection, snapshot):
        heads = _heads(connection, part)
        expected = _count(connection, "SELECT pg_database_size(current_database())")
        command = ["pg_dump", "--format=custom", "--compress=gzip:1", "--no-owner", "--no-acl"]
        command += [f"--snapshot={snapshot}", f"--file={path}"]

        def look() -> None:
            moved(part.value, path.stat().st_size if path.exists() else 0, expected)

        run_program(programs, command, url, look)
    with path.open("rb+") as file:
        os.fsync(file.fileno())
    size = path.stat().st_size
    moved(part.value, size, size)
    return Dumped(part.file, size, sha256_of(path), expected, heads)


@contextmanager
def _snapshot(url: str) -> Iterator[tuple[psycopg.Connection[Any], str]]:
    """Hold a snapshot that pg_dump reads too.

    Raises:
        ProgramFailed: the database is away.
    """
    try:
        with psycopg.connect(url) as connection:
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            row = connection.execute("SELECT pg_export_snapshot()").fetchone()
            assert row is not None
            yield connection, row[0]
    except psycopg.Error as error:
        message = f"the database is away: {type(error).__name__} {error.sqlstate or ''}".rstrip()
        raise ProgramFailed(message) from None


def _count(connection: psycopg.Connection[Any], query: str) -> int:
    row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return int(row[0])


def _heads(connection: psycopg.Connection[Any], part: Part) -> dict[str, Head]:
    if part is Part.EVENTS:
        query = (
            "SELECT 'log', last_position, encode(chain, 'hex') FROM log_chain"
            " ORDER BY last_position DESC LIMIT 1"
        )
    else:
        query = (
            "SELECT controller::text, sequence, encode(chain, 'hex') FROM journal_head ORDER BY 1"
        )
    return {name: Head(*end) for name, *end in connection.execute(query.encode())}


def controllers_at(keys_url: str) -> dict[str, str]:
    """Return the controllers of a key database by slug; none when it holds no house.

    Raises:
        ProgramFailed: the database is away.
    """
    try:
        with psycopg.connect(keys_url) as connection:
            there = connection.execute("SELECT to_regclass('controller')").fetchone()
            if there in {None, (None,)}:
                return {}
            rows = connection.execute("SELECT slug, controller::text FROM controller ORDER BY slug")
            return {str(slug): str(controller) for slug, controller in rows}
    except psycopg.Error as error:
        message = f"the key database is away: {type(error).__name__}"
        raise ProgramFailed(message) from None


def _server_version(urls: DatabaseUrls) -> str:
    with psycopg.connect(urls.events) as connection:
        return str(connection.info.parameter_status("server_version"))


def sha256_of(path: Path) -> str:
    """Hash a file."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_READ_BYTES):
            found.update(block)
    return found.hexdigest()


def _write(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(descriptor)


def heads_of(manifest: Manifest) -> Mapping[str, Head]:
    """Return every chain's end in a backup, by name."""
    return {name: head for part in manifest.parts.values() for name, head in part.heads.items()}
