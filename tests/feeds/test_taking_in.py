"""The house's own write side does with the feeds what the manifest says."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from pathlib import Path
from uuid import UUID

import pytest

from consumers.deciding import Desk
from consumers.ingest import Ingest, Span
from consumers.intake import Reception
from consumers.policies import policies
from consumers.promises import Policies
from consumers.tally import Tally
from consumers.upstream import Incoming
from domain.keyring import SourceRef
from domain.retention import due_dates
from domain.situation import situation_of
from domain.subject import SubjectState
from domain.values import ControllerId
from infra.clock import FixedClock
from infra.codec.container import read_container
from infra.codec.upstream import UpstreamCodec
from infra.feeds.life import WINDOW_END
from infra.random_ids import random_id
from schemas.contracts import contracts
from schemas.controllers import controllers
from tests.fakes.keyring import FakeKeyring
from tests.fakes.log import MemoryLog
from tests.fakes.loose import FakeLooseKeys
from tests.feeds.conftest import Written

PAGE = 500
MIDSUMMER = date(2027, 6, 30)


@dataclass
class House:
    """The write side of all five controllers over keys and a log in memory."""

    keyring: FakeKeyring = field(default_factory=lambda: FakeKeyring(FixedClock(WINDOW_END)))
    log: MemoryLog = field(default_factory=MemoryLog)
    slugs: dict[str, ControllerId] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.slugs = {c.slug: self.keyring.add_controller(c.slug) for c in controllers()}
        sources = {s.slug: self.slugs[c.slug] for c in controllers() for s in c.sources}
        reception = Reception(sources, UpstreamCodec().decode_fact, contracts(), self.keyring)
        promised = {owner: slug for slug, owner in self.slugs.items()}
        promises = Policies(self.keyring, promised, policies())
        self.ingest = Ingest(
            reception=reception,
            keys=self.keyring,
            desk=Desk(self.log, self.keyring, self.keyring, promises),
            loose=FakeLooseKeys(),
            now=lambda: WINDOW_END,
            new_id=random_id,
            wait=lambda _seconds: None,
        )

    def read(self, path: Path) -> Tally:
        tally, start = Tally(), 0
        for page in pages(read_container(path, 0)):
            end = page[-1].index + 1
            span = Span(path.name, path.name, start, end)
            tally.add(self.ingest.commit(self.ingest.prepare(page), span))
            start = end
        return tally

    def state(self, source: str, remote_id: str) -> SubjectState:
        controller = self.slugs[source.partition(".")[0]]
        subject = self.keyring.find_source(controller, SourceRef(source, remote_id))
        assert subject is not None
        return self.log.heads_of([subject])[subject].state

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
        for said in known.applications:
            state = house.state(known.source, known.remote_id)
            found = state.applications[house.application(known.source, str(said["remote_id"]))]
            assert (found.stage.value, found.status.value) == (said["stage"], said["status"])
            compared += 1
    assert compared > 200


@pytest.mark.usefixtures("tallies")
def test_under_every_policy_somebodys_time_is_over_by_midsummer(house: House) -> None:
    for slug, controller in house.slugs.items():
        (policy,) = policies()[slug]
        heads = house.log.heads_after(controller, None, 10_000)
        dues = [due_dates(policy, situation_of(head.state)).earliest for _, head in heads]
        days = [due.erase_on for due in dues if due is not None and due.erase_on is not None]
        assert min(days) <= MIDSUMMER, slug
