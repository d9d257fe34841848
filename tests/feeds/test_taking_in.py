"""The house's own readers and deciders do with the feeds what the manifest says."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from uuid import UUID

import pytest

from consumers.intake import Reception
from consumers.tally import Tally
from consumers.translate import Draft
from consumers.upstream import Incoming
from domain import subject as subjects
from domain.fact import Actor, Stamp
from domain.keyring import SourceRef
from domain.subject import Refused, SubjectState
from domain.values import ControllerId, FactId, Sealed, SealedPart
from infra.clock import FixedClock
from infra.codec.container import read_container
from infra.codec.upstream import UpstreamCodec
from infra.feeds.life import WINDOW_END
from schemas.contracts import contracts
from schemas.controllers import controllers
from tests.fakes.keyring import FakeKeyring
from tests.feeds.conftest import Written

PAGE = 500
TOKEN = Sealed(b"token")


@dataclass
class House:
    """Reads, translates and decides without keys or a database."""

    keyring: FakeKeyring = field(default_factory=lambda: FakeKeyring(FixedClock(WINDOW_END)))
    slugs: dict[str, ControllerId] = field(default_factory=dict)
    known: set[FactId] = field(default_factory=set)
    states: dict[SourceRef, SubjectState] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.slugs = {c.slug: self.keyring.add_controller(c.slug) for c in controllers()}
        sources = {s.slug: self.slugs[c.slug] for c in controllers() for s in c.sources}
        decode = UpstreamCodec().decode_fact
        self.reception = Reception(sources, decode, contracts(), self.keyring)

    def read(self, path: Path) -> Tally:
        tally = Tally()
        for page in pages(read_container(path, 0)):
            intake = self.reception.take_in(page, WINDOW_END)
            tally.read += len(page)
            tally.parked.update(parcel.reason.value for parcel in intake.parcels)
            for controller, drafts in intake.drafts.items():
                for draft in drafts:
                    self.decide(controller, draft, tally)
        return tally

    def decide(self, controller: ControllerId, draft: Draft, tally: Tally) -> None:
        if draft.fact_id in self.known:
            tally.duplicate += 1
            return
        self.known.add(draft.fact_id)
        stamp = Stamp(
            draft.fact_id,
            controller,
            draft.occurred_at,
            WINDOW_END,
            draft.ref.source,
            Actor.INTEGRATION,
        )
        claim = draft.fact(tuple([SealedPart(name, TOKEN) for name in draft.personal]))
        tally.people += draft.ref not in self.states
        state = self.states.get(draft.ref, subjects.EMPTY)
        decision = subjects.decide(state, stamp, claim)
        assert not isinstance(decision, Refused)
        tally.recorded += bool(decision)
        tally.unchanged += not decision
        for fact in decision:
            state = subjects.evolve(state, stamp, fact)
        self.states[draft.ref] = state

    def application(self, source: str, remote_id: str) -> UUID:
        controller = self.slugs[source.partition(".")[0]]
        return self.keyring.keyed_id(controller, "application", source, remote_id)


def pages(items: Iterator[Incoming]) -> Iterator[list[Incoming]]:
    while page := list(islice(items, PAGE)):
        yield page


@pytest.fixture(scope="module")
def house() -> House:
    return House()


@pytest.fixture(scope="module")
def tallies(written: Written, house: House) -> dict[str, Tally]:
    return {f.file: house.read(written.folder / f.file) for f in written.manifest.files}


@pytest.mark.requirement("A90", "A91", "A137", "A174")
def test_every_file_ends_in_the_counts_of_the_manifest(
    written: Written, tallies: dict[str, Tally]
) -> None:
    for file in written.manifest.files:
        counts = file.counts
        assert tallies[file.file] == Tally(
            read=counts.items,
            recorded=counts.recorded,
            duplicate=counts.duplicate,
            unchanged=0,
            people=counts.people,
            refused=Counter(),
            parked=counts.parked,
        ), file.file


@pytest.mark.requirement("A7")
@pytest.mark.usefixtures("tallies")
def test_every_named_application_stands_where_the_manifest_says(
    written: Written, house: House
) -> None:
    compared = 0
    for known in written.manifest.people:
        state = house.states[SourceRef(known.source, known.remote_id)]
        for said in known.applications:
            found = state.applications[house.application(known.source, str(said["remote_id"]))]
            assert (found.stage.value, found.status.value) == (said["stage"], said["status"])
            compared += 1
    assert compared > 200
