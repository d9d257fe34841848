"""``keys finalise``, ``status`` and ``move``: root versions, and how final erasures are."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated

import typer

from domain.values import Instant, iso_of
from infra.cli.exits import UsageMistake
from infra.cli.options import AsJson
from infra.cli.rendering import minute
from infra.cli.session import Session, begin, entered
from infra.finalisation import finalise_house
from infra.house import House
from infra.keys.finalisation_shapes import Finalised, Progress
from infra.keys.finality import Finality, KeyStatus, key_status
from infra.keys.kek_uri import BadKek, Kek, read_kek
from infra.settings import Settings


def finalise(
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what a run would do, and do nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Make what was erased unreadable in every backup too: a new root version, the old destroyed.

    Every key is carried to the new version; cohorts in which somebody was erased get new keys. A
    fresh backup of the key database is restored and opened before the old version is destroyed.
    Afterwards every older backup of the key database is dead, for everybody. A run that was
    interrupted is taken up; one that waits for GLEMMEBOK_GRACE_HOURS is called again.

    Example: glemmebok keys finalise --dry-run
    """
    session = begin(as_json=as_json)
    with entered(session) as house:
        if dry_run:
            _print_status(session, key_status(house.keyring.vault), dry_run=True)
        else:
            _print_finalised(session, house, _run(session, house))


def status(*, as_json: AsJson = False) -> None:
    """Show root versions, dirty cohorts, and which erasures are not final in backups yet.

    Example: glemmebok keys status --json
    """
    session = begin(as_json=as_json)
    with entered(session) as house:
        _print_status(session, key_status(house.keyring.vault), dry_run=False)


def move(
    *,
    to: Annotated[
        str,
        typer.Option("--to", metavar="PROVIDER", help="file, or a PKCS#11 URI (RFC 7512)."),
    ],
    as_json: AsJson = False,
) -> None:
    """Move the root key to another provider: a finalisation whose new version is made there.

    Other processes of the house must know both providers while it runs: GLEMMEBOK_KEK takes the old
    and the new, parted by a space.

    Example: glemmebok keys move --to "pkcs11:token=house?module-path=/usr/lib/x.so&pin-source=/pin"
    """
    session = begin(as_json=as_json)
    moving = replace(session, settings=_with(session.settings, _kek(to)))
    with entered(moving) as house:
        _print_finalised(moving, house, _run(moving, house))
    if not as_json:
        session.out.line(session.words.text("keys", "moved"))


def _kek(text: str) -> Kek:
    try:
        return read_kek(text)
    except BadKek as bad:
        message = f"--to {bad}"
        raise UsageMistake(message) from None


def _with(settings: Settings, kek: Kek) -> Settings:
    """Add the provider as the last, where new versions are made; it may be set there already."""
    if settings.kek == (kek,):
        message = "the root key is held there already"
        raise UsageMistake(message)
    return replace(settings, kek=(*[held for held in settings.kek if held != kek], kek))


def _run(session: Session, house: House) -> Finalised:
    with session.out.progress(session.words.text("keys", "carrying"), None) as move_bar:

        def report(progress: Progress) -> None:
            move_bar(progress.done, f"/ {progress.total}")

        return finalise_house(house, report)


def _print_finalised(session: Session, house: House, ended: Finalised) -> None:
    if session.out.as_json:
        session.out.result(_finalised_document(house, ended))
        return
    out, words = session.out, session.words
    versions = {"before": ended.from_version, "after": ended.to_version}
    carried = ended.progress
    if ended.due_at is not None:
        out.line(words.text("keys", "waits", **versions, when=minute(ended.due_at)))
    else:
        out.line(words.text("keys", "finished", **versions))
    counts = {"cohorts": carried.done, "dirty": carried.dirty}
    out.line(words.text("keys", "carried", **counts, keys=carried.keys, lookups=carried.lookups))
    for each in ended.records[0].destroyed if ended.records else ():
        out.line(words.text("keys", "died", where=each.where, kind=each.kind, when=minute(each.at)))
    _print_controllers(session, key_status(house.keyring.vault))


