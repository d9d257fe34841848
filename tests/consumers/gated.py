"""A house in memory under one of the five policies, and what is parked in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from consumers.parking import Outcome, ParkedAbout, Replay, Replayed
from consumers.policies import policies
from consumers.ports import Parked, ParkReason
from consumers.promises import Policies
from consumers.upstream import Envelope, Incoming
from domain.disclosure import CandidatePresentedToClient
from domain.policy import Policy, Transfer
from domain.policy_terms import Mechanism
from domain.values import Instant, SubjectId
from tests.consumers.feed import Feed
from tests.consumers.side import Side
from tests.examples import SOURCE

PRESENTED = CandidatePresentedToClient.TOPIC
GIVEN = "candidate.consent-given"
WITHDRAWN = "candidate.consent-withdrawn"
ENRICHED = "candidate.contact-enriched"
DISCLOSED = "candidate.disclosed"
MESSAGE = "candidate.message-sent"
MATCHED = "candidate.match-scored"

CLIENT: dict[str, object] = {"remote_client_id": "client-1", "remote_assignment_id": None}
TO_CLIENT: dict[str, object] = CLIENT | {
    "disclosed": ["name", "skills"],
    "remote_document_ids": [],
    "requires_consent": False,
    "remote_contact_id": None,
}
TO_PRESENT: dict[str, object] = CLIENT | {"purpose": "presentation", "expires_at": None}


def rocketreach(*transfers: Transfer) -> Policy:
    """Return the policy of Miles with these transfers to its enrichment service."""
    (one,) = policies()["miles"]
    named = [
        replace(r, transfers=transfers) if r.slug == "rocketreach" else r for r in one.recipients
    ]
    return replace(one, recipients=tuple(named))


LAWFUL = Transfer(Mechanism.SCC, "looked at", date(2018, 1, 1), None)


class MemoryLot:
    """What waits in a log in memory, and how it was settled."""

    def __init__(self, parked: Mapping[object, Parked]) -> None:
        self._parked = parked
        self.outcomes: dict[UUID, Outcome] = {}

    def waiting(self) -> list[Parked]:
        return [one for one in self._parked.values() if one.parked_id not in self.outcomes]

    def of(self, subjects: Sequence[SubjectId]) -> list[UUID]:
        return [one.parked_id for one in self._parked.values() if one.subject in subjects]

    def settle(self, parked_ids: Sequence[UUID], outcome: Outcome, at: Instant) -> list[UUID]:
        del at
        for parked_id in parked_ids:
            self.outcomes.setdefault(parked_id, outcome)
        return [one for one in parked_ids if self.outcomes[one] is outcome]


@dataclass
class Gated:
    """One controller under a policy; ``feed`` is what its one source has told."""

    versions: Sequence[Policy]
    side: Side = field(default_factory=Side)
    feed: Feed = field(default_factory=Feed)

    def __post_init__(self) -> None:
        self.lot = MemoryLot(self.side.log.parked)
        self._messages: dict[bytes, Envelope] = {}
        self.under(*self.versions)

    def under(self, *versions: Policy) -> None:
        """Promise something else from now on."""
        side = self.side
        promises = Policies(side.keyring, {side.controller: SOURCE}, {SOURCE: versions})
        side.ingest = replace(side.ingest, desk=replace(side.ingest.desk, promises=promises))

    def tell(self, topic: str, values: Mapping[str, object], person: str = "r-1") -> Incoming:
        """Let the source tell a fact and take it in; say nothing of what became of it."""
        if not self.feed.items:
            self.take(self.feed.tell(person))
        item = self.feed.tell(person, topic, values=values)
        self.take(item)
        return item

    def take(self, item: Incoming) -> None:
        """Take an item in, whatever becomes of it."""
        assert item.envelope is not None
        self._messages[item.raw] = item.envelope
        self.side.take([item])

    @property
    def waiting(self) -> list[ParkReason]:
        return [one.reason for one in self.lot.waiting()]

    def replay(self) -> Replayed:
        told = Replayed()
        process = Replay(self.side.ingest, self.lot, self.side.loose, self.decode)
        process.replay(self.lot.waiting(), told)
        return told

    def about(self) -> ParkedAbout:
        return ParkedAbout(self.lot, self.side.loose, self.side.clock.now)

    @property
    def topics(self) -> list[str]:
        return self.side.topics(self.side.person())

    def decode(self, payload: bytes) -> Envelope | ParkReason:
        return self._messages.get(payload, ParkReason.MALFORMED)


def gated(slug: str) -> Gated:
    return Gated(policies()[slug])
