"""The reference: ``eventsourcing`` as documented, an aggregate a person and one save a message.

It is given every advantage that costs it nothing: the values are decoded and at hand, aggregates
are kept in memory instead of fetched for each message, no duplicate is looked for and no person
looked up; all values are encrypted under the application's one key.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
from eventsourcing.application import Application
from eventsourcing.cryptography import AESCipher
from eventsourcing.domain import Aggregate, event
from eventsourcing.persistence import Tracking
from eventsourcing.postgres import PostgresDatastore, PostgresTrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner
from psycopg.sql import SQL

from consumers.ports import ParkReason
from consumers.upstream import Incoming
from infra.codec.upstream import UpstreamCodec

CIPHER_BYTES = 32
_WAIT_SECONDS = 120.0
_SAVED_AT_ONCE = 100
"""The library pipelines a statement an event; thousands of them at once never return."""

Values = Mapping[str, Any]


class Person(Aggregate):
    """A candidate: what was told of her."""

    @event("Met")
    def __init__(self, topic: str, values: Values) -> None:
        self.topic = topic
        self.values = values

    @event("Told")
    def tell(self, topic: str, values: Values) -> None:
        """Take one more fact."""
        self.topic = topic
        self.values = values


class Agency(Application[UUID]):
    """The application; its recorder, mapper and cipher come from the environment."""


@dataclass(frozen=True, slots=True)
class Message:
    """A decoded message: whose it is and what it says."""

    remote_id: str
    topic: str
    values: Values


def messages(items: Sequence[Incoming]) -> list[Message]:
    """Decode arrivals for the reference."""
    decode = UpstreamCodec().decode_fact
    made = []
    for item in items:
        assert item.envelope is not None
        decoded = decode(item.envelope.fact)
        assert not isinstance(decoded, ParkReason)
        made.append(Message(item.envelope.remote_candidate_id, decoded.topic, decoded.values))
    return made


def new_key() -> str:
    """Make a key for the library's cipher."""
    return AESCipher.create_key(CIPHER_BYTES)


def save_each(agency: Agency, told: Sequence[Message]) -> None:
    """Save every message by itself."""
    people: dict[str, Person] = {}
    for message in told:
        person = people.get(message.remote_id)
        if person is None:
            person = people[message.remote_id] = Person(message.topic, message.values)
        else:
            person.tell(message.topic, message.values)
        agency.save(person)


def save_all(agency: Agency, told: Sequence[Message]) -> int:
    """Save people in bulk, to have something to project; return the last position."""
    last = 0
    for at in range(0, len(told), _SAVED_AT_ONCE):
        people = [Person(m.topic, m.values) for m in told[at : at + _SAVED_AT_ONCE]]
        last = agency.save(*people)[-1].notification.id
    return last


class PersonView(PostgresTrackingRecorder):
    """A view of the library: one row a person, the last thing told of her."""

    def __init__(self, datastore: PostgresDatastore, **kwargs: Any) -> None:  # noqa: ANN401 - the library's signature
        super().__init__(datastore, **kwargs)
        self.sql_create_statements.append(
            SQL(
                "CREATE TABLE IF NOT EXISTS person_view (person uuid PRIMARY KEY, topic text)"
            ).format()
        )

    def put(self, person: UUID, topic: str, tracking: Tracking) -> None:
        """Write the row and the tracking in one transaction."""
        with self.datastore.transaction(commit=True) as cursor:
            self._insert_tracking(cursor, tracking)
            cursor.execute(
                "INSERT INTO person_view VALUES (%s, %s)"
                " ON CONFLICT (person) DO UPDATE SET topic = excluded.topic",
                (person, topic),
                prepare=True,
            )


class People(Projection[PersonView]):
    """Feeds the view."""

    name = "people"

    def process_event(self, domain_event: Any, tracking: Tracking) -> None:  # noqa: ANN401 - any event
        """Put what was told."""
        self.view.put(domain_event.originator_id, domain_event.topic, tracking)


def project_all(environment: Mapping[str, str], last: int) -> None:
    """Run the library's projection up to a position."""
    with ProjectionRunner(
        application_class=Agency,
        projection_class=People,
        view_class=PersonView,
        env=dict(environment),
    ) as runner:
        runner.wait(last, timeout=_WAIT_SECONDS)


def forget_projection(dsn: str) -> None:
    """Drop the library's view and its tracking, so that it is projected anew."""
    with psycopg.connect(dsn) as connection:
        connection.execute("DROP TABLE IF EXISTS person_view, people_tracking")
