"""``policy adopted``, and what ``policy check`` says of the log: which versions are adopted."""

import time
from collections.abc import Sequence
from datetime import date

from domain.calendar import civil_date
from domain.values import iso_of
from infra.adoption import Version, versions
from infra.cli.options import AsJson
from infra.cli.output import Document
from infra.cli.session import Session, begin
from infra.clock import SystemClock
from infra.codec.facts import FactCodec
from infra.house import open_databases
from infra.keys.providers import holds_roots, open_provider
from infra.store.store import EventStore

_DIGEST_SHOWN = 12
"""Hexadecimal digits of a digest shown to people; machines get all."""


def adopted(*, as_json: AsJson = False) -> None:
    """Show the policies the log knows, each with when it was adopted, and those it does not yet.

    A version is adopted when the house is made, or by the next ingest, sweep or run. It is never
    edited: a file that says something else than what was adopted ends the command with 3.

    Example: glemmebok policy adopted --json
    """
    session = begin(as_json=as_json)
    day = civil_date(SystemClock().now())
    found = versions_known(session, day)
    if as_json:
        session.out.result({"policies": [document(one, day) for one in found]})
        return
    names = ("controller", "version", "effective_from", "state", "adopted_at", "digest")
    headings = [session.words.text("column", name) for name in names]
    session.out.table(headings, [_row(session, one, day) for one in found])


def versions_known(session: Session, day: date) -> list[Version]:
    """Compare the files with the log; nothing when there is no house.

    Raises:
        PolicyEdited: a file says something else than what was adopted.
        KeyUnavailable: who holds the root key is away.
        EmbeddedUnavailable, LogUnavailable: the log is away.
    """
    settings = session.settings
    provider = open_provider(settings.kek, settings.root_key, time.sleep)
    if not holds_roots(settings.kek, settings.root_key, provider):
        return []
    with (
        open_databases(settings) as urls,
        EventStore(urls.events, FactCodec()) as store,
    ):
        return versions(store, store.controllers(), day)


def document(version: Version, day: date) -> Document:
    """Write one version for machines."""
    known = version.adopted
    return {
        "controller": version.controller,
        "version": version.version,
        "effective_from": civil_date(version.effective_at).isoformat(),
        "state": _state(version, day),
        "adopted_at": None if known is None else iso_of(known.mark[0]),
        "digest": version.digest,
    }


def print_waiting(session: Session, found: Sequence[Version]) -> None:
    """Print which versions the log does not know yet."""
    for one in found:
        if one.adopted is None:
            told = {"controller": one.controller, "version": one.version}
            session.out.line(session.words.text("policy", "waiting", **told))


def _row(session: Session, version: Version, day: date) -> tuple[object, ...]:
    known = version.adopted
    return (
        version.controller,
        version.version,
        civil_date(version.effective_at),
        session.words.text("adoption", _state(version, day)),
        None if known is None else civil_date(known.mark[0]),
        version.digest.hex()[:_DIGEST_SHOWN],
    )


def _state(version: Version, day: date) -> str:
    if version.adopted is None:
        return "waiting"
    if version.in_force:
        return "in_force"
    return "to_come" if civil_date(version.effective_at) > day else "past"
