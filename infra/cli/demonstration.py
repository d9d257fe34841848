"""``demo``: the story told on a terminal, with the numbers it is proved by."""

from consumers.erasure import Receipt
from consumers.tally import Tally
from domain.values import iso_of
from infra.cli import documents
from infra.cli.demonstrating import say, silence_of, tell_silence, tell_wish, trial_of, wish_of
from infra.cli.exits import PromiseBroken, UsageMistake
from infra.cli.options import AsJson
from infra.cli.printing import column_name
from infra.cli.rendering import shown
from infra.cli.session import Session, begin
from infra.clock import FixedClock
from infra.demo import story
from infra.demo.days import FIRST_DAY, clock_on
from infra.demo.place import Place, prepare
from infra.demo.promises import broken, silence_broken, wish_broken
from infra.demo.silence import fall_silent
from infra.demo.story import Chosen, Sight
from infra.demo.wish import keep_wish
from infra.feeds.write import write_feeds
from infra.foundation import found_house
from infra.gate import anchor_log, keep_gate
from infra.house import House, open_databases, open_house
from infra.proof.scan import Scan

CANDIDATES = 200
SEED = 7


def demo(*, as_json: AsJson = False) -> None:
    """Show the main job: feeds go in, a board comes out, one person is erased, and the proof.

    Works in a house of its own below GLEMMEBOK_HOME, made anew each time. Exits 6 when a promise
    is not kept, for instance when key destruction is disabled.

    Example: glemmebok demo
    """
    session = begin(as_json=as_json)
    if session.settings.databases is not None:
        message = "the demonstration keeps its own PostgreSQL: unset the database URLs first"
        raise UsageMistake(message)
    place = prepare(session.settings)
    clock = clock_on(FIRST_DAY)
    # Held throughout, so that founding and opening share one start of the server.
    with open_databases(place.settings):
        found_house(place.settings, clock)
        say(session, "house", home=place.settings.home, day=FIRST_DAY)
        with open_house(place.settings, clock) as house:
            keep_gate(house)
            faults = _tell_story(session, house, clock, place)
            anchor_log(house)
    if faults:
        message = f"not kept: {'; '.join(faults)}"
        raise PromiseBroken(message)
    say(session, "kept")


def _tell_story(session: Session, house: House, clock: FixedClock, place: Place) -> list[str]:
    manifest = write_feeds(CANDIDATES, SEED, place.feeds)
    ingesting = session.words.text("ingest", "ingesting")
    with session.out.progress(ingesting, manifest.total.items) as move:
        recorded = story.take_in(house, place.feeds, manifest, move)
    _tell_fed(session, len(manifest.files), recorded)
    chosen = story.choose(house, manifest)
    before = story.look(house, manifest, chosen)
    _tell_before(session, before)
    receipt = story.erase(house, chosen)
    again = story.take_in(
        house, place.feeds_again, write_feeds(CANDIDATES, SEED, place.feeds_again), _nobody
    )
    story.rebuild_all(house)
    after = story.look(house, manifest, chosen)
    _tell_after(session, receipt, after, again.refused["late_fact"])
    _tell_proof(session, before, after)
    silence = fall_silent(house, clock)
    tell_silence(session, silence)
    wish = keep_wish(house, clock, manifest, place.feeds_more)
    tell_wish(session, wish)
    if session.out.as_json:
        document = _document(chosen, receipt, before, after)
        session.out.result(document | {"silence": silence_of(silence), "wish": wish_of(wish)})
    faults = broken(manifest, recorded, again, before, after)
    return [*faults, *silence_broken(silence), *wish_broken(wish)]


def _nobody(_items: int) -> None:
    """Report to nobody."""


def _tell_fed(session: Session, files: int, recorded: Tally) -> None:
    say(
        session,
        "fed",
        files=files,
        read=recorded.read,
        recorded=recorded.recorded,
        people=recorded.people,
        duplicate=recorded.duplicate,
        parked=recorded.parked.total(),
    )


def _tell_before(session: Session, sight: Sight) -> None:
    say(session, "board", controller=story.CONTROLLER)
    say(session, "counts", counts=_counts(session, sight))
    say(session, "one", name=shown(session.words, sight.dossier.name))


def _tell_after(session: Session, receipt: Receipt, sight: Sight, refused: int) -> None:
    say(session, "erased", keys=receipt.keys_destroyed, when=iso_of(receipt.destroyed_at))
    say(session, "rebuilt")
    say(session, "reads", name=shown(session.words, sight.dossier.name))
    say(session, "counts", counts=_counts(session, sight))
    say(session, "refused", count=refused)


def _counts(session: Session, sight: Sight) -> str:
    filled = [column for column in sight.board.columns if column.count]
    return ", ".join(f"{column_name(session, c.name)} {c.count}" for c in filled)


def _tell_proof(session: Session, before: Sight, after: Sight) -> None:
    say(session, "proof")
    if not session.out.as_json:
        _print_proof(session, before, after)
    same = before.trials.others.digest == after.trials.others.digest
    say(session, "same" if same else "different")


def _print_proof(session: Session, before: Sight, after: Sight) -> None:
    words = session.words
    rows = [
        (
            words.text("demo", when),
            *[
                words.text("demo", "opened", opened=trial.opened, tried=trial.tried)
                for trial in (sight.trials.hers, sight.trials.others)
            ],
            _disk(session, sight.scan),
        )
        for when, sight in (("before", before), ("after", after))
    ]
    headings = [words.text("demo", key) for key in ("hers", "others", "disk")]
    session.out.table(["", *headings], rows)


def _disk(session: Session, scan: Scan) -> str:
    mib = scan.size_bytes // 2**20
    return session.words.text("demo", "files", found=len(scan.found), files=scan.files, mib=mib)


def _document(chosen: Chosen, receipt: Receipt, before: Sight, after: Sight) -> dict[str, object]:
    return {
        "subject": chosen.subject,
        "receipt": documents.receipt(receipt),
        "before": _sight(before),
        "after": _sight(after),
    }


def _sight(sight: Sight) -> dict[str, object]:
    return {
        "hers": trial_of(sight.trials.hers),
        "others": trial_of(sight.trials.others),
        "disk": _scanned(sight.scan),
        "board_total": sight.board.total,
    }


def _scanned(scan: Scan) -> dict[str, object]:
    return {"files": scan.files, "bytes": scan.size_bytes, "found": len(scan.found)}
