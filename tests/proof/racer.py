"""One process of the race: it ingests, or erases, round after round, as it is told.

Started as ``python -m tests.proof.racer ROLE`` with a JSON document on its input; it prints one
line when it is ready, and begins a round when it is given one.
"""

import json
import sys
from pathlib import Path

from consumers.erasure_order import Request
from consumers.ingest import Span
from consumers.ports import VersionConflict
from domain.erasure import ErasureReason
from domain.keyring import SourceRef
from infra.clock import SystemClock
from infra.upkeep import resume_erasures
from tests.consumers.feed import STATED, SUBMITTED, Feed
from tests.examples import numbered
from tests.proof.houses import SOURCE, Proof, open_proof, settings_of

PEOPLE = 4
FACTS = 6


def facts_of(turn: int, at: int) -> Feed:
    """Tell more of everybody: r-0 of this turn is the one who is erased meanwhile."""
    feed = Feed(SOURCE)
    for n in range(FACTS):
        for person in range(PEOPLE):
            topic = SUBMITTED if n % 3 == 0 else STATED
            values = {"remote_application_id": f"A-{n}"} if topic == SUBMITTED else {}
            event = f"{turn}-{person}-{n}"
            feed.tell(f"{turn}-{person}", topic, event=event, at=at, values=values)
    return feed


def ingest(proof: Proof, turn: int) -> None:
    feed = facts_of(turn, proof.house.clock.now())
    side = proof.house.ingest()
    for start in range(0, len(feed.items), PEOPLE):
        page = feed.items[start : start + PEOPLE]
        name = f"race/{turn}"
        side.commit(side.prepare(page), Span(name, name, start, start + PEOPLE))


def erase(proof: Proof, turn: int) -> None:
    person = proof.house.keyring.find_source(proof.controller, SourceRef(SOURCE, f"{turn}-0"))
    assert person is not None
    asked = Request(person, None, ErasureReason.REQUEST, numbered("user", 1))
    for _ in range(20):
        try:
            proof.house.erasure().erase(proof.controller, [asked])
        except VersionConflict:
            continue
        return
    resume_erasures(proof.house)


def main(role: str) -> None:
    told = json.loads(sys.stdin.readline())
    settings = settings_of(told["events"], told["keys"], Path(told["folder"]))
    with open_proof(settings, SystemClock()) as proof:
        print("ready", flush=True)  # noqa: T201 - the other end waits for it
        for line in sys.stdin:
            {"ingest": ingest, "erase": erase}[role](proof, int(line))
            print(line.strip(), flush=True)  # noqa: T201 - the round is done


if __name__ == "__main__":
    main(sys.argv[1])
