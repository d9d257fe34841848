"""One source's messages about r-1, each taken in from a file of its own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from consumers.parking import Replayed
from consumers.tally import Tally
from consumers.upstream import Envelope
from domain.keyring import SourceRef
from domain.values import SubjectId
from infra.codec.container import sync_marker_of, write_container
from infra.intake import ingest_file
from infra.views.queries.desk import Asker
from infra.views.queries.recipients import recipients
from projections.disclosures import DisclosureRow
from tests.consumers.feed import Feed
from tests.proof.houses import Proof


@dataclass
class Told:
    """One source's messages about r-1, each taken in from a file of its own."""

    proof: Proof
    folder: Path
    feed: Feed
    envelopes: list[Envelope] = field(default_factory=list)

    def tell(self, topic: str, values: Mapping[str, object] | None = None) -> Tally:
        item = self.feed.tell("r-1", topic, values=values)
        assert item.envelope is not None
        path = self.folder / f"{len(self.feed.items)}.avro"
        write_container(path, [item.envelope], sync_marker_of(path.name.encode()))
        return ingest_file(self.proof.house.ingest(), path, lambda _tally, _index: None).tally

    def person(self) -> SubjectId:
        owner = self.proof.house.controllers[self.feed.source.partition(".")[0]]
        ref = SourceRef(self.feed.source, "r-1")
        found = self.proof.house.keyring.find_source(owner, ref)
        assert found is not None
        return found

    def replay(self) -> Replayed:
        told = Replayed()
        house = self.proof.house
        house.replay().replay(house.parking.waiting(100), told)
        return told

    def recipients(self) -> list[DisclosureRow]:
        self.proof.project()
        house = self.proof.house
        owner = house.controllers[self.feed.source.partition(".")[0]]
        asker = Asker(owner, "account-7", "privacy_request")
        return list(recipients(house.desk(), asker, [self.subject]).rows)

    subject: SubjectId = field(init=False)

    def registered(self) -> "Told":
        self.tell("candidate.registered")
        self.subject = self.person()
        return self
