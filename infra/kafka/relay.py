"""Facts go out again as the stored bytes: sealed as they are, in the log's order for each person.

One Kafka topic a controller, so that one agency's downstream never reads another's. A record's key
is a keyed token of the subject, its value the stored single object; whoever has no keys learns the
clear fields alone, and after an erasure nobody learns more. A crash between the acknowledgement and
the position sends a page again: a downstream recognises a fact by its id.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from eventsourcing.persistence import Notification

from consumers.ports import Advance, Appended, Batch
from domain.keyring import Identifier
from domain.values import ControllerId
from infra.codec.facts import controller_of
from infra.random_ids import random_id

PAGE = 1_000
"""Facts sent before one wait for their acknowledgements: about half a megabyte."""

KIND = "relay"
"""What a subject's token is keyed as."""


class Sender(Protocol):
    """Sends records and waits for their acknowledgements."""

    def send(self, topic: str, key: bytes, value: bytes) -> None:
        """Send a record."""
        ...

    def flush(self) -> object:
        """Wait until everything sent is acknowledged by every replica.

        Raises:
            NotDelivered: something was not.
        """
        ...


class RelayLog(Protocol):
    """What the relay reads, and where it keeps its place."""

    def notifications(self, after: int, limit: int) -> list[Notification]:
        """Return stored facts behind a position."""
        ...

    def position(self, name: str) -> int:
        """Return where a named reader goes on."""
        ...

    def append(self, batch: Batch) -> Appended:
        """Move the position."""
        ...


@dataclass(frozen=True, slots=True)
class Relay:
    """Relays the log to a cluster; ``slugs`` names the controllers whose facts go out."""

    log: RelayLog
    sender: Sender
    identifier: Identifier
    cluster: str
    slugs: Mapping[ControllerId, str]

    def run_once(self, stopped: Callable[[], bool]) -> int:
        """Send what is behind the position, to the log's end or until stopped; return how many.

        Raises:
            NotDelivered: the page in hand is sent again the next time.
            PositionFenced: another process relays to the same cluster.
            LogUnavailable, KeyUnavailable: a database is away.
        """
        name, sent = f"relay/{self.cluster}", 0
        after = self.log.position(name)
        while not stopped() and (page := self.log.notifications(after, PAGE)):
            sent += self._send(page)
            end = int(page[-1].id)
            self.log.append(Batch(advance=Advance(name, after, end, random_id())))
            after = end
        return sent

    def _send(self, page: Sequence[Notification]) -> int:
        sent = 0
        for stored in page:
            controller = controller_of(stored.state)
            slug = self.slugs.get(controller)
            if slug is not None:
                key = self._key(controller, stored.originator_id)
                self.sender.send(topic_of(slug), key, stored.state)
                sent += 1
        self.sender.flush()
        return sent

    def _key(self, controller: ControllerId, subject: object) -> bytes:
        assert isinstance(subject, UUID)
        return self.identifier.keyed_id(controller, KIND, "glemmebok", subject.hex).bytes


def topic_of(slug: str) -> str:
    """Name a controller's Kafka topic."""
    return f"glemmebok.{slug}.facts-out"