def _print_status(session: Session, found: KeyStatus, *, dry_run: bool) -> None:
    if session.out.as_json:
        session.out.result(_status_document(found) | ({"dry_run": True} if dry_run else {}))
        return
    out, words = session.out, session.words
    if dry_run:
        counts = {"clean": found.clean_cohorts, "dirty": found.dirty_cohorts}
        version = max(found.root_versions, default=0)
        out.line(words.text("keys", "planned", **counts, keys=found.dirty_keys, version=version))
    else:
        cohorts = {count.root_version: count.cohorts for count in found.cohorts}
        dirty = found.dirty_cohorts
        out.line(words.text("keys", "roots", counts=_counts(found.root_versions)))
        out.line(words.text("keys", "cohorts", counts=_counts(cohorts), dirty=dirty))
        buckets = {"count": found.buckets, "dirty": found.dirty_buckets}
        out.line(words.text("keys", "buckets", **buckets))
    if found.run is not None:
        ends = {"before": found.run.from_version, "after": found.run.to_version or "-"}
        out.line(words.text("keys", "under_way", **ends, step=found.run.step.value))
    _print_controllers(session, found)


def _print_controllers(session: Session, found: KeyStatus) -> None:
    out, words = session.out, session.words
    for each in found.controllers:
        told = {"slug": each.slug, "covers": each.covers, "open": each.open}
        if each.final_at is None:
            out.line(words.text("keys", "not_final", **told))
        else:
            out.line(words.text("keys", "final", **told, when=minute(each.final_at)))
        if each.oldest_at is not None:
            out.line(words.text("keys", "waits_since", when=minute(each.oldest_at)))


def _counts(counts: Mapping[int, int]) -> str:
    return ", ".join(f"{version}: {count}" for version, count in counts.items()) or "-"


def _finalised_document(house: House, ended: Finalised) -> dict[str, object]:
    return {
        "run": ended.run,
        "from_version": ended.from_version,
        "to_version": ended.to_version,
        "resumed": ended.resumed,
        "due_at": _when(ended.due_at),
        "cohorts": ended.progress.done,
        "dirty_cohorts": ended.progress.dirty,
        "keys": ended.progress.keys,
        "lookups": ended.progress.lookups,
        "controllers": {
            slug: {
                "number": record.number,
                "covers": record.covers,
                "final_at": iso_of(record.final_at),
                "destroyed": [
                    {"where": each.where, "kind": each.kind, "at": iso_of(each.at)}
                    for each in record.destroyed
                ],
            }
            for slug, controller in house.controllers.items()
            for record in ended.records
            if record.controller == controller
        },
    }


def _status_document(found: KeyStatus) -> dict[str, object]:
    run = found.run
    return {
        "root_versions": {str(v): count for v, count in found.root_versions.items()},
        "cohorts": [
            {"root_version": c.root_version, "cohorts": c.cohorts, "dirty": c.dirty}
            for c in found.cohorts
        ],
        "dirty_keys": found.dirty_keys,
        "buckets": found.buckets,
        "dirty_buckets": found.dirty_buckets,
        "run": None
        if run is None
        else {
            "from_version": run.from_version,
            "to_version": run.to_version,
            "step": run.step.value,
            "started_at": iso_of(run.started_at),
        },
        "controllers": {each.slug: _finality_document(each) for each in found.controllers},
    }


def _finality_document(one: Finality) -> dict[str, object]:
    return {
        "sequence": one.sequence,
        "covers": one.covers,
        "final_at": _when(one.final_at),
        "open": one.open,
        "oldest_at": _when(one.oldest_at),
    }


def _when(instant: Instant | None) -> str | None:
    return None if instant is None else iso_of(instant)
