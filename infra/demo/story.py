"""The steps of the demonstration, each returning what it counted; nothing is printed here."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from consumers.erasure import Receipt
from consumers.erasure_order import Request
from consumers.tally import Tally
from domain.erasure import ErasureReason
from domain.keyring import Contact, ContactKind
from domain.values import SubjectId
from infra.feeds.manifest import Known, Manifest
from infra.house import House
from infra.intake import ingest_file
from infra.proof.scan import Scan, needles_of, scan
from infra.proof.tokens import Trials, try_all
from infra.random_ids import random_id
from infra.views.queries.board import Board, board
from infra.views.queries.desk import Asker
from infra.views.queries.show import Dossier, show
from infra.views.rebuild import rebuild

CONTROLLER = "toptemp"
CARDS = 3
_OTHERS_SEARCHED = 2


class NobodyToShow(Exception):  # noqa: N818 - what the feeds lack
    """The feeds hold nobody whose address is hers alone."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The person of the story, and who looks at her.

    ``clean`` remembers which contents on disk were searched for her values in vain.
    """

    known: Known
    subject: SubjectId
    asker: Asker
    clean: set[bytes] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Sight:
    """The house seen at one moment: her dossier, the board, every token tried, every byte read."""

    dossier: Dossier
    board: Board
    trials: Trials
    scan: Scan


def take_in(house: House, folder: Path, manifest: Manifest, report: Callable[[int], None]) -> Tally:
    """Take the feeds in and feed the views; ``report`` is told the items read so far."""
    total = Tally()
    write_side = house.ingest()
    for file in manifest.files:
        reading = ingest_file(write_side, folder / file.file, _from(total.read, report))
        total.add(reading.tally)
    with house.runner() as runner:
        runner.run_once()
    return total


def _from(base: int, report: Callable[[int], None]) -> Callable[[Tally, int], None]:
    """Report a file's items on top of those read before it."""

    def on_page(tally: Tally, _index: int) -> None:
        report(base + tally.read)

    return on_page


def choose(house: House, manifest: Manifest) -> Chosen:
    """Choose a person with several applications whose address is hers alone.

    Raises:
        NobodyToShow: there is none.
    """
    controller = house.controllers[CONTROLLER]
    for known in manifest.people:
        if known.controller == CONTROLLER and known.email and len(known.applications) > 1:
            found = house.keyring.find_contact(controller, Contact(ContactKind.EMAIL, known.email))
            if len(found) == 1:
                return Chosen(known, found[0], Asker(controller, "demo", "recruitment"))
    message = f"the feeds hold nobody of {CONTROLLER} whose address is hers alone"
    raise NobodyToShow(message)


def look(house: House, manifest: Manifest, chosen: Chosen) -> Sight:
    """Look at everything as it is now."""
    return Sight(
        dossier=show(house.desk(), chosen.asker, chosen.subject),
        board=board(house.desk(), chosen.asker, CARDS),
        trials=try_all(house.store, house.keyring, chosen.subject),
        scan=_scan(house, manifest, chosen),
    )


def erase(house: House, chosen: Chosen) -> Receipt:
    """Erase the person."""
    request = Request(chosen.subject, None, ErasureReason.REQUEST, random_id())
    (receipt,) = house.erasure().erase(chosen.asker.controller, [request])
    return receipt


def rebuild_all(house: House) -> None:
    """Make every view anew from the log, as after a restore."""
    for view in house.views:
        rebuild(view, house.store, lambda _progress: None)


def _scan(house: House, manifest: Manifest, chosen: Chosen) -> Scan:
    """Read every byte of the home; what is not in the tables' files yet is in the WAL's."""
    others = [k for k in manifest.people if k.name != chosen.known.name][:_OTHERS_SEARCHED]
    values = {v for k in (chosen.known, *others) for v in (k.name, k.email, k.phone) if v}
    return scan(house.settings.home, needles_of(values), chosen.clean)
