"""Acknowledgements come back: the notices they prove are settled, whatever else is passed over.

An acknowledgement may come any number of times and in any order, so the group's own offset is
enough here: it is committed after the work, and what is read again does nothing.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from kafka import KafkaConsumer
from kafka.errors import KafkaError

from consumers.ports import Notice
from domain.keyring import Identifier
from infra.kafka.faults import ClusterUnavailable
from infra.kafka.options import Connection
from infra.kafka.rights import ACKNOWLEDGEMENTS, is_proven, read_acknowledgement

GROUP = "glemmebok-acknowledgements"
PAGE = 500
POLL_MS = 1_000


@dataclass(frozen=True, slots=True)
class Desk:
    """What an acknowledgement is held against, and what is done with those that hold."""

    named: Callable[[Sequence[UUID]], Sequence[Notice]]
    identifier: Identifier
    settle: Callable[[Sequence[UUID]], object]

    def take(self, values: Sequence[bytes | None]) -> int:
        """Settle what a page of values proves; return how many notices that were.

        Raises:
            LogUnavailable, KeyUnavailable: a database is away; the page comes again.
        """
        found = [read_acknowledgement(value) for value in values if value is not None]
        claims = {one.notice_id: one for one in found if one is not None}
        known = self.named(list(claims)) if claims else ()
        proven = [
            notice.notice_id
            for notice in known
            if is_proven(claims[notice.notice_id], self.identifier, notice.controller)
        ]
        if proven:
            self.settle(proven)
        return len(proven)


def take_all(consumer: KafkaConsumer, desk: Desk, stopped: Callable[[], bool]) -> int:
    """Take in what waits, until a poll brings nothing or until stopped; return how many.

    Raises:
        LogUnavailable, KeyUnavailable: a database is away; what was read comes again.
    """
    settled = 0
    while not stopped():
        records = consumer.poll(POLL_MS, max_records=PAGE)
        if not records:
            break
        settled += desk.take([row.value for rows in records.values() for row in rows])
        consumer.commit()
    return settled


@contextmanager
def reader(connection: Connection, topic: str = ACKNOWLEDGEMENTS) -> Iterator[KafkaConsumer]:
    """Open the acknowledgements' reader for as long as the block lasts.

    Raises:
        ClusterUnavailable: no broker answers.
    """
    try:
        consumer = KafkaConsumer(
            topic,
            **connection.arguments(),
            group_id=GROUP,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            isolation_level="read_committed",
            allow_auto_create_topics=False,
        )
    except KafkaError as error:
        raise ClusterUnavailable(type(error).__name__) from None
    try:
        yield consumer
    finally:
        consumer.close(autocommit=False)
