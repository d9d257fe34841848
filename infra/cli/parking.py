"""``parked``: what was set aside, item by item; taken up again, or discarded for good."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Annotated
from uuid import UUID

import typer

from consumers.ingest import PARKED_PERIOD
from consumers.parking import Replayed
from consumers.parking import discard as discard_items
from consumers.ports import Parked, ParkReason
from domain.values import ControllerId, iso_of
from infra.cli.exits import UsageMistake
from infra.cli.options import AsJson, ControllerName
from infra.cli.output import Bar
from infra.cli.rendering import minute
from infra.cli.session import Session, begin, controller_of, entered
from infra.house import House
from infra.store.parking import Settled
from infra.upkeep import upkeep

_PAGE = 1_000
"""Parked items read at a time."""

_Id = Annotated[str, typer.Argument(metavar="ID", help="An item's id, as `parked list` gives it.")]
_Ids = Annotated[
    list[str], typer.Argument(metavar="ID...", help="Items' ids, as `parked list` gives them.")
]
_SomeIds = Annotated[
    list[str] | None,
    typer.Argument(metavar="[ID...]", help="Items' ids, as `parked list` gives them."),
]
_Reason = Annotated[
    ParkReason | None,
    typer.Option("--reason", metavar="REASON", help="Every item that waits for this reason."),
]


def list_(
    *,
    controller: ControllerName = None,
    limit: Annotated[
        int,
        typer.Option("--limit", metavar="N", min=1, max=1000, help="Items listed under --json."),
    ] = 20,
    as_json: AsJson = False,
) -> None:
    """Show what was set aside: how many by reason, and with --json the oldest items' places.

    Payloads are sealed, each under a key of its own that is destroyed after 30 days.

    Example: glemmebok parked list --controller miles
    """
    session = begin(as_json=as_json)
    with entered(session) as house:
        wanted = controller_of(house, controller) if controller else None
        counts = [c for c in house.parking.counts() if wanted in (None, c.controller)]
        items = list(islice(_waiting(house, wanted), limit)) if as_json else []
        rows = [(_slug(house, c.controller), c.reason.value, c.waiting) for c in counts]
    words = session.words
    if as_json:
        told = [{"controller": c, "reason": why, "waiting": n} for c, why, n in rows]
        session.out.result({"counts": told, "items": [_item(house, item) for item in items]})
    elif not rows:
        session.out.line(words.text("empty", "parked"))
    else:
        headings = [words.text("column", name) for name in ("controller", "reason", "count")]
        session.out.table(
            headings, [(slug or "-", words.text("park", why), n) for slug, why, n in rows]
        )


def show(*, item: _Id, as_json: AsJson = False) -> None:
    """Show where an item stood, why it waits and what kind of fact it is; never what it says.

    Example: glemmebok parked show 8ed65967-0f0e-4b1c-9a52-6a3a5c1f4b7e
    """
    session = begin(as_json=as_json)
    with entered(session) as house:
        (found,) = _items(house, [item])
        settled = house.parking.settled([found.parked_id]).get(found.parked_id)
        document = _item(house, found) | _standing(found, settled)
    if as_json:
        session.out.result(document)
    else:
        _print(session, found, document, settled)


def replay(*, items: _SomeIds = None, reason: _Reason = None, as_json: AsJson = False) -> None:
    """Take items through the write side again: the named ones, or all that wait for a reason.

    What is recorded now, or was meanwhile, is settled; what is refused again waits on. A payload
    is opened for the write side alone and shown to nobody.

    Example: glemmebok parked replay --reason no_consent
    """
    session = begin(as_json=as_json)
    if bool(items) == (reason is not None):
        message = "name the items to replay, or give one --reason"
        raise UsageMistake(message)
    told = Replayed()
    with entered(session) as house:
        upkeep(house)
        with session.out.progress(session.words.text("parked", "replaying"), None) as move:
            _replay(house, items, reason, told, move)
    if as_json:
        session.out.result(_replayed(told))
    else:
        _print_replayed(session, told)


def discard(*, items: _Ids, as_json: AsJson = False) -> None:
    """Destroy the keys of items: nobody will ever read them, and they wait no longer.

    Example: glemmebok parked discard 8ed65967-0f0e-4b1c-9a52-6a3a5c1f4b7e
    """
    session = begin(as_json=as_json)
    with entered(session) as house:
        ids = [found.parked_id for found in _items(house, items)]
        gone = discard_items(house.parking, house.loose, ids, house.clock.now())
    if as_json:
        kept = [one for one in ids if one not in gone]
        session.out.result({"discarded": sorted(map(str, gone)), "settled_before": kept})
    else:
        session.out.line(session.words.text("parked", "done", count=len(gone)))


def _replay(
    house: House,
    items: Sequence[str] | None,
    reason: ParkReason | None,
    told: Replayed,
    move: Bar,
) -> None:
    process = house.replay()
    pages = [_items(house, items)] if items else _pages(house)
    for page in pages:
        process.replay([one for one in page if reason in (None, one.reason)], told)
        move(told.asked)


def _waiting(house: House, wanted: ControllerId | None) -> Iterator[Parked]:
    """Yield the items that wait, of one controller or all, oldest first."""
    for page in _pages(house):
        yield from (item for item in page if wanted in (None, item.controller))


def _pages(house: House) -> Iterator[list[Parked]]:
    last = None
    while page := house.parking.waiting(_PAGE, last):
        yield page
        last = page[-1]


def _items(house: House, given: Sequence[str]) -> list[Parked]:
    """Find the named items.

    Raises:
        UsageMistake: there is none of that id, or it is no id.
    """
    try:
        wanted = list(dict.fromkeys([UUID(text) for text in given]))
    except ValueError:
        message = "a parked item is named by its id, a UUID; see: glemmebok parked list --json"
        raise UsageMistake(message) from None
    found = {one.parked_id: one for one in house.parking.payloads(wanted)}
    for parked_id in wanted:
        if parked_id not in found:
            message = f"nothing is parked under {parked_id}"
            raise UsageMistake(message)
    return [found[parked_id] for parked_id in wanted]


def _item(house: House, item: Parked) -> dict[str, object]:
    return {
        "parked_id": item.parked_id,
        "controller": _slug(house, item.controller),
        "position": item.position_name,
        "index": item.position_index,
        "reason": item.reason.value,
        "fact": item.topic,
        "subject": item.subject,
        "parked_at": iso_of(item.parked_at),
    }


def _standing(item: Parked, settled: Settled | None) -> dict[str, object]:
    return {
        "until": iso_of(item.parked_at + PARKED_PERIOD),
        "outcome": None if settled is None else settled.outcome.value,
        "settled_at": None if settled is None else iso_of(settled.at),
    }


def _replayed(told: Replayed) -> dict[str, object]:
    return {
        "asked": told.asked,
        "recorded": told.recorded,
        "duplicate": told.duplicate,
        "waiting": dict(sorted(told.waiting.items())),
        "refused": dict(sorted(told.refused.items())),
        "expired": told.expired,
        "settled_before": told.settled,
    }


def _print(
    session: Session, item: Parked, document: dict[str, object], settled: Settled | None
) -> None:
    words = session.words
    standing = "waiting" if settled is None else settled.outcome.value
    rows = [
        ("position", f"{item.position_name} {item.position_index}"),
        ("controller", str(document["controller"] or "-")),
        ("reason", words.text("park", item.reason.value)),
        ("fact", item.topic or "-"),
        ("subject", str(item.subject or "-")),
        ("parked_at", minute(item.parked_at)),
        ("until", minute(item.parked_at + PARKED_PERIOD)),
        ("state", words.text("parked", standing)),
    ]
    named = [(words.text("column", name), value) for name, value in rows]
    session.out.entry(str(item.parked_id), named)


def _print_replayed(session: Session, told: Replayed) -> None:
    words, out = session.words, session.out
    counts = {"asked": told.asked, "recorded": told.recorded, "duplicate": told.duplicate}
    out.line(words.text("parked", "told", **counts))
    for kind, group, found in (("waits", "park", told.waiting), ("gone", "refusal", told.refused)):
        reasons = [f"{words.word(group, why)} {n}" for why, n in sorted(found.items())]
        if reasons:
            out.line(words.text("parked", kind, reasons=", ".join(reasons)))
    if told.expired:
        out.line(words.text("parked", "expired", count=told.expired))


def _slug(house: House, controller: ControllerId | None) -> str | None:
    return None if controller is None else house.slug_of(controller)
