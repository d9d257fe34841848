"""``feeds`` and ``ingest``: what comes in."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from consumers.tally import Tally
from infra.adoption import adopt_policies
from infra.cli.exits import NoFeeds, UsageMistake
from infra.cli.options import AsJson, Feeds
from infra.cli.session import Session, begin, entered
from infra.codec.container import NotAFeed
from infra.feeds.dice import SEED_MAX
from infra.feeds.roster import CANDIDATES_MAX
from infra.feeds.write import write_feeds
from infra.house import House
from infra.intake import FileReading, ingest_file
from infra.upkeep import upkeep

_Candidates = Annotated[
    int,
    typer.Option(
        "--candidates",
        metavar="N",
        min=1,
        max=CANDIDATES_MAX,
        help="How many invented persons live in the feeds.",
    ),
]
_Seed = Annotated[
    int,
    typer.Option(
        "--seed",
        metavar="N",
        min=0,
        max=SEED_MAX,
        help="The same seed gives the same bytes, always.",
    ),
]
_Out = Annotated[
    Path, typer.Option("--out", metavar="FOLDER", help="The folder to write; it is made.")
]


def feeds(
    *,
    candidates: _Candidates = 200,
    seed: _Seed = 7,
    out: _Out = Path("feeds"),
    as_json: AsJson = False,
) -> None:
    """Write invented upstream feeds of the five controllers, with trouble in known number.

    Every name, address and number is synthetic. manifest.json tells what must become of each item
    when the files are ingested.

    Example: glemmebok feeds --candidates 2000 --seed 7 --out feeds
    """
    session = begin(as_json=as_json)
    words = session.words
    with session.out.progress(words.text("feeds", "writing"), None) as move:
        manifest = write_feeds(candidates, seed, out, lambda name, n: move(n, name))
    if as_json:
        session.out.result(manifest.as_json())
        return
    session.out.line(words.text("feeds", "wrote", count=len(manifest.files), out=out))
    session.out.line(words.text("feeds", "next", files=_pattern(out)))


def _pattern(folder: Path) -> str:
    """Name the files of a folder as a shell takes them."""
    return f'"{folder}"/*.avro' if " " in str(folder) else f"{folder}/*.avro"


def ingest(*, files: Feeds, as_json: AsJson = False) -> None:
    """Take feeds in: every personal value is sealed before anything is stored.

    Goes on where it was if it was cut short. A file that was read to its end is read again, and
    its facts are counted as duplicates. What cannot be read is parked with its reason and the rest
    goes in. Exits 3 for a file that is no feed, after the others were taken in.

    Example: glemmebok ingest feeds/*.avro
    """
    session = begin(as_json=as_json)
    missing = [path for path in files if not path.is_file()]
    if missing:
        message = f"there is no file {missing[0]}"
        raise UsageMistake(message)
    with entered(session) as house:
        adopt_policies(house)
        upkeep(house)
        readings, refused = _ingest_all(session, house, files)
    _tell(session, readings, refused)
    if refused:
        raise NoFeeds(refused)


def _ingest_all(
    session: Session, house: House, files: list[Path]
) -> tuple[list[FileReading], dict[Path, str]]:
    """Take in every file that is a feed; return their readings, and why the others are none."""
    write_side = house.ingest()
    readings: list[FileReading] = []
    refused: dict[Path, str] = {}
    with session.out.progress(session.words.text("ingest", "ingesting"), None) as move:
        for path in files:
            before = sum(reading.tally.read for reading in readings)

            def report(tally: Tally, _index: int, done: int = before, at: Path = path) -> None:
                move(done + tally.read, at.name)

            try:
                readings.append(ingest_file(write_side, path, report))
            except NotAFeed as verdict:
                refused[path] = verdict.flaw.value
    return readings, refused


def _tell(session: Session, readings: list[FileReading], refused: Mapping[Path, str]) -> None:
    total = Tally()
    for reading in readings:
        total.add(reading.tally)
    if session.out.as_json:
        files = [reading.as_json() for reading in readings]
        no_feeds = [{"file": str(path), "reason": why} for path, why in refused.items()]
        session.out.result({**total.as_json(), "files": files, "no_feeds": no_feeds})
    elif readings:
        _print_tally(session, readings, total)


def _print_tally(session: Session, readings: list[FileReading], total: Tally) -> None:
    words, out = session.words, session.out
    names = ("file", "read", "recorded", "duplicate", "refused", "parked")
    rows = [_row(reading.path.stem, reading.tally) for reading in readings]
    rows.append(_row(words.text("ingest", "total"), total))
    out.table([words.text("column", name) for name in names], rows)
    out.line(words.text("ingest", "people", count=total.people))
    for kind, group, counts in (
        ("refused", "refusal", total.refused),
        ("parked", "park", total.parked),
    ):
        if counts:
            told = [f"{words.text(group, why)} {n}" for why, n in sorted(counts.items())]
            out.line(words.text("ingest", kind, reasons=", ".join(told)))
    if total.recorded:
        out.line(words.text("ingest", "next"))


def _row(name: str, tally: Tally) -> tuple[object, ...]:
    return (
        name,
        tally.read,
        tally.recorded,
        tally.duplicate,
        tally.refused.total(),
        tally.parked.total(),
    )
