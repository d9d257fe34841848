"""An example of a downstream system that obeys: it deletes whom a notice names, and says so.

``GLEMMEBOK_KAFKA=HOST:PORT python -m infra.kafka.downstream NAME KEYFILE`` prints what it does.

What an integrator writes for a system that got candidates' data: read ``glemmebok.subject-rights``,
pass over what is for others, do what the notice asks in the system's own transaction, send the
acknowledgement, and only then go on. ``forget`` and the others must do the same thing twice without
harm: a notice may come again.
"""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from kafka import KafkaConsumer

from consumers.ports import NoticeKind
from domain.answers import SealBroken
from infra.kafka.options import connection
from infra.kafka.publishing import Sending, sending
from infra.kafka.rights import (
    ACKNOWLEDGEMENTS,
    RIGHTS,
    Told,
    acknowledge,
    read_notice,
    recipient_of,
)
from infra.settings import read_process_settings

POLL_MS = 1_000
PAGE = 100

Act = Callable[[str], None]
"""Does a notice's kind for one of the system's own ids."""


@dataclass(frozen=True, slots=True)
class Downstream:
    """A system that obeys. ``acts`` says what is done for each kind of notice.

    A kind it does not know is left unacknowledged: the house escalates it to a person.
    """

    name: str
    private_key: bytes
    acts: Mapping[str, Act]

    def obey(self, value: bytes | None) -> Told | None:
        """Do what a record asks; return what is to be acknowledged, or None."""
        if value is None or recipient_of(value) != self.name:
            return None
        try:
            told = read_notice(value, self.private_key)
        except SealBroken:
            return None
        if told is None or told.kind not in self.acts:
            return None
        self.acts[told.kind](told.remote_id)
        return told


def follow(
    consumer: KafkaConsumer, sending: Sending, downstream: Downstream, stopped: Callable[[], bool]
) -> int:
    """Obey what waits, until a poll brings nothing or until stopped; return how many were done.

    Raises:
        NotDelivered: an acknowledgement was not taken; the notices come again.
    """
    done = 0
    while not stopped():
        records = consumer.poll(POLL_MS, max_records=PAGE)
        if not records:
            break
        for row in (row for rows in records.values() for row in rows):
            told = downstream.obey(row.value)
            if told is not None:
                sending.send(ACKNOWLEDGEMENTS, told.notice_id.bytes, acknowledge(told))
                done += 1
        sending.flush()
        consumer.commit()
    return done


def main(name: str, key_file: str) -> None:
    """Obey what waits on the topic, in an example whose copy of the data is nothing but prints."""
    place = read_process_settings().kafka
    if place is None:
        sys.exit("say where Kafka is: GLEMMEBOK_KAFKA=HOST:PORT")
    private = bytes.fromhex(Path(key_file).read_text(encoding="ascii"))
    acts = {kind.value: _printing(kind.value) for kind in NoticeKind}
    where = connection(place.servers, place.client_file)
    with sending(where) as sender:
        consumer = KafkaConsumer(
            RIGHTS,
            **where.arguments(),
            group_id=name,
            auto_offset_reset="earliest",
            enable_auto_commit=False,
        )
        follow(consumer, sender, Downstream(name, private, acts), lambda: False)
        consumer.close(autocommit=False)


def _printing(kind: str) -> Act:
    """Print the system's own id: a real one deletes whom it names."""

    def act(remote_id: str) -> None:
        sys.stdout.write(f"{kind} {remote_id}\n")

    return act


if __name__ == "__main__":
    main(*sys.argv[1:])
