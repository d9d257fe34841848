"""``backup`` and ``restore``: the two databases, out of the house and back into it."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from infra.backup import BOTH, Manifest, Moved, Part, back_up
from infra.cli.exits import Exit, UsageMistake
from infra.cli.options import AsJson
from infra.cli.session import Session, begin
from infra.clock import SystemClock
from infra.restore import check, read_manifest
from infra.restore import restore as restore_house

_Folder = Annotated[Path, typer.Argument(metavar="FOLDER", help="The backup's own folder.")]
_KeysOnly = Annotated[bool, typer.Option("--keys-only", help="The key database alone.")]
_EventsOnly = Annotated[bool, typer.Option("--events-only", help="The event database alone.")]


def backup(
    *,
    folder: _Folder,
    keys_only: _KeysOnly = False,
    events_only: _EventsOnly = False,
    as_json: AsJson = False,
) -> None:
    """Dump the databases into a folder that is not there yet, with a manifest of what is in it.

    The house may be in use. Neither the anchor nor the root key is ever in it: keep the root key
    elsewhere, for without it no backup opens.

    Example: glemmebok backup backups/monday
    """
    session = begin(as_json=as_json)
    with _progress(session, "backup") as moved:
        clock = SystemClock()
        manifest = back_up(session.settings, clock, folder, _parts(keys_only, events_only), moved)
    if as_json:
        session.out.result({"folder": str(folder), **_document(manifest)})
        return
    words, out = session.words, session.out
    for dumped in manifest.parts.values():
        out.line(words.text("backup", "made", file=folder / dumped.file, mib=_mib(dumped.size)))
    out.line(words.text("backup", "without"))


def restore(
    *,
    folder: _Folder,
    keys_only: _KeysOnly = False,
    events_only: _EventsOnly = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Put a backup back in place of what is there; nothing opens until it is reconciled.

    Every file is checked first; a damaged one, or another house's backup, is refused by its name.
    Nobody else may use the databases meanwhile. What was recorded since the backup is lost.

    Example: glemmebok restore backups/monday --keys-only
    """
    session = begin(as_json=as_json)
    parts = _parts(keys_only, events_only)
    manifest = read_manifest(folder)
    check(folder, manifest, parts)
    if not yes:
        _ask(session, manifest, parts)
    with _progress(session, "restore") as moved:
        restore_house(session.settings, SystemClock(), folder, parts, moved)
    if as_json:
        restored = [part.value for part in parts]
        session.out.result({"folder": str(folder), "restored": restored, **_document(manifest)})
        return
    names = ", ".join(session.words.text("backup", part.value) for part in parts)
    session.out.line(session.words.text("backup", "restored", parts=names, when=manifest.made_at))
    session.out.line(session.words.text("backup", "next"))


def _parts(keys_only: bool, events_only: bool) -> tuple[Part, ...]:  # noqa: FBT001 - two options
    if keys_only and events_only:
        message = "give --keys-only or --events-only, or neither for both"
        raise UsageMistake(message)
    if keys_only:
        return (Part.KEYS,)
    return (Part.EVENTS,) if events_only else BOTH


def _ask(session: Session, manifest: Manifest, parts: tuple[Part, ...]) -> None:
    """Say what will be lost and ask.

    Raises:
        UsageMistake: nobody can answer.
    """
    if session.out.as_json or not sys.stdin.isatty():
        message = "nobody is there to confirm; add --yes"
        raise UsageMistake(message)
    words = session.words
    names = ", ".join(words.text("backup", part.value) for part in parts)
    if not typer.confirm(words.text("backup", "ask", parts=names, when=manifest.made_at)):
        session.out.line(words.text("backup", "kept"))
        raise typer.Exit(Exit.DONE)


@contextmanager
def _progress(session: Session, verb: str) -> Iterator[Moved]:
    told = session.words.text("backup", f"{verb}_working")
    with session.out.progress(told, None) as move:
        yield lambda part, done, _whole: move(done >> 20, session.words.text("backup", part))


def _mib(size: int) -> str:
    return f"{size / (1 << 20):.1f}"


def _document(manifest: Manifest) -> dict[str, object]:
    return {
        "made_at": manifest.made_at,
        "parts": {
            part.value: {
                "file": dumped.file,
                "bytes": dumped.size,
                "sha256": dumped.sha256,
                "heads": {
                    name: {"position": head.position, "chain": head.chain}
                    for name, head in dumped.heads.items()
                },
            }
            for part, dumped in manifest.parts.items()
        },
    }
