"""Putting a backup back, whole or not at all, and leaving it to the restore gate.

Rules. Every file is checked against the manifest before anything is touched, and a backup of
another house is refused. A database is emptied and filled in one transaction, so it is the old one
or the restored one, never a mixture; nobody else may be connected to it. That a backup is restored
is noted at the anchor first: from then on nothing opens until ``glemmebok keys reconcile``. The
anchor and the root key are left as they are.
"""

from collections.abc import Sequence
from pathlib import Path

import msgspec
import psycopg

from domain.values import iso_of
from infra.backup import (
    BOTH,
    FORMAT,
    MANIFEST,
    BackupRefused,
    Dumped,
    Manifest,
    Moved,
    Part,
    controllers_at,
    sha256_of,
)
from infra.clock import Clock
from infra.embedded.account import server_account
from infra.embedded.programs import program_directory
from infra.house import open_databases
from infra.keys.anchor import FileAnchor
from infra.postgres_programs import ProgramFailed, run_into
from infra.settings import DatabaseUrls, Settings

_OTHERS = (
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND backend_type = 'client backend'"
    " AND pid <> pg_backend_pid()"
)
_ALONE = f"""DO $$ BEGIN
    IF ({_OTHERS}) > 0 THEN
        RAISE EXCEPTION USING ERRCODE = '55006', MESSAGE = 'the database is in use';
    END IF;
END $$"""
_EMPTY = "DROP OWNED BY CURRENT_USER CASCADE"
"""Everything the database's own role has made in it; the database and its privileges stay."""


class InUse(Exception):  # noqa: N818 - a state
    """Somebody else is connected to a database that is to be restored."""


def read_manifest(folder: Path) -> Manifest:
    """Read what a folder holds.

    Raises:
        BackupRefused: it is no backup, or of another format.
    """
    path = folder / MANIFEST
    try:
        manifest = msgspec.json.decode(path.read_bytes(), type=Manifest)
    except FileNotFoundError:
        message = f"{path} is missing: the folder is no backup"
        raise BackupRefused(message) from None
    except msgspec.MsgspecError:
        message = f"{path} is damaged"
        raise BackupRefused(message) from None
    if manifest.format != FORMAT:
        message = f"{path} is of format {manifest.format}; this program reads {FORMAT}"
        raise BackupRefused(message)
    return manifest


def check(folder: Path, manifest: Manifest, parts: Sequence[Part]) -> None:
    """Compare the files of the parts with the manifest.

    Raises:
        BackupRefused: a file is missing, or is not what was written.
    """
    for part in parts:
        dumped = manifest.parts.get(part)
        if dumped is None:
            message = f"{folder / MANIFEST} holds no {part.value}"
            raise BackupRefused(message)
        path = folder / dumped.file
        if dumped.file != part.file or not path.is_file():
            message = f"{folder / part.file} is missing"
            raise BackupRefused(message)
        if path.stat().st_size != dumped.size or sha256_of(path) != dumped.sha256:
            message = f"{path} is damaged: it is not what was written"
            raise BackupRefused(message)


def restore(
    settings: Settings, clock: Clock, folder: Path, parts: Sequence[Part], moved: Moved
) -> Manifest:
    """Put the parts of a backup back.

    Raises:
        BackupRefused: a file is damaged, or the backup is another house's.
        InUse: somebody is connected.
        ProgramFailed: a database is away, or could not be filled; it is as it was.
        EmbeddedUnavailable, OSError: a part is away.
    """
    manifest = read_manifest(folder)
    check(folder, manifest, parts)
    with open_databases(settings) as urls:
        _require_own(folder, manifest, urls)
        for part in BOTH:
            _require_alone(part, urls)
        FileAnchor(settings.anchor).note_restore(
            {
                "at": iso_of(clock.now()),
                "made_at": manifest.made_at,
                "parts": ",".join(part.value for part in parts),
            }
        )
        programs = program_directory(server_account())
        for part in parts:
            _fill(programs, folder, (part, manifest.parts[part]), urls, moved)
    return manifest


def _require_own(folder: Path, manifest: Manifest, urls: DatabaseUrls) -> None:
    """Refuse a backup of another house; an empty key database is nobody's yet."""
    here = controllers_at(urls.keys)
    if (
        here
        and not here.items() <= manifest.controllers.items()
        and (not manifest.controllers.items() <= here.items())
    ):
        message = f"{folder / MANIFEST} is of another house: its controllers are not ours"
        raise BackupRefused(message)


def _require_alone(part: Part, urls: DatabaseUrls) -> None:
    try:
        with psycopg.connect(part.url(urls)) as connection:
            row = connection.execute(_OTHERS.encode()).fetchone()
    except psycopg.Error as error:
        message = f"the {part.value} database is away: {type(error).__name__}"
        raise ProgramFailed(message) from None
    if row != (0,):
        message = f"the {part.value} database is in use; stop everything that runs, then restore"
        raise InUse(message)


def _fill(
    programs: Path, folder: Path, dumped: tuple[Part, Dumped], urls: DatabaseUrls, moved: Moved
) -> None:
    part, whole = dumped[0], dumped[1].database_bytes
    path = folder / part.file
    read = ["pg_restore", "--file=-", "--no-owner", "--no-acl", str(path)]
    write = ["psql", "--no-psqlrc", "--quiet", "--single-transaction", "--output=/dev/null"]
    write += ["--set=ON_ERROR_STOP=1", "--set=VERBOSITY=sqlstate"]
    write += [f"--command={_ALONE}", f"--command={_EMPTY}", "--file=-"]
    moved(part.value, 0, whole)
    run_into(programs, read, write, part.url(urls), lambda done: moved(part.value, done, whole))
    moved(part.value, whole, whole)
